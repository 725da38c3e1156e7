package client

import (
	"context"
	"io"
	"net/http"
	"time"

	"example.com/marquee/common/marquee"
)

// exportTimeout bounds an export.
const exportTimeout = 3 * time.Minute

// ExportMe implements marquee.PersonalDataService. An error after the first
// byte says that what was written is not whole.
func (c *Client) ExportMe(ctx context.Context, w io.Writer) error {
	access, err := c.source.live(ctx)
	if err != nil {
		return err
	}
	err = c.export(ctx, w, access)
	if !marquee.IsCode(err, marquee.CodeInvalidToken) {
		return err
	}
	if access, err = c.source.renew(ctx, access); err != nil {
		return err
	}
	return c.export(ctx, w, access)
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
