package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.com/marquee/common/marquee"
)

// shelf loads n films and returns their ids in the order of titles.
func (c *cinema) shelf(tb testing.TB, n int) []string {
	tb.Helper()
	var file []string
	for i := range n {
		file = append(file, fmt.Sprintf(`{"title":"Film %02d","year":2000,"cast":[],"genres":["Drama"]}`, i))
	}
	c.load(tb, rows(file...))
	return c.walk(tb, marquee.MovieFilter{Page: marquee.PageRequest{Limit: 100}}, false)
}

func TestOwnMarksOfAFilm(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		id, other := c.shelf(t, 1)[0], c.register(t, "somebody")
		for range 2 { // twice changes nothing
			must(t, c.RateMovie(c.person, id, 7), c.AddToWatchlist(c.person, id), c.MarkWatched(c.person, id, "2024-02-29"), c.RateMovie(other, id, 10))
		}
		m, err := c.FindMovie(c.person, id, "en")
		if err != nil || m.MyRating != 7 || !m.OnWatchlist || m.WatchedOn == nil || *m.WatchedOn != "2024-02-29" || m.RatingAverage != 8.5 || m.RatingCount != 2 {
			t.Errorf("%+v %v", m, err)
		}
		if m, err := c.FindMovie(other, id, "ko"); err != nil || m.MyRating != 10 || m.OnWatchlist || m.WatchedOn != nil {
			t.Errorf("another person sees %+v %v", m, err)
		}
		for range 2 {
			must(t, c.UnrateMovie(c.person, id), c.RemoveFromWatchlist(c.person, id), c.UnmarkWatched(c.person, id, ""))
		}
		if m, err := c.FindMovie(c.person, id, ""); err != nil || m.MyRating != 0 || m.OnWatchlist || m.WatchedOn != nil || m.RatingAverage != 10 || m.RatingCount != 1 {
			t.Errorf("afterwards %+v %v", m, err)
		}
	})
}

func TestOwnMarksRefused(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		id := c.shelf(t, 1)[0]
		for _, rating := range []int{-1, 0, 11} {
			if err := c.RateMovie(c.person, id, rating); !marquee.IsCode(err, marquee.CodeInvalid) {
				t.Errorf("rating %d: %v", rating, err)
			}
		}
		for _, date := range []marquee.Date{"", "2023-02-29", "20240229", "1500-01-01", "2024-01-01x", "2026-12-03", "9999-12-31"} {
			if err := c.MarkWatched(c.person, id, date); !marquee.IsCode(err, marquee.CodeInvalid) {
				t.Errorf("date %q: %v", date, err)
			}
		}
		must(t, c.MarkWatched(c.person, id, "2026-12-02"), c.UnmarkWatched(c.person, id, "2026-12-02")) // begun in the Pacific
		must(t, c.UnmarkWatched(c.person, id, "2026-12-03"))                                            // noted before there was this rule
		for _, unknown := range []string{"", "x", "a\x00", "00000000-0000-0000-0000-000000000000", strings.ToUpper(id) + "'", "' OR 1=1"} {
			for what, err := range map[string]error{
				"find": second(c.FindMovie(c.person, unknown, "")), "rate": c.RateMovie(c.person, unknown, 5), "unrate": c.UnrateMovie(c.person, unknown),
				"add": c.AddToWatchlist(c.person, unknown), "remove": c.RemoveFromWatchlist(c.person, unknown),
				"mark": c.MarkWatched(c.person, unknown, "2024-01-01"), "unmark": c.UnmarkWatched(c.person, unknown, ""),
				"viewings": second(c.Viewings(c.person, unknown)),
			} {
				if !marquee.IsCode(err, marquee.CodeNotFound) {
					t.Errorf("%s %q: %v", what, unknown, err)
				}
			}
		}
	})
}

