package store_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/catalog"
	"example.com/marquee/backend/store"
	"example.com/marquee/common/marquee"
)

// cinema is the real rules of films on a real database, with people in it.
type cinema struct {
	*catalog.Service
	store  *store.Store
	person context.Context // acts for somebody
	other  context.Context // and for somebody else, see somebody
	clock  atomic.Int64    // microseconds; every reading is a second later
}

// noon is what the rules of films take for now.
var noon = time.Date(2026, 12, 1, 12, 0, 0, 0, time.UTC)

// onBothDatabases runs a test on SQLite and on Postgres.
func onBothDatabases(t *testing.T, test func(t *testing.T, c *cinema)) {
	onBothURLs(t, func(t *testing.T, url string) { test(t, openCinema(t, url)) })
}

func openCinema(tb testing.TB, url string) *cinema {
	tb.Helper()
	c := &cinema{}
	c.clock.Store(time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).UnixMicro())
	s, err := store.Open(tb.Context(), store.Options{URL: url, Clock: func() time.Time { return time.UnixMicro(c.clock.Add(1_000_000)) }})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	if err := s.Migrate(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	c.store = s
	c.Service = catalog.New(catalog.Deps{Store: s, CursorKey: []byte("0123456789abcdef0123456789abcdef"), TypoTime: time.Minute, Clock: func() time.Time { return noon }})
	c.person = c.register(tb, "moviegoer")
	return c
}

// register makes an account and returns a context that acts for it.
func (c *cinema) register(tb testing.TB, name string) context.Context {
	tb.Helper()
	a, err := c.store.CreateAccount(tb.Context(), auth.Account{
		User: marquee.User{ID: "id-of-" + name, Username: name, Email: name + "@example.org", IsActive: true},
	})
	if err != nil {
		tb.Fatal(err)
	}
	return marquee.WithActor(tb.Context(), marquee.Actor{UserID: a.ID})
}

// find returns a page or fails the test.
func (c *cinema) find(tb testing.TB, f marquee.MovieFilter) marquee.Page[marquee.Movie] {
	tb.Helper()
	p, err := c.FindMovies(c.person, f)
	if err != nil {
		tb.Fatalf("%+v: %v", f, err)
	}
	return p
}

// diary is the whole diary as a list like the others.
func (c *cinema) diary(ctx context.Context, p marquee.PageRequest, language string) (marquee.Page[marquee.Movie], error) {
	return c.Diary(ctx, marquee.DiaryFilter{Page: p, Language: language})
}

func titles(movies []marquee.Movie) []string {
	out := make([]string, len(movies))
	for i, m := range movies {
		out[i] = m.Title
	}
	return out
}
