package store

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/catalog"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// benchFilms is how many films benchmarks search, unless MARQUEE_BENCH_FILMS
// says otherwise: few, so that a benchmark can be tried anywhere.
const benchFilms = 2000

// BenchmarkSearch asks the rules of films for the pages of testdata/searches.tsv
// and tells how long each kind of search takes, the count and the marks of the
// person included: what somebody waits for, the network apart. Each round asks
// all of it once, after one that warms the caches of the database.
//
//	MARQUEE_BENCH_FILMS=1000000 go test ./backend/store -run '^$' -bench Search -benchtime 5x -timeout 2h
//
// With MARQUEE_BENCH_POSTGRES or MARQUEE_BENCH_SQLITE, database URLs, the films
// stay there for the next run.
func BenchmarkSearch(b *testing.B) {
	onBenchDatabases(b, func(b *testing.B, h *searchHall) {
		all := searchSet(b)
		for _, one := range all {
			h.ask(b, one)
		}
		h.asked = map[searchCase]*asked{}
		for b.Loop() {
			for _, one := range all {
				h.ask(b, one)
			}
		}
		h.report(b)
	})
}

// BenchmarkDeepPage compares the first page of all films with one far behind
// it, page 10,000 where there are a million films.
func BenchmarkDeepPage(b *testing.B) {
	onBenchDatabases(b, func(b *testing.B, h *searchHall) {
		for _, sort := range sorts {
			first := marquee.MovieFilter{Sort: sort}
			deep := h.walkTo(b, first, 200_000-20, h.films/2)
			for name, f := range map[string]marquee.MovieFilter{"first": first, "deep": deep} {
				b.Run(string(sort)+"/"+name, func(b *testing.B) {
					for b.Loop() {
						h.find(b, f)
					}
				})
			}
		}
	})
}

func onBenchDatabases(b *testing.B, run func(b *testing.B, h *searchHall)) {
	n := benchFilms
	if wanted, err := strconv.Atoi(os.Getenv("MARQUEE_BENCH_FILMS")); err == nil {
		n = wanted
	}
	for _, d := range []struct {
		name, kept string
		fresh      func(testing.TB) string
	}{
		{"sqlite", os.Getenv("MARQUEE_BENCH_SQLITE"), func(tb testing.TB) string { return "sqlite:" + filepath.Join(tb.TempDir(), "films.db") }},
		{"postgres", os.Getenv("MARQUEE_BENCH_POSTGRES"), testrig.Postgres},
	} {
		b.Run(d.name, func(b *testing.B) {
			url := d.kept
			if url == "" {
				url = d.fresh(b)
			}
			run(b, openHall(b, url, n, 0))
		})
	}
}

// searchHall is the real rules of films over a database with many films.
type searchHall struct {
	*catalog.Service
	store  *Store
	person context.Context
	films  int
	last   []string                           // statements of the last search
	led    map[searchCase]marquee.MovieFilter // pages that were found already
	asked  map[searchCase]*asked
}

// asked is how long a search took each time, and its statements the slowest time.
type asked struct {
	times      []time.Duration
	slowest    time.Duration
	statements []string
}

// openHall fills a database with n films, if they are not there, and opens it.
// typoTime is catalog.Deps.TypoTime.
func openHall(tb testing.TB, url string, n int, typoTime time.Duration) *searchHall {
	tb.Helper()
	s, err := Open(tb.Context(), Options{URL: url})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	if err := s.Migrate(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	h := &searchHall{store: s, films: n, led: map[searchCase]marquee.MovieFilter{}, person: marquee.WithActor(tb.Context(), marquee.Actor{UserID: "moviegoer"})}
	fillHall(tb, s, n)
	s.reader = s.reader.WithQueryHook(h)
	h.Service = catalog.New(catalog.Deps{Store: s, CursorKey: []byte("0123456789abcdef0123456789abcdef"), TypoTime: typoTime})
	return h
}

// BeforeQuery implements bun.QueryHook.
func (h *searchHall) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

// AfterQuery implements bun.QueryHook.
func (h *searchHall) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	h.last = append(h.last, e.Query)
}

func (h *searchHall) find(tb testing.TB, f marquee.MovieFilter) marquee.Page[marquee.Movie] {
	tb.Helper()
	page, err := h.FindMovies(h.person, f)
	if err != nil {
		tb.Fatalf("%+v: %v", f, err)
	}
	return page
}

// searchCase is a line of testdata/searches.tsv.
type searchCase struct {
	kind   string
	filter marquee.MovieFilter
	page   string
}

