package app_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"example.com/marquee/backend/app"
	"example.com/marquee/backend/operator"
	"example.com/marquee/common/lang"
	"example.com/marquee/common/testrig"
)

// BenchmarkImportIMDb imports tables in the shape of IMDb's, and then the same
// again. MARQUEE_BENCH_FILMS is how many films there are, 10,000 unless it says
// otherwise; peak-MB is the most memory that this process ever held, so that
// each database should be measured in a process of its own:
//
//	MARQUEE_BENCH_FILMS=1000000 go test ./backend/app -run '^$' -bench ImportIMDb/sqlite -benchtime 1x
func BenchmarkImportIMDb(b *testing.B) {
	n := 10_000
	if wanted, err := strconv.Atoi(os.Getenv("MARQUEE_BENCH_FILMS")); err == nil {
		n = wanted
	}
	for _, part := range []struct {
		name    string
		environ func() []string
	}{
		{"sqlite", func() []string { return []string{"MARQUEE_DATA_DIR=" + filepath.Join(b.TempDir(), "data")} }},
		{"postgres", func() []string {
			return []string{"DATABASE_URL=" + testrig.Postgres(b), "REDIS_URL=" + testrig.Redis(b), "SECRET_KEY=" + newSecret()}
		}},
	} {
		b.Run(part.name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				dir := b.TempDir()
				writeIMDb(b, dir, n)
				environ := part.environ()
				b.StartTimer()
				importFolder(b, environ, dir)
				b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "films/s")
				first := b.Elapsed()
				importFolder(b, environ, dir)
				b.ReportMetric(float64(n)/(b.Elapsed()-first).Seconds(), "films-again/s")
			}
			b.ReportMetric(peakMemory(b), "peak-MB")
		})
	}
}

func importFolder(b *testing.B, environ []string, dir string) {
	b.Helper()
	out := &said{}
	code, err := app.Operate(b.Context(), load(b, environ), app.Options{}, operator.ImportFilms{Paths: []string{dir}}, lang.In(lang.English), out)
	if err != nil || code != operator.ExitOK {
		b.Fatal(code, err, out)
	}
	b.Log("\n" + out.String())
}

// peakMemory is the most that was ever resident, in MB; 0 where the system does
// not tell.
func peakMemory(tb testing.TB) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	m := regexp.MustCompile(`VmHWM:\s+(\d+) kB`).FindSubmatch(status)
	if m == nil {
		return 0
	}
	kB, err := strconv.Atoi(string(m[1]))
	check(tb, err)
	return float64(kB) / 1000
}

// writeIMDb writes tables of n films and as many other titles, a rating for two
// of three, six people for each, and their names.
func writeIMDb(tb testing.TB, dir string, n int) {
	tb.Helper()
	r := rand.New(rand.NewPCG(1, 2))
	words := make([]string, 20_000)
	for i := range words {
		var w bytes.Buffer
		for range 2 + r.IntN(3) {
			w.WriteString([]string{"ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "zan"}[r.IntN(10)])
		}
		w.WriteByte(byte('a' + r.IntN(26)))
		words[i] = string(bytes.ToUpper(w.Bytes()[:1])) + string(w.Bytes()[1:])
	}
	genres := []string{"Drama", "Comedy", "Documentary", "Action", "Romance", "Thriller", "Horror", "Sci-Fi", "Music", "History"}
	people := max(n, 1000)
	tables := map[string]func(w *bufio.Writer){
		"title.basics": func(w *bufio.Writer) {
			fmt.Fprintln(w, "tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres")
			for i := range n {
				title := words[r.IntN(len(words))]
				for range r.IntN(4) {
					title += " " + words[r.IntN(len(words))]
				}
				fmt.Fprintf(w, "tt%07d\tmovie\t%s\t%s\t0\t%d\t\\N\t%d\t%s,%s\n", 2*i+1, title, title, 1920+r.IntN(105), 60+r.IntN(120),
					genres[r.IntN(5)], genres[5+r.IntN(5)])
				fmt.Fprintf(w, "tt%07d\ttvEpisode\tEpisode %d\tEpisode %d\t0\t2001\t\\N\t\\N\t\\N\n", 2*i+2, i, i)
			}
		},
		"title.ratings": func(w *bufio.Writer) {
			fmt.Fprintln(w, "tconst\taverageRating\tnumVotes")
			for i := range n {
				if i%3 != 0 {
					fmt.Fprintf(w, "tt%07d\t%.1f\t%d\n", 2*i+1, 1+9*r.Float64(), 5+r.IntN(100_000))
				}
			}
		},
		"title.principals": func(w *bufio.Writer) {
			fmt.Fprintln(w, "tconst\tordering\tnconst\tcategory\tjob\tcharacters")
			for i := range n {
				for place := range 7 {
					category := []string{"actor", "actress", "self", "actor", "actress", "director", "producer"}[place]
					fmt.Fprintf(w, "tt%07d\t%d\tnm%07d\t%s\t\\N\t[\"Somebody\"]\n", 2*i+1, place+1, 1+r.IntN(people), category)
				}
			}
		},
		"name.basics": func(w *bufio.Writer) {
			fmt.Fprintln(w, "nconst\tprimaryName\tbirthYear\tdeathYear\tprimaryProfession\tknownForTitles")
			for i := range people {
				fmt.Fprintf(w, "nm%07d\t%s %s\t\\N\t\\N\tactor\ttt0000001\n", i+1, words[r.IntN(len(words))], words[r.IntN(len(words))])
			}
		},
	}
	for name, write := range tables {
		f, err := os.Create(filepath.Join(dir, name+".tsv.gz"))
		check(tb, err)
		z, err := gzip.NewWriterLevel(f, gzip.BestSpeed)
		check(tb, err)
		w := bufio.NewWriter(z)
		write(w)
		check(tb, w.Flush())
		check(tb, z.Close())
		check(tb, f.Close())
	}
}
