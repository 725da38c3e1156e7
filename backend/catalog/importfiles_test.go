package catalog

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

func (l *ledger) IMDbIDs(context.Context, string, int) ([]string, error) { return nil, nil }

const (
	basicsHeader     = "tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres\n"
	ratingsHeader    = "tconst\taverageRating\tnumVotes\n"
	principalsHeader = "tconst\tordering\tnconst\tcategory\tjob\tcharacters\n"
	namesHeader      = "nconst\tprimaryName\tbirthYear\tdeathYear\tprimaryProfession\tknownForTitles\n"
)

// read imports files that are told apart by their content alone.
func read(tb testing.TB, s *Service, files ...io.Reader) *hearing {
	tb.Helper()
	h := &hearing{}
	var opened []ImportFile
	for i, r := range files {
		opened = append(opened, ImportFile{Name: fmt.Sprintf("file %d", i), Reader: r})
	}
	if err := s.ImportFiles(tb.Context(), opened, h); err != nil {
		tb.Fatal(err)
	}
	return h
}

func tabs(s string) string { return strings.ReplaceAll(s, "|", "\t") }

// Each kind of bad row is refused with its place and reason, and the rows around
// it go in.
func TestBadRowsOfTables(t *testing.T) {
	good := tabs("tt0000001|movie|One|One|0|1999|\\N|90|Drama\n")
	films := basicsHeader + good
	names := namesHeader + tabs("nm0000001|Somebody|\\N|\\N|\\N|\\N\n")
	for _, c := range []struct {
		header, row, rest string
		before, after     string
		reason            Reason
	}{
		{basicsHeader, tabs("tt0000002|movie|\\N|\\N|0|1999|\\N|90|Drama"), "", good, tabs("tt0000003|movie|T|T|0|1999|\\N|90|Drama\n"), ReasonMissingTitle},
		{basicsHeader, tabs("tt0000002|movie|  |x|0|1999|\\N|90|Drama"), "", good, "", ReasonMissingTitle},
		{basicsHeader, tabs("tt0000002|movie|\xff\xfe|x|0|1999|\\N|90|Drama"), "", good, "", ReasonEncoding},
		{basicsHeader, tabs("tt0000002|movie|T|T|0|0|\\N|90|Drama"), "", good, "", ReasonBadYear},
		{basicsHeader, tabs("tt0000002|movie|T|T|0|9999|\\N|90|Drama"), "", good, "", ReasonBadYear},
		{basicsHeader, tabs("tt0000002|movie|T|T|0|19x9|\\N|90|Drama"), "", good, "", ReasonBadYear},
		{basicsHeader, tabs("tt0000002|movie|T|T|0|1999|\\N|long|Drama"), "", good, "", ReasonWrongType},
		{basicsHeader, tabs("tt0000002|movie|T|T|1999|\\N|\\N|90|Drama"), "", good, "", ReasonWrongType},
		{basicsHeader, tabs("tt0000002|movie|T|T|0|1999|\\N|90"), "", good, "", ReasonMalformed},
		{basicsHeader, tabs("tt0000002|movie|T|T|0|1999|\\N|90|Drama|more"), "", good, "", ReasonMalformed},
		{basicsHeader, tabs("0000002|movie|T|T|0|1999|\\N|90|Drama"), "", good, "", ReasonBadID},
		{basicsHeader, tabs("tt99999999999|movie|T|T|0|1999|\\N|90|Drama"), "", good, "", ReasonBadID},
		{basicsHeader, tabs("tt0000001|movie|Twice|T|0|1999|\\N|90|Drama"), "", good, "", ReasonRepeated},
		{basicsHeader, tabs("tt0000002|movie|" + strings.Repeat("x", 1<<20) + "|T|0|1999|\\N|90|Drama"), "", good, "", ReasonTooLarge},
		{basicsHeader, tabs("tt0000002|movie|" + strings.Repeat("x", marquee.TitleMax+1) + "|T|0|1999|\\N|90|Drama"), "", good, "", ReasonTooLarge},
		{ratingsHeader, tabs("tt0000001|11.0|5"), films, "", tabs("tt0000001|9.0|5\n"), ReasonBadRating},
		{ratingsHeader, tabs("tt0000001|NaN|5"), films, "", "", ReasonBadRating},
		{ratingsHeader, tabs("tt0000001|9.0|0"), films, "", "", ReasonBadRating},
		{ratingsHeader, tabs("tt0000001|9.0|99999999999"), films, "", "", ReasonBadRating},
		{ratingsHeader, tabs("tt0000001|9.0|5"), films, tabs("tt0000001|8.0|5\n"), "", ReasonRepeated},
		{principalsHeader, tabs("tt0000001|1|nm|actor|\\N|\\N"), films + "\x00" + names, "", "", ReasonBadID},
		{principalsHeader, tabs("tt0000001|first|nm0000001|actor|\\N|\\N"), films + "\x00" + names, "", "", ReasonWrongType},
		{namesHeader, tabs("nm0000001|\\N|\\N|\\N|\\N|\\N"), films + "\x00" + principalsHeader + tabs("tt0000001|1|nm0000001|actor|\\N|\\N\n"), "", "", ReasonMissingName},
		{"movieId,title,genres\n", `2,"Unclosed (1999),Drama`, "movieId,imdbId,tmdbId\n", "1,One (1999),Drama\n", "3,Three (1999),Drama\n", ReasonMalformed},
		{"movieId,title,genres\n", `2,No Year,Drama`, "movieId,imdbId,tmdbId\n", "1,One (1999),Drama\n", "", ReasonBadYear},
		{"movieId,title,genres\n", `2,(1999),Drama`, "movieId,imdbId,tmdbId\n", "1,One (1999),Drama\n", "", ReasonMissingTitle},
		{"movieId,title,genres\n", `2,Year 0 (0000),Drama`, "movieId,imdbId,tmdbId\n", "", "", ReasonBadYear},
		{"movieId,title,genres\n", `1,One again (1999),Drama`, "movieId,imdbId,tmdbId\n", "1,One (1999),Drama\n", "", ReasonRepeated},
		{"movieId,title,genres\n", "2,Latin 1 \xe9 (1999),Drama", "movieId,imdbId,tmdbId\n", "", "", ReasonEncoding},
		{"userId,movieId,rating,timestamp\n", "1,1,5.5,0", "movieId,imdbId,tmdbId\n1,1,\n", "1,1,5,0\n", "1,1,0.5,0\n", ReasonBadRating},
		{"userId,movieId,rating,timestamp\n", "1,1,3.7,0", "movieId,imdbId,tmdbId\n1,1,\n", "", "", ReasonBadRating},
		{"userId,movieId,rating,timestamp\n", "1,x,3,0", "movieId,imdbId,tmdbId\n1,1,\n", "", "", ReasonBadID},
		{"movieId,imdbId,tmdbId\n", "1,tt1,", "movieId,title,genres\n", "", "2,0000002,\n", ReasonBadID},
	} {
		l, s := newLedger()
		files := []io.Reader{strings.NewReader(c.header + c.before + c.row + "\n" + c.after)}
		for _, rest := range strings.Split(c.rest, "\x00") {
			if rest != "" {
				files = append(files, strings.NewReader(rest))
			}
		}
		h := read(t, s, files...)
		line := 2 + strings.Count(c.before, "\n")
		if len(h.bad) != 1 || h.bad[0].Reason != c.reason || h.bad[0].Line != line || h.bad[0].File != "file 0" || h.bad[0].Detail == "" {
			t.Errorf("%.60q: %+v, want %s in line %d", c.row, h.bad, c.reason, line)
		}
		for _, r := range h.files {
			if r.File == "file 0" && (r.Rows != 1+strings.Count(c.before+c.after, "\n") || r.Bad != 1 || r.Fault != "") {
				t.Errorf("%.60q: %+v", c.row, r)
			}
		}
		if strings.Contains(c.header, "itle") && c.before+c.after != "" && len(l.films) == 0 {
			t.Errorf("%.60q: no good row went in", c.row)
		}
	}
}

