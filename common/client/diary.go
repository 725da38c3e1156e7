package client

import (
	"context"
	"net/http"
	"net/url"

	"example.com/marquee/common/marquee"
)

// MarkWatched implements marquee.MovieService.
func (c *Client) MarkWatched(ctx context.Context, id string, on marquee.Date) error {
	body := struct {
		WatchedOn marquee.Date `json:"watched_on"`
	}{on}
	return c.onMovie(ctx, http.MethodPut, id, "/watched", nil, body)
}

// UnmarkWatched implements marquee.MovieService.
func (c *Client) UnmarkWatched(ctx context.Context, id string, on marquee.Date) error {
	q := url.Values{}
	set(q, "on", string(on))
	return c.onMovie(ctx, http.MethodDelete, id, "/watched", q, nil)
}

// Viewings implements marquee.MovieService.
func (c *Client) Viewings(ctx context.Context, id string) ([]marquee.Viewing, error) {
	path, err := pathOf("/movies/", id, "/watched")
	if err != nil {
		return nil, err
	}
	var list listAnswer[marquee.Viewing]
	err = c.authed(ctx, request{method: http.MethodGet, path: path, out: &list})
	return list.Items, err
}

// Diary implements marquee.MovieService.
func (c *Client) Diary(ctx context.Context, f marquee.DiaryFilter) (marquee.Page[marquee.Movie], error) {
	q := pageQuery(f.Page)
	set(q, "month", string(f.Month))
	return c.movies(ctx, "/users/me/diary", q, f.Language)
}

// DiaryMonths implements marquee.MovieService.
func (c *Client) DiaryMonths(ctx context.Context) ([]marquee.MonthCount, error) {
	var list listAnswer[marquee.MonthCount]
	err := c.authed(ctx, request{method: http.MethodGet, path: "/users/me/diary/months", out: &list})
	return list.Items, err
}
