package client

import (
	"context"
	"io"
	"net/http"
	"time"
)

// exportTimeout bounds an export.
const exportTimeout = 3 * time.Minute

// ExportMe implements marquee.PersonalDataService. An error after the first
// byte says that what was written is not whole.
func (c *Client) ExportMe(ctx context.Context, w io.Writer) error {
	return c.withAccess(ctx, func(access string) error { return c.export(ctx, w, access) })
}

func (c *Client) export(ctx context.Context, w io.Writer, access string) error {
	ctx, cancel := context.WithTimeout(ctx, exportTimeout)
	defer cancel()
	r := request{method: http.MethodGet, path: "/users/me/export"}
	resp, err := c.open(ctx, r, access, "application/json")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(w, resp.Body); err != nil {
		return networkError(r.op(), err)
	}
	return nil
}
