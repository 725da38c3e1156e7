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

// Where films are few among all, though more than are gathered in no time, no
// page begins by gathering them: those by title or year walk along the letters or
// decades they show, others glance at the films nearby. Pages lose nothing by it.
func TestPagesOfFewAmongMany(t *testing.T) {
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
			for _, sort := range sorts {
				want, limit := idsInOrder(all, sort), 150
				if sort == marquee.SortRating {
					limit = 20 // a glance may fill so short a page
				}
				for _, backward := range []bool{false, true} {
					q := catalog.MovieQuery{Matches: found, Sort: sort, Window: catalog.Window{Limit: limit, Backward: backward}}
					if got := s.walkGatheringFew(t, q); !slices.Equal(got, want) {
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

func idsInOrder(films []catalog.Film, sort marquee.Sort) []string {
	films = slices.Clone(films)
	slices.SortFunc(films, func(a, b catalog.Film) int {
		first := 0
		switch sort {
		case marquee.SortYear:
			first = a.Year - b.Year
		case marquee.SortYearDesc:
			first = b.Year - a.Year
		}
		return cmp.Or(first, bytes.Compare(a.TitleKey, b.TitleKey), cmp.Compare(a.ID, b.ID))
	})
	ids := make([]string, len(films))
	for i, f := range films {
		ids[i] = f.ID
	}
	return ids
}

// walkGatheringFew turns pages to the end, none of which may begin by gathering
// more than a few films, and returns the ids in their order.
func (s *Store) walkGatheringFew(t *testing.T, q catalog.MovieQuery) []string {
	t.Helper()
	var ids []string
	for {
		near, _, err := s.nearby(t.Context(), q.Matches.(filmSet), q)
		if err != nil {
			t.Fatal(err)
		}
		ways, err := s.waysToPage(t.Context(), q, orderOf(q.Sort))
		if err != nil || near.Count() > fewFilms && ways[0].sql == s.gather(near, q, orderOf(q.Sort)).sql {
			t.Fatalf("a page from %+v gathers %d films: %v", q.From, near.Count(), err)
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
