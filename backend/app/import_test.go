package app_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"example.com/marquee/backend/operator"
	"example.com/marquee/backend/store"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

const (
	basicsTable     = "tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres\n"
	ratingsTable    = "tconst\taverageRating\tnumVotes\n"
	principalsTable = "tconst\tordering\tnconst\tcategory\tjob\tcharacters\n"
	namesTable      = "nconst\tprimaryName\tbirthYear\tdeathYear\tprimaryProfession\tknownForTitles\n"
)

// writeFiles writes files into a folder and returns their paths in order.
func writeFiles(t *testing.T, dir string, files map[string]string) (paths []string) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(dir, name)
		check(t, os.WriteFile(path, []byte(files[name]), 0o600))
		paths = append(paths, path)
	}
	return paths
}

func writeZip(t *testing.T, path string, files map[string]string) {
	t.Helper()
	f, err := os.Create(path)
	check(t, err)
	z := zip.NewWriter(f)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		w, err := z.Create(name)
		check(t, err)
		_, err = w.Write([]byte(files[name]))
		check(t, err)
	}
	check(t, z.Close())
	check(t, f.Close())
}

// smallIMDb has one starter film and one that is not.
var smallIMDb = map[string]string{
	"a.tsv": namesTable + "nm0000001\tAnna Player\t\\N\t\\N\t\\N\t\\N\n",
	"b.tsv": principalsTable + "tt7654321\t1\tnm0000001\tactress\t\\N\t\\N\n",
	"c.tsv": ratingsTable + "tt7654321\t7.3\t5\ntt6751668\t8.5\t3000000\n",
	"d.tsv": basicsTable + "tt7654321\tmovie\tLittle Known\tLittle Known\t0\t2003\t\\N\t88\tDrama\n" +
		"tt6751668\tmovie\tParasite\tGisaengchung\t0\t2019\t\\N\t132\tDrama\ntt0000003\tmovie\tBad\tBad\t0\t9999\t\\N\t1\tDrama\n",
}

var smallMovieLens = map[string]string{
	"ml/README.txt":  "Summary",
	"ml/movies.csv":  "movieId,title,genres\n1,Parasite (2019),Drama\n2,Little Known (2003),Drama\n",
	"ml/links.csv":   "movieId,imdbId,tmdbId\n1,6751668,1\n2,7654321,2\n",
	"ml/ratings.csv": "userId,movieId,rating,timestamp\n1,2,5.0,1\n2,2,4.0,1\n",
	"ml/tags.csv":    "userId,movieId,tag,timestamp\n1,2,good,1\n",
}

// What an operator imports beside a running server is there for people, and
// makes no second film of one that was there.
func TestImportOfWhatOtherSitesKnow(t *testing.T) {
	onPairs(t, func(t *testing.T, environ []string) {
		s := serve(t, environ)
		v := visit(t, s.URL()).login(newPerson(t, s.URL()))
		dir, archive, reportFile := t.TempDir(), filepath.Join(t.TempDir(), "ml.zip"), filepath.Join(t.TempDir(), "bad.jsonl")
		writeFiles(t, dir, smallIMDb)
		writeZip(t, archive, smallMovieLens)
		code, out := operate(t, environ, operator.ImportFilms{Paths: []string{archive, dir}, Report: reportFile})
		if text := out.String(); code != 0 || !strings.Contains(text, "IMDb: films: 1 added, 1 updated") || !strings.Contains(text, "MovieLens: films: 0 added, 1 updated") ||
			!strings.Contains(text, "d.tsv: line 4: bad_year") {
			t.Fatal(code, text)
		}
		var bad struct {
			File, Reason string
			Line         int
		}
		raw, err := os.ReadFile(reportFile)
		check(t, err)
		if err := json.Unmarshal(raw, &bad); err != nil || bad.Line != 4 || bad.Reason != "bad_year" || filepath.Base(bad.File) != "d.tsv" {
			t.Errorf("%s %v", raw, err)
		}
		for query, want := range map[string]float64{"little anna": (5*7.3 + 18) / 7, "기생충": 8.5} {
			p, err := v.FindMovies(t.Context(), marquee.MovieFilter{Query: query})
			check(t, err)
			if len(p.Items) != 1 || p.Items[0].RatingAverage < want-1e-6 || p.Items[0].RatingAverage > want+1e-6 {
				t.Errorf("%s: %+v", query, p.Items)
			}
		}
		if code, out := operate(t, environ, operator.ImportFilms{Paths: []string{dir, archive}}); code != 0 || !strings.Contains(out.String(), "IMDb: films: 0 added, 0 updated, 2 unchanged") ||
			!strings.Contains(out.String(), "MovieLens: films: 0 added, 0 updated, 2 unchanged") {
			t.Error(code, out)
		}
	})
}

func TestImportOfWhatCannotBeUsed(t *testing.T) {
	environ := embeddedPair(t)
	dir := t.TempDir()
	paths := writeFiles(t, dir, map[string]string{"notes.txt": "nothing", "cut.zip": "PK\x03\x04cut"})
	for _, c := range []struct {
		command operator.ImportFilms
		want    string
	}{
		{operator.ImportFilms{Paths: paths[:1]}, "cut.zip: cannot be used"},
		{operator.ImportFilms{Paths: paths[1:]}, "notes.txt: cannot be used: this is none of the files"},
		{operator.ImportFilms{Paths: []string{filepath.Join(dir, "none")}}, "none: cannot be used"},
		{operator.ImportFilms{Paths: []string{t.TempDir()}}, "nothing to import"},
		{operator.ImportFilms{Paths: paths, Report: filepath.Join(dir, "no", "report")}, "cannot be written"},
	} {
		if code, out := operate(t, environ, c.command); code != operator.ExitFailed || !strings.Contains(out.String(), c.want) {
			t.Errorf("%v: %d %s", c.command, code, out)
		}
	}
}

