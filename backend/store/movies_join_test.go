package store_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"example.com/marquee/backend/catalog"
	"example.com/marquee/common/marquee"
)

// A list tells of a film in the year of its first showing and in that of its
// start, under one page. What shares a page otherwise stays apart.
func TestOnePageTellsOfAFilmInTwoYears(t *testing.T) {
	file := rows(
		`{"title":"Superman II","year":1980,"cast":["Christopher Reeve"],"genres":["Action"],"href":"Superman_II"}`,
		`{"title":"Superman II","year":1981,"cast":["Somebody Else"],"genres":["Drama"],"href":"Superman_II","extract":"He flies."}`,
		`{"title":"Superman II: The Other Cut","year":1981,"cast":[],"genres":[],"href":"Superman_II"}`,
		`{"title":"Superman II","year":1984,"cast":[],"genres":[],"href":"Superman_II"}`,
		`{"title":"Superman II","year":1979,"cast":[],"genres":[],"href":"Another_page"}`,
	)
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		for i, want := range []catalog.Saved{{Added: 4, Updated: 1}, {Unchanged: 5}, {Unchanged: 5}} {
			if got := c.load(t, file); got != want {
				t.Errorf("%d: %+v", i, got)
			}
		}
		p := c.find(t, marquee.MovieFilter{Query: "superman"})
		var found []string
		for _, m := range p.Items {
			found = append(found, fmt.Sprint(m.Title, " ", m.Year, " ", m.Cast, m.Genres, m.Overview))
		}
		want := []string{
			"Superman II 1979 [] []", "Superman II 1980 [Christopher Reeve] [Action]He flies.", "Superman II 1984 [] []",
			"Superman II: The Other Cut 1981 [] []",
		}
		if slices.Sort(found); !slices.Equal(found, want) || p.Total != 4 {
			t.Errorf("%q", found)
		}
	})
}

// Nor does it show in a starter film that the list has it a year later.
func TestStarterFilmsAreKnownInTheNextYear(t *testing.T) {
	snowpiercer := rows(`{"title":"Snowpiercer","year":2014,"cast":["Chris Evans"],"genres":["Satire"],"href":"Snowpiercer","extract":"A train."}`)
	for _, startersFirst := range []bool{true, false} {
		t.Run(fmt.Sprint(startersFirst), func(t *testing.T) {
			onBothDatabases(t, func(t *testing.T, c *cinema) {
				for first := startersFirst; ; first = true {
					if first {
						c.starters(t)
					}
					c.load(t, snowpiercer)
					if first {
						break
					}
				}
				if m := c.one(t, "snowpiercer"); m.Year != 2013 || m.OriginalTitle != "설국열차" || !slices.Contains(m.Cast, "Song Kang-ho") {
					t.Errorf("%+v", m)
				}
				if got := c.load(t, snowpiercer); got.Unchanged != 1 {
					t.Errorf("again: %+v", got)
				}
			})
		})
	}
}

// twoFilms stores a film twice: Wikipedia tells of its people, and IMDb's table
// of films does not.
func (c *cinema) twoFilms(t *testing.T) (wikipedia, imdb marquee.Movie) {
	t.Helper()
	set := imdbSet()
	c.importing(t, map[string]string{"basics": set["basics"], "ratings": set["ratings"], "films": rows(
		`{"title":"Somewhere","year":2021,"cast":["Anna Player","Else"],"genres":["Drama"],"href":"Somewhere_(2021)","extract":"A place."}`)})
	for _, m := range c.find(t, marquee.MovieFilter{Query: "somewhere"}).Items {
		if m.Overview != "" {
			wikipedia = m
		} else {
			imdb = m
		}
	}
	if wikipedia.ID == "" || imdb.ID == "" {
		t.Fatalf("%+v %+v", wikipedia, imdb)
	}
	return wikipedia, imdb
}

// join tells that both are one: of IMDb's film the people come later.
func (c *cinema) join(t *testing.T) marquee.Movie {
	t.Helper()
	set := imdbSet()
	if h := c.importing(t, map[string]string{"names": set["names"], "principals": set["principals"]}); h.films["imdb"].Updated != 2 {
		t.Fatalf("%+v", h.films)
	}
	return c.one(t, "somewhere")
}

