package store

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"example.com/marquee/backend/catalog"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// planRows is enough for the planner to see that sorting is dear.
const planRows = 12_000

// skipUnderRace leaves out what loads many films and has no goroutines.
func skipUnderRace(t *testing.T) {
	t.Helper()
	if testrig.Race {
		t.Skip("the planner has no races")
	}
}

func manyFilms(tb testing.TB, url string, n int) *Store {
	tb.Helper()
	s, err := Open(tb.Context(), Options{URL: url})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	if err := s.Migrate(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	var batch []catalog.Film
	for i := range n {
		batch = append(batch, madeFilm(i, n))
		if len(batch) == 1000 || i == n-1 {
			if _, err := s.SaveFilms(tb.Context(), batch, catalog.Mark{}); err != nil {
				tb.Fatal(err)
			}
			batch = batch[:0]
		}
	}
	if s.onPostgres() {
		if _, err := s.db.ExecContext(tb.Context(), "VACUUM ANALYZE"); err != nil {
			tb.Fatal(err)
		}
	}
	return s
}

// madeFilm is a drama every third time, else a comedy.
func madeFilm(i, n int) catalog.Film {
	f := catalog.Film{Source: "made", Digest: "d", TitleKey: fmt.Appendf(nil, "%08d", i*7919%n)}
	f.ID, f.Year, f.Title = fmt.Sprintf("00000000-0000-0000-0000-%012d", i), 1920+i%100, fmt.Sprintf("Film %d", i)
	f.Genres, f.Terms = []string{"Comedy"}, []string{"film", fmt.Sprintf("w%d", i%1000), fmt.Sprintf("rare%d", i)}
	if i%3 == 0 {
		f.Genres, f.Terms = []string{"Drama"}, append(f.Terms, "drama")
	}
	return f
}

// plans are queries and what their plans must not hold.
func (s *Store) plans(tb testing.TB) map[string]catalog.MovieQuery {
	out := map[string]catalog.MovieQuery{}
	middle := &catalog.Position{TitleKey: []byte("00006000"), Number: 1970, ID: "00000000-0000-0000-0000-000000006000"}
	for _, sort := range sorts {
		place := *middle
		switch sort {
		case marquee.SortYearDesc:
			place.Number = -1970
		case marquee.SortRating:
			place.Number = 0
		}
		for name, sel := range map[string]catalog.Selection{
			"all": {}, "word": {Terms: []string{"film"}}, "prefix": {Prefix: "fil"}, "years": {YearFrom: 1930, YearTo: 2010},
		} {
			for _, backward := range []bool{false, true} {
				q := catalog.MovieQuery{Sort: sort, Window: catalog.Window{Limit: 21, Backward: backward, From: &place}}
				if !sel.Everything() {
					q.Matches = s.matches(tb, sel)
				}
				out[fmt.Sprintf("%s by %s, backward %v", name, sort, backward)] = q
			}
		}
	}
	return out
}

func (s *Store) matches(tb testing.TB, sel catalog.Selection) filmSet {
	tb.Helper()
	m, err := s.FindMatches(tb.Context(), sel)
	if err != nil {
		tb.Fatal(err)
	}
	return m.(filmSet)
}

func TestPlans(t *testing.T) {
	skipUnderRace(t)
	for name, fresh := range map[string]func(testing.TB) string{
		"sqlite":   func(tb testing.TB) string { return "sqlite:" + filepath.Join(tb.TempDir(), "films.db") },
		"postgres": testrig.Postgres,
	} {
		t.Run(name, func(t *testing.T) {
			url := fresh(t)
			s := manyFilms(t, url, planRows)
			t.Run("large selections walk their index", s.testWalks)
			t.Run("small selections are looked up", s.testLookups)
		})
	}
}

// Nothing sorts or scans the table.
func (s *Store) testWalks(t *testing.T) {
	for query, q := range s.plans(t) {
		o := orderOf(q.Sort)
		ways, err := s.waysToPage(t.Context(), q, o)
		if err != nil || len(ways) != 1 {
			t.Fatalf("%s: %d ways, %v", query, len(ways), err)
		}
		plan := s.explain(t, ways[0].sql, ways[0].args)
		if !strings.Contains(plan, o.index) || s.onPostgres() && !strings.Contains(plan, "Index Only Scan") {
			t.Errorf("%s does not read %s alone:\n%s", query, o.index, plan)
		}
		for _, bad := range []string{"Sort", "Seq Scan on movies ", "TEMP B-TREE"} {
			if strings.Contains(plan, bad) {
				t.Errorf("%s has %q:\n%s", query, bad, plan)
			}
		}
	}
}

// The search begins at the index that finds the films, and a few films are
// found by their numbers.
func (s *Store) testLookups(t *testing.T) {
	reads := map[string]clause{"few": s.gather(s.matches(t, catalog.Selection{Terms: []string{"w77"}}), catalog.MovieQuery{}, orderOf(marquee.SortTitle))}
	for query, sel := range map[string]catalog.Selection{
		"word": {Terms: []string{"rare77"}}, "prefix": {Prefix: "rare77"},
		"words": {Terms: []string{"film", "w7"}, Prefix: "rare"}, "years": {YearFrom: 1950, YearTo: 1950},
	} {
		reads[query] = s.looking(sel)
	}
	for query, c := range reads {
		plan := s.explain(t, c.sql, c.args)
		if strings.Contains(plan, "Seq Scan on movies ") || strings.Contains(plan, "SCAN m\n") {
			t.Errorf("%s reads every film:\n%s", query, plan)
		}
	}
}

// Whether films are gathered or walked is a matter of speed alone, and so is
// whether their terms are common ones.
func TestBothWaysFindTheSameFilms(t *testing.T) {
	skipUnderRace(t)
	t.Run("sqlite", func(t *testing.T) {
		manyFilms(t, "sqlite:"+filepath.Join(t.TempDir(), "films.db"), 1200).testSameFilms(t)
	})
	t.Run("postgres", func(t *testing.T) { manyFilms(t, testrig.Postgres(t), 1200).testSameFilms(t) })
}

func (s *Store) testSameFilms(t *testing.T) {
	for _, sel := range []catalog.Selection{
		{Nothing: true}, {Terms: []string{"drama"}}, {Terms: []string{"drama"}, YearFrom: 1950, YearTo: 1952}, {YearFrom: 2018}, {YearTo: 1921},
		{Terms: []string{"w7"}}, {Prefix: "w77"}, {Terms: []string{"film", "w7"}, Prefix: "rare1", YearTo: 1990}, {Terms: []string{"film"}},
	} {
		set := s.matches(t, sel)
		for _, sort := range sorts {
			for _, backward := range []bool{false, true} {
				q := catalog.MovieQuery{Sort: sort, Window: catalog.Window{Limit: 300, Backward: backward}}
				walk := clause{sql: "FALSE"}
				if set.Count() > 0 {
					walk = s.masked(set)
				}
				walked, err := s.idsOf(t.Context(), s.walk(walk, q, orderOf(sort)))
				if err != nil {
					t.Fatal(err)
				}
				gathered, err := s.idsOf(t.Context(), s.gather(set, q, orderOf(sort)))
				if err != nil {
					t.Fatal(err)
				}
				if set.Count() > 0 {
					glanced, err := s.idsOf(t.Context(), s.glance(set, clause{}, q, orderOf(sort)))
					if err != nil || !slices.Equal(glanced, walked) {
						t.Errorf("%+v by %s, backward %v: %d glanced at, %v", sel, sort, backward, len(glanced), err)
					}
				}
				if !slices.Equal(walked, gathered) || len(walked) != min(set.Count(), 300) || (len(walked) == 0) != sel.Nothing {
					t.Errorf("%+v by %s, backward %v: %d walked, %d gathered, %d counted", sel, sort, backward, len(walked), len(gathered), set.Count())
				}
			}
		}
	}
}

func (s *Store) explain(tb testing.TB, query string, args []any) string {
	tb.Helper()
	if !strings.HasPrefix(query, "EXPLAIN") {
		query = map[bool]string{true: "EXPLAIN ", false: "EXPLAIN QUERY PLAN "}[s.onPostgres()] + query
	}
	found, err := s.reader.QueryContext(tb.Context(), query, args...)
	if err != nil {
		tb.Fatalf("%v\n%s", err, query)
	}
	defer found.Close()
	var plan strings.Builder
	for found.Next() {
		var line string
		var skip any
		to := []any{&skip, &skip, &skip, &line}
		if s.onPostgres() {
			to = []any{&line}
		}
		if err := found.Scan(to...); err != nil {
			tb.Fatal(err)
		}
		plan.WriteString(line + "\n")
	}
	return plan.String()
}
