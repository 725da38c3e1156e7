package client

import (
	"context"
	"net/http"

	"example.com/marquee/common/marquee"
)

// RateMovie implements marquee.MovieService.
func (c *Client) RateMovie(ctx context.Context, id string, rating int) error {
	body := struct {
		Rating int `json:"rating"`
	}{rating}
	return c.onMovie(ctx, http.MethodPut, id, "/rating", body)
}

// UnrateMovie implements marquee.MovieService.
func (c *Client) UnrateMovie(ctx context.Context, id string) error {
	return c.onMovie(ctx, http.MethodDelete, id, "/rating", nil)
}

// AddToWatchlist implements marquee.MovieService.
func (c *Client) AddToWatchlist(ctx context.Context, id string) error {
	return c.onMovie(ctx, http.MethodPut, id, "/watchlist", nil)
}

// RemoveFromWatchlist implements marquee.MovieService.
func (c *Client) RemoveFromWatchlist(ctx context.Context, id string) error {
	return c.onMovie(ctx, http.MethodDelete, id, "/watchlist", nil)
}

// MarkWatched implements marquee.MovieService.
func (c *Client) MarkWatched(ctx context.Context, id string, on marquee.Date) error {
	body := struct {
		WatchedOn marquee.Date `json:"watched_on"`
	}{on}
	return c.onMovie(ctx, http.MethodPut, id, "/watched", body)
}

// UnmarkWatched implements marquee.MovieService.
func (c *Client) UnmarkWatched(ctx context.Context, id string) error {
	return c.onMovie(ctx, http.MethodDelete, id, "/watched", nil)
}

func (c *Client) onMovie(ctx context.Context, method, id, what string, body any) error {
	path, err := pathOf("/movies/", id, what)
	if err != nil {
		return err
	}
	return c.authed(ctx, request{method: method, path: path, body: body})
}
