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

// bring saves entries and returns what became of them in one word each.
func (c *cinema) bring(tb testing.TB, who context.Context, entries ...marquee.LibraryEntry) (outcomes string, ids []string) {
	tb.Helper()
	results, err := c.SaveLibrary(who, entries)
	must(tb, err)
	var words []string
	for _, r := range results {
		words, ids = append(words, string(r.Outcome)), append(ids, r.MovieID)
	}
	return strings.Join(words, " "), ids
}

func TestALibraryFindsFilmsByTitleAndYear(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		must(t, c.LoadStarter(t.Context()))
		long := strings.Repeat("A very long title ", 10)
		c.load(t, rows(
			`{"title":"Dune","year":1984,"cast":[],"genres":[]}`, `{"title":"Dune","year":2021,"cast":[],"genres":[]}`,
			`{"title":"Pinocchio","year":2022,"cast":["One"],"genres":[]}`, `{"title":"Pinocchio","year":2022,"cast":["Two"],"genres":[]}`,
			`{"title":"Twin","year":2000,"cast":[],"genres":[]}`, `{"title":"Twin","year":2002,"cast":[],"genres":[]}`,
			`{"title":"`+long+`one","year":2000,"cast":[],"genres":[]}`, `{"title":"`+long+`two","year":2000,"cast":[],"genres":[]}`,
			`{"title":"=1+1","year":2000,"cast":[],"genres":[]}`))
		for _, step := range []struct {
			title string
			year  int
			want  marquee.LibraryOutcome
			film  string // title and year of what is found
		}{
			{"Parasite", 2019, "saved", "Parasite 2019"},
			{"기생충", 2019, "saved", "Parasite 2019"},
			{"PARASITE", 2018, "saved", "Parasite 2019"},
			{"기생충", 2020, "saved", "Parasite 2019"},
			{"Parasite", 2017, "not_in_catalogue", ""},
			{"Parasit", 2019, "not_in_catalogue", ""},
			{"amelie", 2001, "saved", "Amélie 2001"},
			{"Dune", 1984, "saved", "Dune 1984"},
			{"dune", 2020, "saved", "Dune 2021"},
			{"Dune", 2000, "not_in_catalogue", ""},
			{"Pinocchio", 2022, "ambiguous", ""},
			{"Twin", 2000, "saved", "Twin 2000"},
			{"Twin", 2001, "ambiguous", ""},
			{"Twin", 2003, "saved", "Twin 2002"},
			{long + "two", 2000, "saved", long + "two 2000"},
			{long + "three", 2000, "not_in_catalogue", ""},
			{"=1+1", 2000, "saved", "=1+1 2000"},
			{"\u200b", 2000, "not_in_catalogue", ""},
			{"' OR 1=1 --", 2000, "not_in_catalogue", ""},
		} {
			who := c.register(t, fmt.Sprint("p", step.year, strings.Map(letters, step.title)))
			got, ids := c.bring(t, who, marquee.LibraryEntry{Title: step.title, Year: step.year, Rating: 7})
			film := ""
			if ids[0] != "" {
				m, err := c.FindMovie(who, ids[0], "")
				must(t, err)
				film = fmt.Sprint(m.Title, " ", m.Year)
				if m.MyRating != 7 {
					t.Errorf("%q (%d): rated %d", step.title, step.year, m.MyRating)
				}
			}
			if got != string(step.want) || film != strings.TrimSpace(step.film) {
				t.Errorf("%q (%d): %s %q, want %s %q", step.title, step.year, got, film, step.want, step.film)
			}
		}
	})
}

// letters makes an id of a title.
func letters(r rune) rune {
	if r <= ' ' || r == 0x200b {
		return '_'
	}
	return r
}

