package store

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"maps"
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
	last   []statement                        // of the last search
	led    map[searchCase]marquee.MovieFilter // pages that were found already
	asked  map[searchCase]*asked
}

// asked is how long a search took each time, on the clock and of processors,
// and its statements.
type asked struct {
	times, cpu []time.Duration
	statements []statement
}

// statement is what was asked of the database: SQL or a page of films.
type statement struct {
	sql  string
	page catalog.MovieQuery
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
	began := time.Now()
	if terms, err := s.ListCommonTerms(tb.Context()); err != nil {
		tb.Fatal(err)
	} else if terms > 0 {
		tb.Logf("%d common terms listed in %v", terms, time.Since(began).Round(time.Second))
	}
	s.reader = s.reader.WithQueryHook(h)
	h.Service = catalog.New(catalog.Deps{Store: listing{s, h}, CursorKey: []byte("0123456789abcdef0123456789abcdef"), TypoTime: typoTime})
	return h
}

// BeforeQuery implements bun.QueryHook.
func (h *searchHall) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

// AfterQuery implements bun.QueryHook.
func (h *searchHall) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	h.last = append(h.last, statement{sql: e.Query})
}

// listing notes the pages that are asked for, whose statement goes around bun.
type listing struct {
	*Store
	h *searchHall
}

func (l listing) ListMovies(ctx context.Context, userID string, q catalog.MovieQuery) ([]catalog.Entry, error) {
	l.h.last = append(l.h.last, statement{page: q})
	return l.Store.ListMovies(ctx, userID, q)
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
	worked, began := h.cpu(tb), time.Now()
	h.find(tb, f)
	took := time.Since(began)
	worked = h.cpu(tb) - worked
	if h.asked == nil {
		return
	}
	a := h.asked[c]
	if a == nil {
		a = &asked{}
		h.asked[c] = a
	}
	a.times, a.cpu, a.statements = append(a.times, took), append(a.cpu, worked), h.last
}

// cpu is how long processors have worked for this process and for that of the
// database which answers it, where the system tells (Linux does): what a search
// costs on a machine that has other things to do as well.
func (h *searchHall) cpu(tb testing.TB) time.Duration {
	tb.Helper()
	pids := []string{"self"}
	if h.store.onPostgres() {
		var pid string
		if err := h.store.reader.DB.QueryRowContext(tb.Context(), "SELECT CAST(pg_backend_pid() AS TEXT)").Scan(&pid); err != nil {
			tb.Fatal(err)
		}
		pids = append(pids, pid)
	}
	var sum time.Duration
	for _, pid := range pids {
		threads, _ := filepath.Glob("/proc/" + pid + "/task/*/schedstat")
		for _, t := range threads {
			text, _ := os.ReadFile(t) // a thread that has just ended counts no more
			nanoseconds, _, _ := strings.Cut(string(text), " ")
			n, _ := strconv.ParseInt(nanoseconds, 10, 64)
			sum += time.Duration(n)
		}
	}
	return sum
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

// report tells the times by kind, and the slowest five with their plans: those
// that cost most, since who waits for a busy machine waits for anything.
func (h *searchHall) report(b *testing.B) {
	b.Helper()
	times, cpu := map[string][]time.Duration{}, map[string][]time.Duration{}
	var cases []searchCase
	for c, a := range h.asked {
		kinds := []string{c.kind, "all but typos"}
		if c.kind == "typo" {
			kinds = kinds[:1]
		}
		for _, k := range kinds {
			times[k], cpu[k] = append(times[k], a.times...), append(cpu[k], a.cpu...)
		}
		slices.Sort(a.cpu)
		slices.Sort(a.times)
		cases = append(cases, c)
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%d films\n%-14s %8s %26s  %26s\n", h.films, "", "", "ms waited", "ms of processors")
	fmt.Fprintf(&text, "%-14s %8s %8s %8s %8s  %8s %8s %8s\n", "kind", "searches", "p50", "p99", "max", "p50", "p99", "max")
	for _, kind := range slices.Sorted(maps.Keys(times)) {
		t, c := quantiles(times[kind]), quantiles(cpu[kind])
		fmt.Fprintf(&text, "%-14s %8d %8.2f %8.2f %8.2f  %8.2f %8.2f %8.2f\n", kind, len(times[kind]), t[0], t[1], t[2], c[0], c[1], c[2])
		unit := strings.ReplaceAll(kind, " ", "-")
		b.ReportMetric(t[0], unit+"-p50-ms")
		b.ReportMetric(t[1], unit+"-p99-ms")
		b.ReportMetric(c[1], unit+"-p99-cpu-ms")
	}
	middle := func(t []time.Duration) time.Duration { return t[len(t)/2] }
	slices.SortFunc(cases, func(x, y searchCase) int {
		return cmp.Or(cmp.Compare(middle(h.asked[y].cpu), middle(h.asked[x].cpu)), cmp.Compare(middle(h.asked[y].times), middle(h.asked[x].times)))
	})
	for _, c := range cases[:min(h.slowestShown(), len(cases))] {
		a := h.asked[c]
		fmt.Fprintf(&text, "\n%.2f ms, %.2f of processors (the middle of %d times): %s %+v, page %s\n", ms(middle(a.times)), ms(middle(a.cpu)), len(a.times), c.kind, c.filter, c.page)
		for _, s := range a.statements {
			fmt.Fprintln(&text, h.plan(b, s))
		}
	}
	fmt.Println(text.String()) // a benchmark's log is cut after ten lines
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// quantiles are the middle of times, what 99 of 100 are within, and the longest.
func quantiles(times []time.Duration) [3]float64 {
	slices.Sort(times)
	at := func(share float64) float64 { return ms(times[int(share*float64(len(times)-1))]) }
	return [3]float64{at(0.5), at(0.99), at(1)}
}

// slowestShown is five, as many as somebody reads.
func (h *searchHall) slowestShown() int {
	if n, err := strconv.Atoi(os.Getenv("MARQUEE_BENCH_SLOWEST")); err == nil {
		return n
	}
	return 5
}

// plan runs a statement once more and returns it with its plan.
func (h *searchHall) plan(tb testing.TB, s statement) string {
	tb.Helper()
	ways := []clause{{sql: s.sql}}
	if s.sql == "" {
		var err error
		if ways, err = h.store.waysToPage(tb.Context(), s.page, orderOf(s.page.Sort)); err != nil {
			tb.Fatal(err)
		}
	}
	how := "EXPLAIN QUERY PLAN "
	if h.store.onPostgres() {
		how = "EXPLAIN (ANALYZE, BUFFERS) "
	}
	var out []string
	for _, c := range ways {
		lines := strings.Split(h.store.explain(tb, how+c.sql, c.args), "\n")
		for i, l := range lines {
			if len(l) > 200 {
				lines[i] = strings.ToValidUTF8(l[:200], "") + "..." // sets of films are long
			}
		}
		out = append(append(out, c.sql[:min(len(c.sql), 400)]), lines...)
	}
	return strings.Join(out, "\n")
}