func TestOwnListsNewestFirst(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		ids := c.shelf(t, 12)
		dates := []marquee.Date{"2024-01-02", "2023-12-31", "2024-01-01"}
		for i, id := range ids {
			must(t, c.AddToWatchlist(c.person, id), c.RateMovie(c.person, id, 1+i%10), c.MarkWatched(c.person, id, dates[i%3]))
		}
		must(t, c.AddToWatchlist(c.person, ids[0]), c.RateMovie(c.person, ids[1], 10)) // keeps its place; comes to the front
		newest := slices.Clone(ids)
		slices.Reverse(newest)
		rated := append([]string{ids[1]}, slices.DeleteFunc(slices.Clone(newest), func(id string) bool { return id == ids[1] })...)
		diary := []string{ids[9], ids[6], ids[3], ids[0], ids[11], ids[8], ids[5], ids[2], ids[10], ids[7], ids[4], ids[1]}
		for name, l := range map[string]struct {
			list func(context.Context, marquee.PageRequest, string) (marquee.Page[marquee.Movie], error)
			want []string
		}{"watchlist": {c.Watchlist, newest}, "ratings": {c.Ratings, rated}, "diary": {c.diary, diary}} {
			var forward, back []string
			p := marquee.PageRequest{Limit: 5}
			for {
				page, err := l.list(c.person, p, "en")
				must(t, err)
				for _, m := range page.Items {
					forward = append(forward, m.ID)
				}
				if page.Total != 12 {
					t.Errorf("%s: total %d", name, page.Total)
				}
				if page.NextCursor == nil {
					break
				}
				p.Cursor = *page.NextCursor
			}
			p = marquee.PageRequest{Limit: 5, At: "end"}
			for {
				page, err := l.list(c.person, p, "en")
				must(t, err)
				for _, m := range slices.Backward(page.Items) {
					back = append(back, m.ID)
				}
				if page.PrevCursor == nil {
					break
				}
				p = marquee.PageRequest{Limit: 5, Cursor: *page.PrevCursor}
			}
			slices.Reverse(back)
			if !slices.Equal(forward, l.want) || !slices.Equal(back, l.want) {
				t.Errorf("%s:\n%v\n%v\nwant\n%v", name, forward, back, l.want)
			}
		}
	})
}

// Ratings by many at once: the average is of all of them.
func TestRatingsAtOnce(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		id := c.shelf(t, 1)[0]
		var people []context.Context
		for i := range 8 {
			people = append(people, c.register(t, fmt.Sprintf("person%d", i)))
		}
		var wg sync.WaitGroup
		for i, person := range people {
			for k := range 6 { // two at a time for one person as well
				wg.Go(func() {
					if err := c.RateMovie(person, id, 1+(i+k)%10); err != nil {
						t.Error(err)
					}
				})
			}
		}
		wg.Wait()
		sum := 0
		for _, person := range people {
			m, err := c.FindMovie(person, id, "en")
			must(t, err)
			sum += m.MyRating
		}
		if m, err := c.FindMovie(c.person, id, "en"); err != nil || m.RatingCount != 8 || m.RatingAverage != float64(sum)/8 {
			t.Errorf("%d ratings, average %v, want 8 and %v (%v)", m.RatingCount, m.RatingAverage, float64(sum)/8, err)
		}
	})
}

// The cursor of one list, person, filter or order is good for no other.
func TestAttack_CursorOfAnotherList(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		for _, id := range c.shelf(t, 5) {
			must(t, c.AddToWatchlist(c.person, id))
		}
		films := c.find(t, marquee.MovieFilter{Genre: "Drama", Page: marquee.PageRequest{Limit: 2}})
		list, err := c.Watchlist(c.person, marquee.PageRequest{Limit: 2}, "en")
		must(t, err)
		mine, theirs := *list.NextCursor, *films.NextCursor
		for name, err := range map[string]error{
			"another person":  second(c.Watchlist(c.register(t, "mallory"), marquee.PageRequest{Cursor: mine}, "en")),
			"another list":    second(c.Ratings(c.person, marquee.PageRequest{Cursor: mine}, "en")),
			"films":           second(c.FindMovies(c.person, marquee.MovieFilter{Page: marquee.PageRequest{Cursor: mine}})),
			"another filter":  second(c.FindMovies(c.person, marquee.MovieFilter{Page: marquee.PageRequest{Cursor: theirs}})),
			"another order":   second(c.FindMovies(c.person, marquee.MovieFilter{Genre: "Drama", Sort: "year", Page: marquee.PageRequest{Cursor: theirs}})),
			"a changed byte":  second(c.FindMovies(c.person, marquee.MovieFilter{Genre: "Drama", Page: marquee.PageRequest{Cursor: "A" + theirs[1:]}})),
			"a trailing byte": second(c.FindMovies(c.person, marquee.MovieFilter{Genre: "Drama", Page: marquee.PageRequest{Cursor: theirs + "A"}})),
		} {
			if !marquee.IsCode(err, marquee.CodeInvalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// The twin: in its own list, even with another size and language, it is good.
func TestCursorOfTheSameList(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		c.shelf(t, 5)
		f := marquee.MovieFilter{Genre: "Drama", Page: marquee.PageRequest{Limit: 2}}
		f.Page = marquee.PageRequest{Limit: 3, Cursor: *c.find(t, f).NextCursor}
		f.Language = "ko"
		if p := c.find(t, f); len(p.Items) != 3 || p.NextCursor != nil {
			t.Errorf("%+v", p)
		}
	})
}

func must(tb testing.TB, errs ...error) {
	tb.Helper()
	for _, err := range errs {
		if err != nil {
			tb.Fatal(err)
		}
	}
}

func second[T any](_ T, err error) error { return err }