func TestALibraryBroughtTwiceChangesNothing(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		ids := c.shelf(t, 4)
		must(t, c.RateMovie(c.person, ids[0], 3), c.MarkWatched(c.person, ids[0], "2026-01-01"), c.AddToWatchlist(c.person, ids[3]))
		entries := []marquee.LibraryEntry{
			{Title: "Film 00", Year: 2000, Rating: 9, RatedOn: "2024-05-06", Viewings: []marquee.LibraryViewing{
				{WatchedOn: "2026-01-01"}, {WatchedOn: "2025-01-01", Rewatch: true, NotedOn: "2025-01-02"},
			}},
			{Title: "Film 01", Year: 2000, ListedOn: "2023-04-05", SeenOn: "2022-02-02"},
			{Title: "Film 02", Year: 2000, Viewings: []marquee.LibraryViewing{{WatchedOn: "2025-03-01"}}, SeenOn: "2022-02-02"},
			{Title: "Film 03", Year: 2000, ListedOn: "2023-04-05"},
			{Title: "Film 00", Year: 2001, Rating: 9},
		}
		if got, _ := c.bring(t, c.person, entries...); got != "saved saved saved unchanged unchanged" {
			t.Errorf("first: %s", got)
		}
		state := func() string {
			var out []string
			for _, l := range []func(context.Context, marquee.PageRequest, string) (marquee.Page[marquee.Movie], error){c.diary, c.Ratings, c.Watchlist} {
				page, err := l(c.person, marquee.PageRequest{}, "")
				must(t, err)
				for _, m := range page.Items {
					on := ""
					if m.WatchedOn != nil {
						on = string(*m.WatchedOn)
					}
					out = append(out, fmt.Sprint(m.Title, " ", m.MyRating, " ", m.OnWatchlist, " ", on, " ", m.Rewatch, " ", m.NotedAt.Format("2006-01-02")))
				}
			}
			return strings.Join(out, "\n")
		}
		want := strings.Join([]string{
			"Film 00 9 false 2026-01-01 true 2026-01-02", "Film 02 0 false 2025-03-01 false 2026-01-02", // the cinema's clock stands in 2026
			"Film 00 9 false 2025-01-01 true 2025-01-02", "Film 01 0 true 2022-02-02 false 2022-02-02",
			"Film 00 9 false 2026-01-01 false 2024-05-06",
			"Film 03 0 true  false 2026-01-02", "Film 01 0 true 2022-02-02 false 2023-04-05",
		}, "\n")
		if got := state(); got != want {
			t.Errorf("%s\nwant\n%s", got, want)
		}
		if got, _ := c.bring(t, c.person, entries...); got != strings.TrimSpace(strings.Repeat("unchanged ", 5)) {
			t.Errorf("again: %s", got)
		}
		if got := state(); got != want {
			t.Errorf("again:\n%s\nwant\n%s", got, want)
		}
		if m, err := c.FindMovie(c.person, ids[0], ""); err != nil || m.RatingCount != 1 || m.RatingAverage != 9 {
			t.Errorf("%+v %v", m, err)
		}
		// A viewing that is recorded as the first becomes a rewatch, and stays one.
		first := marquee.LibraryEntry{Title: "Film 02", Year: 2000, Viewings: []marquee.LibraryViewing{{WatchedOn: "2025-03-01", Rewatch: true}}}
		for _, want := range []string{"saved", "unchanged"} {
			if got, _ := c.bring(t, c.person, first); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
		if v, err := c.Viewings(c.person, ids[2]); err != nil || len(v) != 1 || !v[0].Rewatch {
			t.Errorf("%v %v", v, err)
		}
	})
}

func TestALibraryIsRefusedAsAWhole(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		id := c.shelf(t, 1)[0]
		good := marquee.LibraryEntry{Title: "Film 00", Year: 2000, Rating: 5}
		for field, bad := range map[string]marquee.LibraryEntry{
			"title": {Title: " ", Year: 2000}, "year": {Title: "x", Year: 9999}, "rating": {Title: "x", Year: 2000, Rating: 11},
			"rated_on": {Title: "x", Year: 2000, RatedOn: "soon"}, "seen_on": {Title: "x", Year: 2000, SeenOn: "2023-02-29"},
			"viewings[1].watched_on": {Title: "x", Year: 2000, Viewings: []marquee.LibraryViewing{{WatchedOn: "2026-12-02"}, {WatchedOn: "2026-12-03"}}},
			"viewings[0].noted_on":   {Title: "x", Year: 2000, Viewings: []marquee.LibraryViewing{{WatchedOn: "2026-12-01", NotedOn: "2026-12-03"}}},
			"listed_on":              {Title: "x", Year: 2000, ListedOn: "2026-12-03"},
			"viewings[0].watched_on": {Title: "x", Year: 2000, Viewings: []marquee.LibraryViewing{{}}},
		} {
			_, err := c.SaveLibrary(c.person, []marquee.LibraryEntry{good, bad})
			if !marquee.IsCode(err, marquee.CodeInvalid) || !strings.Contains(err.Error(), "items[1]."+field+"=") {
				t.Errorf("%s: %v", field, err)
			}
		}
		if _, err := c.SaveLibrary(c.person, slices.Repeat([]marquee.LibraryEntry{good}, marquee.LibraryMax+1)); !marquee.IsCode(err, marquee.CodeInvalid) {
			t.Errorf("too many: %v", err)
		}
		if _, err := c.SaveLibrary(t.Context(), []marquee.LibraryEntry{good}); !marquee.IsCode(err, marquee.CodeUnauthenticated) {
			t.Errorf("nobody: %v", err)
		}
		if m, err := c.FindMovie(c.person, id, ""); err != nil || m.MyRating != 0 || m.RatingCount != 0 {
			t.Errorf("something went in: %+v %v", m, err)
		}
	})
}

// Batches of several people over the same films, in different orders and
// beside single ratings, neither hang nor lose a rating.
func TestLibrariesAtOnce(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		ids := c.shelf(t, 6)
		var people []context.Context
		for i := range 4 {
			people = append(people, c.register(t, fmt.Sprintf("person%d", i)))
		}
		var wg sync.WaitGroup
		for i, person := range people {
			var entries []marquee.LibraryEntry
			for k := range ids {
				entries = append(entries, marquee.LibraryEntry{Title: fmt.Sprintf("Film %02d", (k*(2*i+1)+i)%6), Year: 2000, Rating: 1 + (i+k)%10, ListedOn: "2025-01-01"})
			}
			wg.Go(func() {
				for range 3 {
					if _, err := c.SaveLibrary(person, entries); err != nil {
						t.Error(err)
					}
				}
			})
			wg.Go(func() {
				for _, id := range ids {
					if err := c.RateMovie(person, id, 10-i); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		for _, id := range ids {
			sum := 0
			for _, person := range people {
				m, err := c.FindMovie(person, id, "")
				must(t, err)
				sum += m.MyRating
			}
			m, err := c.FindMovie(c.person, id, "")
			must(t, err)
			if m.RatingCount != 4 || m.RatingAverage != float64(sum)/4 {
				t.Errorf("%d ratings, average %v, want 4 and %v", m.RatingCount, m.RatingAverage, float64(sum)/4)
			}
		}
	})
}
