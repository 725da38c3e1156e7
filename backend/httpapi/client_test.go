package httpapi_test

import (
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"example.com/marquee/backend/httpapi"
	"example.com/marquee/backend/httpapi/contracttest"
	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
)

// The client of our own programs and the API mean the same by every call.
func TestClientAndAPIAgree(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		p := with(t, nil)
		seen, err := contracttest.New(httpapi.Contract())
		must(t, err)
		srv := httptest.NewServer(seen.Handler(t, httpapi.New(httpapi.Deps{Auth: p.auth, Movies: p.movies}, httpapi.Config{})))
		t.Cleanup(srv.Close)
		c, err := client.New(client.Options{BaseURL: srv.URL, ClientName: "tui", Agent: "marquee-test", Language: "ko"})
		must(t, err)
		t.Cleanup(c.Close)
		ctx := t.Context()

		_, err = c.Register(ctx, marquee.Registration{Email: "mina@example.com", Username: "ㅁ", Password: "x"})
		var refused *marquee.Error
		if !errors.As(err, &refused) || len(refused.Fields) != 2 || refused.Fields[0].Detail != "4자 이상이어야 합니다." {
			t.Fatalf("%v %+v", err, refused)
		}
		_, err = c.Register(ctx, marquee.Registration{Email: "mina@example.com", Username: "mina", Password: goodPassword})
		must(t, err)
		_, err = c.Login(ctx, marquee.Credentials{Login: "mina@example.com", Password: goodPassword})
		must(t, err)
		me, err := c.Me(ctx)
		must(t, err)
		name := "mina.lee"
		changed, err := c.UpdateMe(ctx, marquee.UserPatch{Username: &name})
		must(t, err)
		if me.ID != changed.ID || changed.Username != name {
			t.Errorf("%+v %+v", me, changed)
		}
		password := "another-long-phrase-7"
		if _, err := c.UpdateMe(ctx, marquee.UserPatch{Password: &password}); !marquee.IsCode(err, marquee.CodeWrongPassword) {
			t.Errorf("%v", err)
		}
		must(t, c.Refresh(ctx))
		sessions, err := c.Sessions(ctx)
		must(t, err)
		if len(sessions) != 1 || !sessions[0].Current || sessions[0].Client != "tui" || sessions[0].Agent != "marquee-test" {
			t.Errorf("%+v", sessions)
		}

		films, err := c.FindMovies(ctx, marquee.MovieFilter{Sort: marquee.SortYearDesc, Page: marquee.PageRequest{Limit: 3}})
		must(t, err)
		id := films.Items[0].ID
		meant, err := c.FindMovies(ctx, marquee.MovieFilter{Query: "arrivla"})
		must(t, err)
		if meant.CorrectedQuery != "arrival" || len(meant.Items) != 1 || films.CorrectedQuery != "" {
			t.Errorf("%+v", meant)
		}
		must(t, c.RateMovie(ctx, id, 9))
		must(t, c.AddToWatchlist(ctx, id))
		must(t, c.MarkWatched(ctx, id, "2026-02-28"))
		film, err := c.FindMovie(ctx, id, "ko")
		must(t, err)
		if film.MyRating != 9 || !film.OnWatchlist || film.WatchedOn == nil || *film.WatchedOn != "2026-02-28" {
			t.Errorf("%+v", film)
		}
		for _, list := range []func() (marquee.Page[marquee.Movie], error){
			func() (marquee.Page[marquee.Movie], error) { return c.Ratings(ctx, marquee.PageRequest{}, "en") },
			func() (marquee.Page[marquee.Movie], error) { return c.Watchlist(ctx, marquee.PageRequest{}, "en") },
			func() (marquee.Page[marquee.Movie], error) { return c.Diary(ctx, marquee.DiaryFilter{}) },
		} {
			page, err := list()
			must(t, err)
			if len(page.Items) != 1 || page.Items[0].ID != id {
				t.Errorf("%+v", page)
			}
		}
		must(t, c.UnrateMovie(ctx, id))
		must(t, c.RemoveFromWatchlist(ctx, id))
		must(t, c.MarkWatched(ctx, id, "2025-12-31"))
		viewings, err := c.Viewings(ctx, id)
		must(t, err)
		if !slices.Equal(viewings, []marquee.Viewing{{WatchedOn: "2026-02-28", Rewatch: true}, {WatchedOn: "2025-12-31"}}) {
			t.Errorf("%+v", viewings)
		}
		months, err := c.DiaryMonths(ctx)
		must(t, err)
		if !slices.Equal(months, []marquee.MonthCount{{Month: "2026-02", Count: 1}, {Month: "2025-12", Count: 1}}) {
			t.Errorf("%+v", months)
		}
		december, err := c.Diary(ctx, marquee.DiaryFilter{Month: "2025-12"})
		must(t, err)
		if m := december.Items[0]; len(december.Items) != 1 || *m.WatchedOn != "2025-12-31" || m.Rewatch || m.WatchCount != 2 || m.NotedAt == nil {
			t.Errorf("%+v", m)
		}
		for range 2 { // twice changes nothing
			must(t, c.UnmarkWatched(ctx, id, "2026-02-28"))
		}
		if film, err = c.FindMovie(ctx, id, ""); err != nil || film.WatchCount != 1 || *film.WatchedOn != "2025-12-31" || film.NotedAt != nil {
			t.Errorf("%+v %v", film, err)
		}
		must(t, c.UnmarkWatched(ctx, id, ""))
		if _, err := c.Diary(ctx, marquee.DiaryFilter{Month: "2026-13"}); !marquee.IsCode(err, marquee.CodeInvalid) {
			t.Errorf("a bad month: %v", err)
		}
		if err := c.UnmarkWatched(ctx, id, "2026-02-30"); !marquee.IsCode(err, marquee.CodeInvalid) {
			t.Errorf("a bad date: %v", err)
		}
		if err := c.MarkWatched(ctx, id, "2999-01-01"); err == nil || !strings.Contains(err.Error(), "watched_on=future") {
			t.Errorf("a day to come: %v", err)
		}
		if err := c.RateMovie(ctx, "unknown", 9); !marquee.IsCode(err, marquee.CodeNotFound) {
			t.Errorf("%v", err)
		}
		genres, err := c.Genres(ctx)
		must(t, err)
		if len(genres) == 0 {
			t.Error("no genres")
		}
		must(t, c.Logout(ctx, marquee.LogoutGlobal))
		if _, err := c.Me(ctx); !marquee.IsCode(err, marquee.CodeUnauthenticated) {
			t.Errorf("%v", err)
		}
	})
}