// A file that breaks off gives what it has, whatever it is.
func TestTablesThatBreakOff(t *testing.T) {
	var rows strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&rows, "tt%07d\tmovie\tFilm %x\tFilm\t0\t1999\t\\N\t90\tDrama\n", i+1, i*i*7919)
	}
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	_, _ = io.WriteString(w, basicsHeader+rows.String())
	_ = w.Close()
	for name, c := range map[string]struct {
		file  io.Reader
		films func(int) bool
		fault string
	}{
		"whole":              {strings.NewReader(basicsHeader + rows.String()), func(n int) bool { return n == 1000 }, ""},
		"without last break": {strings.NewReader(strings.TrimSuffix("\uFEFF"+basicsHeader+rows.String(), "\n")), func(n int) bool { return n == 1000 }, ""},
		"gzip":               {bytes.NewReader(z.Bytes()), func(n int) bool { return n == 1000 }, ""},
		"gzip cut":           {bytes.NewReader(z.Bytes()[:z.Len()/2]), func(n int) bool { return n > 100 && n < 950 }, "unexpected EOF"},
		"gzip without sum":   {bytes.NewReader(z.Bytes()[:z.Len()-4]), func(n int) bool { return n == 1000 }, "unexpected EOF"},
		"gzip head only":     {bytes.NewReader(z.Bytes()[:6]), func(n int) bool { return n == 0 }, "unexpected EOF"},
		"broken disk":        {io.MultiReader(strings.NewReader(basicsHeader+rows.String()), iotest.ErrReader(io.ErrNoProgress)), func(n int) bool { return n == 1000 }, io.ErrNoProgress.Error()},
		"a picture":          {strings.NewReader("\x89PNG\r\n\x1a\n\x00\x00"), func(n int) bool { return n == 0 }, errUnknownFile.Error()},
		"empty":              {strings.NewReader(""), func(n int) bool { return n == 0 }, errUnknownFile.Error()},
		"a header alone":     {strings.NewReader(basicsHeader), func(n int) bool { return n == 0 }, ""},
		"names alone":        {strings.NewReader(namesHeader), func(n int) bool { return n == 0 }, errNoPrincipals.Error()},
		"principals alone":   {strings.NewReader(principalsHeader), func(n int) bool { return n == 0 }, errNoNames.Error()},
		"movies alone":       {strings.NewReader("movieId,title,genres\n1,One (1999),Drama\n"), func(n int) bool { return n == 0 }, errNoLinks.Error()},
		"links alone":        {strings.NewReader("movieId,imdbId,tmdbId\n"), func(n int) bool { return n == 0 }, errOnlyLinks.Error()},
	} {
		l, s := newLedger()
		h := read(t, s, iotest.HalfReader(c.file))
		if len(h.files) != 1 || !strings.Contains(h.files[0].Fault, c.fault) || (h.files[0].Fault == "") != (c.fault == "") || !c.films(len(l.films)) || len(h.bad) != 0 {
			t.Errorf("%s: %d films, %+v %v", name, len(l.films), h.files, h.bad)
		}
	}
}