func searchSet(tb testing.TB) []searchCase {
	tb.Helper()
	file, err := os.Open(filepath.Join("testdata", "searches.tsv"))
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	var out []searchCase
	for lines := bufio.NewScanner(file); lines.Scan(); {
		c := strings.Split(lines.Text(), "\t")
		if strings.HasPrefix(c[0], "#") {
			continue
		}
		if len(c) != 7 {
			tb.Fatalf("searches.tsv: %q", c)
		}
		from, _ := strconv.Atoi(c[3]) // "" is no bound
		to, _ := strconv.Atoi(c[4])
		out = append(out, searchCase{c[0], marquee.MovieFilter{Query: c[1], Genre: c[2], YearFrom: from, YearTo: to, Sort: marquee.Sort(c[5])}, c[6]})
	}
	return out
}

// ask finds the page of a case and keeps how long that took. The pages that
// lead there are found before.
func (h *searchHall) ask(tb testing.TB, c searchCase) {
	tb.Helper()
	f, ok := h.led[c]
	if !ok {
		f = h.leadTo(tb, c)
		h.led[c] = f
	}
	h.last = nil
	began := time.Now()
	h.find(tb, f)
	took := time.Since(began)
	if h.asked == nil {
		return
	}
	a := h.asked[c]
	if a == nil {
		a = &asked{}
		h.asked[c] = a
	}
	a.times = append(a.times, took)
	if took > a.slowest {
		a.slowest, a.statements = took, h.last
	}
}

func (h *searchHall) leadTo(tb testing.TB, c searchCase) marquee.MovieFilter {
	tb.Helper()
	f := c.filter
	switch c.page {
	case pageEnd:
		f.Page.At = "end"
	case pageNext:
		return h.walkTo(tb, f, 1, h.films)
	case pageDeep:
		return h.walkTo(tb, f, 5000, h.films)
	case pagePrev:
		f.Page.At = "end"
		if p := h.find(tb, f); p.PrevCursor != nil {
			f.Page = marquee.PageRequest{Cursor: *p.PrevCursor}
		}
	}
	return f
}

// walkTo returns f with the cursor of the page behind n films, or most.
func (h *searchHall) walkTo(tb testing.TB, f marquee.MovieFilter, n, most int) marquee.MovieFilter {
	tb.Helper()
	w := f
	for seen := 0; seen < min(n, most); {
		w.Page.Limit = max(1, min(100, min(n, most)-seen))
		p := h.find(tb, w)
		if p.NextCursor == nil {
			break
		}
		seen += len(p.Items)
		w.Page.Cursor = *p.NextCursor
	}
	w.Page.Limit = 0
	return w
}

// report tells the times by kind, and the slowest five with their plans.
func (h *searchHall) report(b *testing.B) {
	b.Helper()
	byKind := map[string][]time.Duration{}
	var cases []searchCase
	for c, a := range h.asked {
		byKind[c.kind] = append(byKind[c.kind], a.times...)
		if c.kind != "typo" {
			byKind["all but typos"] = append(byKind["all but typos"], a.times...)
		}
		cases = append(cases, c)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%d films\n%-14s %8s %8s %8s %8s ms\n", h.films, "kind", "searches", "p50", "p99", "max")
	for _, kind := range slices.Sorted(func(yield func(string) bool) {
		for k := range byKind {
			if !yield(k) {
				return
			}
		}
	}) {
		t := byKind[kind]
		slices.Sort(t)
		at := func(share float64) float64 { return float64(t[int(share*float64(len(t)-1))].Microseconds()) / 1000 }
		fmt.Fprintf(&text, "%-14s %8d %8.2f %8.2f %8.2f\n", kind, len(t), at(0.5), at(0.99), at(1))
		unit := strings.ReplaceAll(kind, " ", "-")
		b.ReportMetric(at(0.5), unit+"-p50-ms")
		b.ReportMetric(at(0.99), unit+"-p99-ms")
	}
	slices.SortFunc(cases, func(x, y searchCase) int { return int(h.asked[y].slowest - h.asked[x].slowest) })
	for _, c := range cases[:min(h.slowestShown(), len(cases))] {
		fmt.Fprintf(&text, "\n%.2f ms (of %d times) %s %+v, page %s\n", float64(h.asked[c].slowest.Microseconds())/1000, len(h.asked[c].times), c.kind, c.filter, c.page)
		for _, sql := range h.asked[c].statements {
			fmt.Fprintf(&text, "%s\n%s", sql, h.store.analyze(b, sql))
		}
	}
	fmt.Println(text.String()) // a benchmark's log is cut after ten lines
}

// slowestShown is five, as many as somebody reads.
func (h *searchHall) slowestShown() int {
	if n, err := strconv.Atoi(os.Getenv("MARQUEE_BENCH_SLOWEST")); err == nil {
		return n
	}
	return 5
}

// analyze runs a statement once more and returns its plan.
func (s *Store) analyze(tb testing.TB, sql string) string {
	tb.Helper()
	how := "EXPLAIN QUERY PLAN "
	if s.onPostgres() {
		how = "EXPLAIN (ANALYZE, BUFFERS) "
	}
	return s.explain(tb, how+sql, nil)
}
