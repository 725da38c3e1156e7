package client

import (
	"context"
	"net/http"
	"net/url"
)

// RateMovie implements marquee.MovieService.
func (c *Client) RateMovie(ctx context.Context, id string, rating int) error {
	body := struct {
		Rating int `json:"rating"`
	}{rating}
	return c.onMovie(ctx, http.MethodPut, id, "/rating", nil, body)
}

// UnrateMovie implements marquee.MovieService.
func (c *Client) UnrateMovie(ctx context.Context, id string) error {
	return c.onMovie(ctx, http.MethodDelete, id, "/rating", nil, nil)
}

// AddToWatchlist implements marquee.MovieService.
func (c *Client) AddToWatchlist(ctx context.Context, id string) error {
	return c.onMovie(ctx, http.MethodPut, id, "/watchlist", nil, nil)
}

// RemoveFromWatchlist implements marquee.MovieService.
func (c *Client) RemoveFromWatchlist(ctx context.Context, id string) error {
	return c.onMovie(ctx, http.MethodDelete, id, "/watchlist", nil, nil)
}

func (c *Client) onMovie(ctx context.Context, method, id, what string, q url.Values, body any) error {
	path, err := pathOf("/movies/", id, what)
	if err != nil {
		return err
	}
	return c.authed(ctx, request{method: method, path: path, query: q, body: body})
}