// A file that breaks off is told with the line, in the report as well.
func TestImportTellsWhereFilesBreakOff(t *testing.T) {
	dir, reportFile := t.TempDir(), filepath.Join(t.TempDir(), "report")
	cut := func(text string) string {
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		_, err := w.Write([]byte(text))
		check(t, err)
		check(t, w.Flush())
		return z.String()
	}
	paths := writeFiles(t, dir, map[string]string{
		"a.json": "[{\"title\":\"Cut\",\"year\":1999},\n{\"title\":",
		"b.gz":   cut("[{\"title\":\"Packed\",\"year\":1999,\n\"cast\":[]},\n\n{\"title\":"),
		"c.gz":   cut(basicsTable + "tt0000009\tmovie\tTable\tTable\t0\t1999\t\\N\t1\tDrama\ntt"),
		"d.txt":  "nothing",
	})
	code, out := operate(t, embeddedPair(t), operator.ImportFilms{Paths: paths, Report: reportFile})
	raw, err := os.ReadFile(reportFile)
	check(t, err)
	report := strings.ReplaceAll(string(raw), dir+"/", "")
	for _, want := range []string{
		`{"file":"a.json","line":2,"reason":"broken_off","detail":"the file ends before its JSON array does"}`,
		`{"file":"b.gz","line":4,"reason":"broken_off","detail":"unexpected EOF"}`,
		`{"file":"c.gz","line":3,"reason":"broken_off","detail":"unexpected EOF"}`,
		`{"file":"d.txt","reason":"unusable","detail":"this is none of`,
	} {
		if !strings.Contains(report, want) {
			t.Errorf("not in the report: %s\n%s", want, report)
		}
	}
	if text := out.String(); code != operator.ExitFailed || strings.Count(report, "\n") != 4 || !strings.Contains(text, "b.gz: breaks off on line 4: unexpected EOF. What came before is in.") {
		t.Errorf("%d %s", code, text)
	}
}

// Thousands of bad rows do not bury what else is said.
func TestImportListsTheFirstBadRows(t *testing.T) {
	dir := t.TempDir()
	paths := writeFiles(t, dir, map[string]string{"basics.tsv": basicsTable + strings.Repeat("tt0000001\tmovie\n", 2500)})
	reportFile := filepath.Join(dir, "report")
	code, out := operate(t, embeddedPair(t), operator.ImportFilms{Paths: paths, Report: reportFile})
	if code != 0 || len(out.notes) != 101 || !strings.Contains(out.notes[100], "2400 more") || !strings.Contains(out.String(), "2500 rows: 0 used, 0 left out, 2500 bad") {
		t.Errorf("%d %d notes: %s", code, len(out.notes), out.notes[len(out.notes)-1])
	}
	raw, err := os.ReadFile(reportFile)
	check(t, err)
	if n := strings.Count(string(raw), "\n"); n != 2500 {
		t.Errorf("%d lines", n)
	}
}

// After an import of many films searches are as quick as they will be, with no
// server that would see to it later: common words are known, and Postgres
// has looked at its tables.
func TestSearchesAreQuickAfterAnImport(t *testing.T) {
	if testrig.Race {
		t.Skip("imports many films, and has no goroutines")
	}
	onPairs(t, func(t *testing.T, environ []string) {
		films := basicsTable
		for i := range 2100 {
			films += fmt.Sprintf("tt%07d\tmovie\tEveryday %d\tEveryday %d\t0\t1999\t\\N\t88\tDrama\n", 1_000_000+i, i, i)
		}
		paths := writeFiles(t, t.TempDir(), map[string]string{"basics.tsv": films})
		if code, out := operate(t, environ, operator.ImportFilms{Paths: paths}); code != 0 || !strings.Contains(out.String(), "quick to find") {
			t.Fatal(code, out)
		}
		url := "sqlite:" + filepath.Join(strings.TrimPrefix(environ[0], "MARQUEE_DATA_DIR="), "marquee.db")
		postgres, real := strings.CutPrefix(environ[0], "DATABASE_URL=")
		if real {
			url = postgres
		}
		db, err := store.Open(t.Context(), store.Options{URL: url})
		check(t, err)
		defer db.Close()
		if n, err := db.ListCommonTerms(t.Context()); n != 0 || err != nil {
			t.Errorf("%d terms were left to list, %v", n, err)
		}
		if known, err := db.CatalogueMark(t.Context(), "common_terms"); known < 2100 || err != nil {
			t.Errorf("terms were listed of %d films, %v", known, err)
		}
		if real {
			mustHaveBeenLookedAt(t, postgres)
		}
		// Nor is it done again for what changes nothing.
		if code, out := operate(t, environ, operator.ImportFilms{Paths: paths}); code != 0 || strings.Contains(out.String(), "quick to find") {
			t.Error(code, out)
		}
	})
}

// mustHaveBeenLookedAt asks Postgres what it knows of the films: how many there
// are, and that all of them may be read from an index.
func mustHaveBeenLookedAt(t *testing.T, url string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	check(t, err)
	defer conn.Close(t.Context())
	var films float64
	var pages, visible int
	check(t, conn.QueryRow(t.Context(), "SELECT reltuples, relpages, relallvisible FROM pg_class WHERE relname = 'movies'").Scan(&films, &pages, &visible))
	if films < 2100 || pages == 0 || visible < pages/2 {
		t.Errorf("%v films, %d of %d pages are visible to all", films, visible, pages)
	}
}
