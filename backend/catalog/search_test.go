package catalog

import (
	"context"
	"testing"

	"example.com/marquee/common/marquee"
)

// crowded finds so many films for any selection.
type crowded struct {
	Storage
	films int
}

type count int

func (c count) Count() int              { return int(c) }
func (c count) Without(Matches) Matches { return c }

func (c crowded) FindMatches(context.Context, Selection) (Matches, error) { return count(c.films), nil }
func (c crowded) MovieCount(context.Context) (int, error)                 { return c.films, nil }
func (c crowded) ListMovies(context.Context, string, MovieQuery) ([]Entry, error) {
	return nil, nil
}

// A total is exact up to 10,000; that of all films always is.
func TestTotals(t *testing.T) {
	person := marquee.WithActor(t.Context(), marquee.Actor{UserID: "moviegoer"})
	for _, c := range []struct {
		films, total int
		is           string
		query        string
	}{
		{10_000, 10_000, marquee.TotalExact, "love"}, {10_001, 10_000, marquee.TotalAtLeast, "love"},
		{1_000_000, 10_000, marquee.TotalAtLeast, "love"}, {1_000_000, 1_000_000, marquee.TotalExact, ""},
	} {
		s := New(Deps{Store: crowded{films: c.films}, CursorKey: make([]byte, 32)})
		p, err := s.FindMovies(person, marquee.MovieFilter{Query: c.query})
		if err != nil || p.Total != c.total || p.TotalIs != c.is {
			t.Errorf("%q with %d films: total %d, %s, %v", c.query, c.films, p.Total, p.TotalIs, err)
		}
	}
}
