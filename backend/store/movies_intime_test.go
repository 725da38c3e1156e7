package store

import (
	"bytes"
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"example.com/marquee/backend/catalog"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// A page by years reads the films of the years it shows, not of the whole
// decade, where a decade has more of them than are gathered in no time. Pages
// lose nothing by it, not beside a year without films either.
func TestPagesByYearReadTheirYearsAlone(t *testing.T) {
	skipUnderRace(t)
	const n = 2400
	all := make([]catalog.Film, n)
	for i := range all {
		year := 1990 + i%10
		if year == 1994 {
			year = 2003
		}
		all[i] = catalog.Film{Source: "made", TitleKey: fmt.Appendf(nil, "%08d", i/7), Terms: []string{"film"}}
		all[i].ID, all[i].Title, all[i].Year = fmt.Sprintf("00000000-0000-0000-0000-%012d", i*7919%n), fmt.Sprintf("Film %d", i), year
	}
	for name, url := range map[string]string{"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "films.db"), "postgres": testrig.Postgres(t)} {
		t.Run(name, func(t *testing.T) {
			s := manyFilms(t, url, 0)
			s.keepSparse(t, all)
			found := s.matches(t, catalog.Selection{Terms: []string{"film"}})
			if found.Count() != n || !found.few() {
				t.Fatalf("%d films, few: %v", found.Count(), found.few())
			}
			for _, sort := range []marquee.Sort{marquee.SortYear, marquee.SortYearDesc} {
				want := idsByYear(all, sort)
				for _, backward := range []bool{false, true} {
					q := catalog.MovieQuery{Matches: found, Sort: sort, Window: catalog.Window{Limit: 100, Backward: backward}}
					if got := s.walkReadingFew(t, q, 3*n/10); !slices.Equal(got, want) {
						t.Errorf("%s, backward %v: %d films, or another order", sort, backward, len(got))
					}
					slices.Reverse(want)
				}
			}
		})
	}
}

// keepSparse saves films under numbers from a million on, of which they are few.
func (s *Store) keepSparse(t *testing.T, films []catalog.Film) {
	t.Helper()
	number := func(sql string) {
		if _, err := s.db.ExecContext(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	if s.onPostgres() {
		number("ALTER TABLE movies ALTER COLUMN num RESTART WITH 1000000")
	}
	for batch := range slices.Chunk(films, 800) {
		if _, err := s.SaveFilms(t.Context(), slices.Clone(batch), catalog.Mark{}); err != nil {
			t.Fatal(err)
		}
	}
	if !s.onPostgres() {
		number("UPDATE movies SET num = num + 1000000")
	}
	if _, err := s.ListCommonTerms(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func idsByYear(films []catalog.Film, sort marquee.Sort) []string {
	films = slices.Clone(films)
	slices.SortFunc(films, func(a, b catalog.Film) int {
		first := a.Year - b.Year
		if sort == marquee.SortYearDesc {
			first = -first
		}
		return cmp.Or(first, bytes.Compare(a.TitleKey, b.TitleKey), cmp.Compare(a.ID, b.ID))
	})
	ids := make([]string, len(films))
	for i, f := range films {
		ids[i] = f.ID
	}
	return ids
}

// walkReadingFew turns pages to the end, none of which may read more than most
// films, and returns the ids in their order.
func (s *Store) walkReadingFew(t *testing.T, q catalog.MovieQuery, most int) []string {
	t.Helper()
	var ids []string
	for {
		read, _, err := s.inTime(t.Context(), q.Matches.(filmSet), q)
		if err != nil || read.Count() > most {
			t.Fatalf("a page from %+v reads %d films: %v", q.From, read.Count(), err)
		}
		page, err := s.ListMovies(t.Context(), "nobody", q)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			return ids
		}
		for _, e := range page {
			ids = append(ids, e.Movie.ID)
		}
		q.From = &page[len(page)-1].At
	}
}