func TestWhatLiesAsideIsNoFault(t *testing.T) {
	_, s := newLedger()
	h := &hearing{}
	err := s.ImportFiles(t.Context(), []ImportFile{{Name: "README.txt", Reader: strings.NewReader("A data set."), Aside: true}}, h)
	if err != nil || len(h.files) != 0 {
		t.Errorf("%+v %v", h.files, err)
	}
}

// A store that fails ends the import, and its films are told of all the same.
func TestImportIntoAStoreThatFails(t *testing.T) {
	s := New(Deps{Store: failing{}, CursorKey: []byte("k")})
	h := &hearing{}
	err := s.ImportFiles(t.Context(), []ImportFile{{Name: "f", Reader: strings.NewReader(basicsHeader + tabs("tt0000001|movie|One|One|0|1999|\\N|90|Drama\n"))}}, h)
	if !marquee.IsCode(err, marquee.CodeUnavailable) || h.saved[sourceIMDb] != (Saved{}) || len(h.saved) != 1 {
		t.Errorf("%v %+v", err, h)
	}
}

type failing struct{ Storage }

func (failing) IMDbIDs(context.Context, string, int) ([]string, error) { return nil, nil }
func (failing) StoredFilms(context.Context, []string) (map[string]Stored, error) {
	return nil, nil
}
func (failing) SaveFilms(context.Context, []Film, Mark) (Saved, error) {
	return Saved{}, marquee.Unavailable("save films", errors.New("away"))
}

// lines writes n lines without holding them.
type lines struct {
	head string
	n    int
	line func(i int) string
	at   int
	rest string
}

func (l *lines) Read(p []byte) (int, error) {
	if l.rest == "" {
		switch {
		case l.head != "":
			l.rest, l.head = l.head, ""
		case l.at == l.n:
			return 0, io.EOF
		default:
			l.rest = l.line(l.at)
			l.at++
		}
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

// However long the tables are, what is held of them is not.
func TestAttack_TablesLargerThanMemory(t *testing.T) {
	if testrig.Race {
		t.Skip("the race detector holds memory of its own")
	}
	const films = 40_000
	long := strings.Repeat("L", 300)
	l, s := newLedger()
	l.drop = true
	tables := func(n int) []io.Reader {
		return []io.Reader{
			&lines{head: basicsHeader, n: n, line: func(i int) string {
				return fmt.Sprintf("tt%07d\tmovie\t%d %s\t%d %s\t0\t1999\t\\N\t90\tDrama\n", films-i, i, long, i, long)
			}},
			&lines{head: ratingsHeader, n: n, line: func(i int) string { return fmt.Sprintf("tt%07d\t7.5\t%d\n", i+1, i+5) }},
			&lines{head: principalsHeader, n: 2 * n, line: func(i int) string { return fmt.Sprintf("tt%07d\t%d\tnm%07d\tactor\t\\N\t\\N\n", i/2+1, i%2, i+1) }},
			&lines{head: namesHeader, n: 2 * n, line: func(i int) string { return fmt.Sprintf("nm%07d\tPerson %d\t\\N\t\\N\t\\N\t\\N\n", 2*n-i, i) }},
		}
	}
	most := func(n int) (peak uint64) {
		told := 0
		h := &hearing{progress: func(p Progress) {
			if told++; told%3 == 0 {
				peak = max(peak, heap())
			}
		}}
		var opened []ImportFile
		for i, r := range tables(n) {
			opened = append(opened, ImportFile{Name: fmt.Sprint(i), Reader: r})
		}
		if err := s.ImportFiles(t.Context(), opened, h); err != nil || slices.ContainsFunc(h.files, func(r FileReport) bool { return r.Bad > 0 || r.Fault != "" }) {
			t.Fatalf("%v %+v", err, h.files)
		}
		return peak
	}
	before := heap()
	grown := int64(most(films)) - int64(before)
	// The titles alone are 30 MB, and what is sorted is more.
	if l.count != films || grown > 48<<20 {
		t.Errorf("%d films, the heap grew by %d MiB", l.count, grown>>20)
	}
}