func (c *cinema) do(t *testing.T, actions ...error) {
	t.Helper()
	for _, err := range actions {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Films that turn out to be one are joined, and nobody loses what he did.
func TestFilmsThatTurnOutToBeOne(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		w, i := c.twoFilms(t)
		both, first, second := c.person, c.register(t, "first"), c.register(t, "second")
		// In the order of time: the later rating counts, whichever film it is of.
		c.do(t, c.RateMovie(both, i.ID, 2), c.RateMovie(both, w.ID, 9), c.RateMovie(first, w.ID, 4), c.RateMovie(second, i.ID, 6))
		c.do(t, c.AddToWatchlist(both, w.ID), c.AddToWatchlist(both, i.ID), c.AddToWatchlist(first, w.ID))
		c.do(t, c.MarkWatched(both, w.ID, "2025-01-01"), c.MarkWatched(both, i.ID, "2025-01-01"), c.MarkWatched(both, w.ID, "2025-02-01"), c.MarkWatched(first, w.ID, "2025-03-01"))

		m := c.join(t)
		if m.ID != i.ID || m.Overview != "A place." || m.RatingCount != 5+3 || m.MyRating != 9 || m.WatchCount != 2 || !m.OnWatchlist || *m.WatchedOn != "2025-02-01" {
			t.Errorf("%+v", m)
		}
		if want := (5*7.3 + 9 + 4 + 6) / 8; m.RatingAverage < want-1e-9 || m.RatingAverage > want+1e-9 {
			t.Errorf("the average is %v, not %v", m.RatingAverage, want)
		}
		if p := c.find(t, marquee.MovieFilter{}); p.Total != 3 || len(p.Items) != 3 {
			t.Errorf("%d films, %v", p.Total, titles(p.Items))
		}
		for name, p := range map[string]context.Context{"first": first, "second": second} {
			got, err := c.FindMovie(p, w.ID, "en") // the old id leads to the film
			if err != nil || got.ID != i.ID || got.MyRating != map[string]int{"first": 4, "second": 6}[name] || got.OnWatchlist != (name == "first") {
				t.Errorf("%s: %+v %v", name, got, err)
			}
		}
		// And people who still see it go on with it.
		c.do(t, c.RateMovie(both, w.ID, 1), c.RemoveFromWatchlist(both, w.ID), c.MarkWatched(both, w.ID, "2025-04-01"), c.UnmarkWatched(both, w.ID, "2025-01-01"))
		if v, err := c.Viewings(both, w.ID); err != nil || len(v) != 2 {
			t.Errorf("%v %v", v, err)
		}
		if m := c.one(t, "somewhere"); m.MyRating != 1 || m.OnWatchlist || m.WatchCount != 2 {
			t.Errorf("%+v", m)
		}
		// Both sources know it from now on.
		_ = c.importing(t, imdbSet())
		if h := c.importing(t, imdbSet()); h.films["imdb"] != (catalog.Saved{Unchanged: 3}) {
			t.Errorf("again: %+v", h.films)
		}
		if got := c.load(t, rows(`{"title":"Somewhere","year":2021,"cast":["Anna Player","Else"],"genres":["Drama"],"href":"Somewhere_(2021)","extract":"A place."}`)); got.Unchanged != 1 {
			t.Errorf("again: %+v", got)
		}
	})
}

// Films are joined while people use them, and whatever somebody does meanwhile
// is done to the one that is kept.
func TestFilmsAreJoinedWhilePeopleUseThem(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		w, i := c.twoFilms(t)
		var people []context.Context
		for n := range 6 {
			people = append(people, c.register(t, fmt.Sprintf("person%d", n)))
		}
		var busy sync.WaitGroup
		for n, p := range people {
			id := []string{w.ID, i.ID}[n%2]
			busy.Go(func() {
				for _, points := range []int{1, 10, 4} {
					for _, err := range []error{c.RateMovie(p, id, points), c.RemoveFromWatchlist(p, id), c.AddToWatchlist(p, id), c.MarkWatched(p, id, "2025-01-01")} {
						if err != nil {
							t.Error(err)
						}
					}
				}
			})
		}
		c.join(t)
		busy.Wait()
		for _, p := range people {
			if m, err := c.FindMovie(p, i.ID, "en"); err != nil || m.MyRating != 4 || !m.OnWatchlist || m.WatchCount != 1 || m.RatingCount != 5+len(people) {
				t.Errorf("%+v %v", m, err)
			}
		}
	})
}

// A list has a film under two pages, and another source knows it as one: that
// is one film, whether the rows come in one batch or in two, and stays one.
// Without that source they are two: a list does not tell of a film twice.
func TestRowsOfOneFileThatAreOneFilm(t *testing.T) {
	row := func(title string, year int, page string) string {
		return fmt.Sprintf(`{"title":%q,"year":%d,"cast":["Anna Player",%q],"genres":["Drama"],"href":%q}`, title, year, page, page)
	}
	const jerry, jerryYear = `Miss "Jerry" 'X`, 1894
	batches := []string{
		rows(row("Somewhere", 2021, "A"), row("Somewhere", 2021, "B")),     // known as one
		rows(row(jerry, jerryYear, "C")), rows(row(jerry, jerryYear, "D")), // likewise
		rows(row("Nowhere", 2021, "E"), row("Nowhere", 2021, "F")), // twin: not known
	}
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		c.importing(t, imdbSet())
		for i, added := range []int{0, 0, 0, 2} {
			if got := c.load(t, batches[i]); got.Added != added {
				t.Errorf("%d: %+v", i, got)
			}
		}
		if p := c.find(t, marquee.MovieFilter{}); p.Total != 5 || len(p.Items) != 5 {
			t.Errorf("%d films, %v", p.Total, titles(p.Items))
		}
		for i, file := range batches {
			if got := c.load(t, file); got != (catalog.Saved{Unchanged: got.Unchanged}) {
				t.Errorf("%d again: %+v", i, got)
			}
		}
	})
}
