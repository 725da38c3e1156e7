package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"example.com/marquee/common/marquee"
)

type movieAnswer struct{ marquee.Movie }

func (m *movieAnswer) valid() bool { return m.ID != "" }

type pageAnswer struct{ marquee.Page[marquee.Movie] }

func (p *pageAnswer) valid() bool { return p.Items != nil && p.TotalIs != "" }

// listAnswer is a list that has no pages.
type listAnswer[T any] struct {
	Items []T `json:"items"`
}

func (l *listAnswer[T]) valid() bool { return l.Items != nil }

// FindMovies implements marquee.MovieService.
func (c *Client) FindMovies(ctx context.Context, f marquee.MovieFilter) (marquee.Page[marquee.Movie], error) {
	q := pageQuery(f.Page)
	set(q, "q", f.Query)
	set(q, "genre", f.Genre)
	setNumber(q, "year_from", f.YearFrom)
	setNumber(q, "year_to", f.YearTo)
	set(q, "sort", string(f.Sort))
	return c.movies(ctx, "/movies", q, f.Language)
}

// FindMovie implements marquee.MovieService.
func (c *Client) FindMovie(ctx context.Context, id, language string) (marquee.Movie, error) {
	path, err := pathOf("/movies/", id, "")
	if err != nil {
		return marquee.Movie{}, err
	}
	var m movieAnswer
	err = c.authed(ctx, request{method: http.MethodGet, path: path, out: &m, language: language})
	return m.Movie, err
}

// Genres implements marquee.MovieService.
func (c *Client) Genres(ctx context.Context) ([]string, error) {
	var list listAnswer[string]
	err := c.authed(ctx, request{method: http.MethodGet, path: "/genres", out: &list})
	return list.Items, err
}

// Watchlist implements marquee.MovieService.
func (c *Client) Watchlist(ctx context.Context, p marquee.PageRequest, language string) (marquee.Page[marquee.Movie], error) {
	return c.movies(ctx, "/users/me/watchlist", pageQuery(p), language)
}

// Ratings implements marquee.MovieService.
func (c *Client) Ratings(ctx context.Context, p marquee.PageRequest, language string) (marquee.Page[marquee.Movie], error) {
	return c.movies(ctx, "/users/me/ratings", pageQuery(p), language)
}

func (c *Client) movies(ctx context.Context, path string, q url.Values, language string) (marquee.Page[marquee.Movie], error) {
	var p pageAnswer
	err := c.authed(ctx, request{method: http.MethodGet, path: path, query: q, out: &p, language: language})
	return p.Page, err
}

func pageQuery(p marquee.PageRequest) url.Values {
	q := url.Values{}
	setNumber(q, "limit", p.Limit)
	set(q, "cursor", p.Cursor)
	set(q, "at", p.At)
	return q
}

func set(q url.Values, name, value string) {
	if value != "" {
		q.Set(name, value)
	}
}

func setNumber(q url.Values, name string, value int) {
	if value != 0 {
		q.Set(name, strconv.Itoa(value))
	}
}

// pathOf puts an id into a path. One that is no id names nothing, and must
// not lead to another path.
func pathOf(before, id, after string) (string, error) {
	const ok = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
	if id == "" || strings.Trim(id, ok) != "" {
		return "", marquee.E(marquee.CodeNotFound)
	}
	return before + id + after, nil
}
