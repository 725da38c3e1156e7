package client

import (
	"context"
	"net/http"

	"example.com/marquee/common/marquee"
)

// SaveLibrary implements marquee.MovieService.
func (c *Client) SaveLibrary(ctx context.Context, entries []marquee.LibraryEntry) ([]marquee.LibraryResult, error) {
	body := struct {
		Items []marquee.LibraryEntry `json:"items"`
	}{entries}
	var list listAnswer[marquee.LibraryResult]
	if err := c.authed(ctx, request{method: http.MethodPost, path: "/users/me/library", body: body, out: &list}); err != nil {
		return nil, err
	}
	if len(list.Items) != len(entries) {
		return nil, marquee.E(marquee.CodeUnexpectedAnswer)
	}
	return list.Items, nil
}
