package catalog

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"example.com/marquee/common/marquee"
)

// ledger keeps what an import saves; nothing else of Storage is called by it that
// does anything.
type ledger struct {
	Storage
	mu    sync.Mutex // the next batch is looked up while one is saved
	films map[string]Film
	batch int  // the largest
	drop  bool // keep only the count
	count int
}

func (l *ledger) ListCommonTerms(context.Context) (int, error) { return 0, nil }
func (l *ledger) LookAtFilms(context.Context) error            { return nil }

func (l *ledger) SaveFilms(_ context.Context, films []Film, _ Mark) (saved Saved, _ error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.batch = max(l.batch, len(films))
	l.count += len(films)
	for _, f := range films {
		if old, ok := l.films[f.ID]; ok && old.Digest == f.Digest {
			saved.Unchanged++
			continue
		}
		saved.Added++
		if !l.drop {
			l.films[f.ID] = f
		}
	}
	return saved, nil
}

func (l *ledger) StoredFilms(_ context.Context, ids []string) (map[string]Stored, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	there := map[string]Stored{}
	for _, id := range ids {
		if f, ok := l.films[id]; ok {
			there[id] = Stored{Source: f.Source, Digest: f.Digest, Directors: f.Directors, Cast: f.Cast}
		}
	}
	return there, nil
}

// hearing keeps what an import tells.
type hearing struct {
	bad      []BadRow
	files    []FileReport
	saved    map[string]Saved
	progress func(Progress)
}

func (h *hearing) Progress(p Progress) {
	if h.progress != nil {
		h.progress(p)
	}
}

func (h *hearing) Bad(b BadRow)          { h.bad = append(h.bad, b) }
func (h *hearing) FileDone(r FileReport) { h.files = append(h.files, r) }
func (h *hearing) Settling()             {}
func (h *hearing) FilmsDone(s string, n Saved) {
	if h.saved == nil {
		h.saved = map[string]Saved{}
	}
	h.saved[s] = n
}

func newLedger() (*ledger, *Service) {
	l := &ledger{films: map[string]Film{}}
	return l, New(Deps{Store: l, CursorKey: []byte("k")})
}

// readFilms imports a file of films; h may hear of progress besides.
func readFilms(tb testing.TB, s *Service, file io.Reader, h *hearing) FileReport {
	tb.Helper()
	if err := s.ImportFiles(tb.Context(), []ImportFile{{Name: "f.json", Reader: file}}, h); err != nil || len(h.files) != 1 {
		tb.Fatalf("%+v %v", h.files, err)
	}
	return h.files[0]
}

func row(members string) string {
	return `{"title":"T","year":1999,"cast":[],"genres":[]` + members + `}`
}

// What is stored as it is said opens no transaction; what differs does.
func TestOnlyNewsAreSaved(t *testing.T) {
	l, s := newLedger()
	for i, c := range []struct {
		second string
		saved  int // films that went to the store, with those of the imports before
		want   Saved
	}{
		{row(`,"href":"a"`), 2, Saved{Added: 2}},
		{row(`,"href":"a"`), 2, Saved{Unchanged: 2}},
		{row(`,"href":"a","extract":"More of it."`), 3, Saved{Added: 1, Unchanged: 1}},
	} {
		r := readFilms(t, s, strings.NewReader("["+row(`,"href":"b"`)+","+c.second+"]"), &hearing{})
		if r.Rows != 2 || r.Bad != 0 || *r.Films != c.want || l.count != c.saved {
			t.Errorf("%d: %+v %+v, %d saved", i, r, r.Films, l.count)
		}
	}
}

func TestBadRowsAreReportedAndGoodOnesGoIn(t *testing.T) {
	l, s := newLedger()
	for i, c := range []struct {
		row    string
		reason Reason
	}{
		{row(``), ""},
		{`{"year":1999}`, ReasonMissingTitle},
		{`{"title":" \u0007 ","year":1999}`, ""}, // a control character is shown as a mark
		{`{"title":"   ","year":1999}`, ReasonMissingTitle},
		{`{"title":null,"year":1999}`, ReasonMissingTitle},
		{`{"title":"T"}`, ReasonBadYear},
		{`{"title":"T","year":1887}`, ReasonBadYear},
		{`{"title":"T","year":2101}`, ReasonBadYear},
		{`{"title":"1888","year":1888}`, ""},
		{`{"title":"2100","year":2100}`, ""},
		{`{"title":"T","year":"1999"}`, ReasonWrongType},
		{`{"title":"T","year":1999.5}`, ReasonWrongType},
		{`{"title":7,"year":1999}`, ReasonWrongType},
		{`{"title":"T","year":1999,"cast":"A, B"}`, ReasonWrongType},
		{`{"title":"T","year":1999,"cast":[1]}`, ReasonWrongType},
		{`{"title":"T","year":1999,"genres":{}}`, ReasonWrongType},
		{`{"title":"T","year":1999,"genres":null,"href":null,"thumbnail":5}`, ""},
		{`null`, ReasonMalformed},
		{`"T"`, ReasonMalformed},
		{`[1,2]`, ReasonMalformed},
		{``, ReasonMalformed},
		{`{"title":"T" "year":1999}`, ReasonMalformed},
		{`{"title":"T","year":1999}}`, ReasonMalformed},
		{row(`,"extract":"` + strings.Repeat("x", rowMax) + `"`), ReasonTooLarge},
		{`{"title":"` + strings.Repeat("x", marquee.TitleMax+1) + `","year":1999}`, ReasonTooLarge},
		{row(`,"extract":"brackets ]}, and \" quotes \\"`), ""},
	} {
		file := "[" + row(`,"href":"before"`) + "," + c.row + "," + row(`,"href":"after"`) + "]"
		h := &hearing{}
		r := readFilms(t, s, strings.NewReader(file), h)
		if r.Fault != "" || r.Rows != 3 || r.Films.Added+r.Films.Unchanged+r.Films.Updated+r.Bad != 3 || len(h.bad) != r.Bad {
			t.Errorf("%d %.60s: %+v %+v", i, c.row, r, r.Films)
		}
		switch {
		case c.reason == "" && r.Bad != 0:
			t.Errorf("%d %.60s: %+v", i, c.row, h.bad)
		case c.reason != "" && (r.Bad != 1 || h.bad[0].Reason != c.reason || *h.bad[0].Index != 1 || h.bad[0].Line != 1 || h.bad[0].File != "f.json" || h.bad[0].Detail == ""):
			t.Errorf("%d %.60s: %+v", i, c.row, h.bad)
		}
	}
	if l.films[idOf("after", "T", 1999, nil)].Title != "T" {
		t.Error("the row after a bad one is missing")
	}
}

// A row that is not closed takes none of those after it along, and its line is
// told.
func TestRowsThatAreNotClosed(t *testing.T) {
	good := func(page string) string { return row(`,"href":"` + page + `"`) }
	for what, c := range map[string]struct {
		file  string
		bad   string // lines
		films int
	}{
		"a quote":                  {"[\n" + good("a") + ",\n" + `{"title":"It said "no","year":1999},` + "\n" + good("b") + "\n]", "3", 2},
		"a quote, in the last":     {"[\n" + good("a") + `,` + "\r\n" + `{"title":"It said "no","year":1999}` + "\r\n]\n", "3", 1},
		"a quote, the comma below": {"[" + good("a") + "\n," + `{"title":"It,"year":1999}` + "\n ," + good("b") + "]", "2", 2},
		"a quote, over many lines": {"[{\n \"title\": \"It,\n \"year\": 1999\n},\n" + good("b") + ",\n" + good("c") + "]", "1 3", 2},
		"a brace":                  {"[" + good("a") + ",\n" + `{"title":"T","year":1999,"cast":["x",{"y":1}],` + "\n" + good("b") + ",\n" + good("c") + "]", "2", 3},
		"a bracket":                {"[\n\n" + good("a") + ",\n\n" + `{"title":"T","year":1999,"cast":["x"},` + "\n" + good("b") + "]", "5", 2},
		"nothing, all of it valid": {"[\n{\"title\":\"T\",\n\"year\":1999,\"x\":[1,{\"y\":[{}]}],\"z\":{}},\n" + good("b") + "]", "", 2},
	} {
		_, s := newLedger()
		h := &hearing{}
		r := readFilms(t, s, strings.NewReader(c.file), h)
		var bad []string
		for _, b := range h.bad {
			bad = append(bad, strconv.Itoa(b.Line))
		}
		if lines := strings.Join(bad, " "); r.Fault != "" || r.Films.Added != c.films || lines != c.bad {
			t.Errorf("%s: bad on lines %s, %d films, fault %q: %+v", what, lines, r.Films.Added, r.Fault, h.bad)
		}
	}
}

func TestFilesThatBreakOff(t *testing.T) {
	whole := "[" + row(`,"href":"a"`) + "," + row(`,"href":"b"`) + "]"
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	for i := range 5000 {
		fmt.Fprintf(w, "%c%s", "[,"[min(i, 1)], row(fmt.Sprintf(`,"href":"page-%d"`, i)))
	}
	_, _ = io.WriteString(w, "]")
	_ = w.Close()
	for name, c := range map[string]struct {
		file  string
		rows  int
		fault string
	}{
		"whole":                  {whole, 2, ""},
		"byte order mark":        {"\uFEFF \n" + whole + "\n", 2, ""},
		"empty array":            {" [ ] ", 0, ""},
		"cut in the second":      {whole[:len(whole)-5], 1, errTruncated.Error()},
		"without its bracket":    {whole[:len(whole)-1], 1, errTruncated.Error()},
		"empty":                  {"", 0, errUnknownFile.Error()},
		"an object":              {`{"a":1}`, 0, errUnknownFile.Error()},
		"two arrays":             {whole + whole, 2, errTrailing.Error()},
		"lines of objects":       {row("") + "\n" + row(""), 0, errUnknownFile.Error()},
		"only the gzip header":   {z.String()[:5], 0, "unexpected EOF"},
		"gzip cut":               {z.String()[:z.Len()/2], -1, "unexpected EOF"},
		"gzip without its sum":   {z.String()[:z.Len()-4], 5000, "unexpected EOF"},
		"gzip with another sum":  {z.String()[:z.Len()-8] + "\x00\x00\x00\x00" + z.String()[z.Len()-4:], 5000, gzip.ErrChecksum.Error()},
		"gzip under a JSON name": {z.String(), 5000, ""},
	} {
		_, s := newLedger()
		r := readFilms(t, s, iotest.HalfReader(strings.NewReader(c.file)), &hearing{})
		if !strings.Contains(r.Fault, c.fault) || (r.Fault == "") != (c.fault == "") {
			t.Errorf("%s: fault %q, want %q", name, r.Fault, c.fault)
		}
		if r.Rows > 0 && r.Rows != r.Films.Added || c.rows >= 0 && r.Rows != c.rows || c.rows < 0 && (r.Rows < 1000 || r.Rows > 4999) {
			t.Errorf("%s: %+v, want %d rows", name, r, c.rows)
		}
	}
}

// A broken disk is no end of file.
func TestFileThatCannotBeRead(t *testing.T) {
	_, s := newLedger()
	file := io.MultiReader(strings.NewReader("["+row("")+","), iotest.ErrReader(io.ErrNoProgress))
	if r := readFilms(t, s, file, &hearing{}); r.Films.Added != 1 || !strings.Contains(r.Fault, io.ErrNoProgress.Error()) {
		t.Errorf("%+v %+v", r, r.Films)
	}
}

func TestWhatAnImportCleans(t *testing.T) {
	l, s := newLedger()
	file := `[{"title":"  The \u001b[2J \u202eTitle ","year":1999,"href":"h","genres":["Drama"," Drama","",  "Found Footage"],
		"cast":["A B",")","and","(narrator)","[a]",".","written)","(Director","John Wood (English actor)","Curtis \"50 Cent\" Jackson","A B","X","송강호",
			"voices of","Archive footage of","Music By","Interviews with","profile of 4 unusual occupations","and Lauren K. Sokolov","Jude Law.","Robert Downey, Jr.","Robert Downey Jr.","Run D.M.C.","Noel G.","will.i.am"],
		"extract":"Mr. T. S. Eliot wrote it. It was filmed."}]`
	if r := readFilms(t, s, strings.NewReader(file), &hearing{}); r.Films.Added != 1 {
		t.Fatalf("%+v %+v", r, r.Films)
	}
	for _, f := range l.films {
		if f.Title != "The \uFFFD[2J \uFFFDTitle" || f.OverviewEN != "Mr. T. S. Eliot wrote it. It was filmed." || f.OverviewKO != "" {
			t.Errorf("%q %q", f.Title, f.OverviewEN)
		}
		if want := []string{"A B", "John Wood", `Curtis "50 Cent" Jackson`, "X", "송강호",
			"Lauren K. Sokolov", "Jude Law", "Robert Downey Jr.", "Run D.M.C.", "Noel G.", "will.i.am"}; !reflect.DeepEqual(f.Cast, want) {
			t.Errorf("cast %q", f.Cast)
		}
		if want := []string{"Drama", "Found Footage"}; !reflect.DeepEqual(f.Genres, want) {
			t.Errorf("genres %q", f.Genres)
		}
	}
}

func TestOverviewsEndWithASentence(t *testing.T) {
	long := "It stars Samuel L. Jackson and Robert De Niro Jr. Here. " + strings.Repeat("Word ", 200)
	if got := firstSentences(long); got != "It stars Samuel L. Jackson and Robert De Niro Jr. Here." {
		t.Errorf("%q", got)
	}
	if got := firstSentences(strings.Repeat("낱말 ", 400)); len([]rune(got)) > overviewMax || !strings.HasSuffix(got, "낱말…") {
		t.Errorf("%q", got)
	}
}

// endless writes rows, some of them enormous, without holding them.
type endless struct {
	rows, at int
	rest     string
}

func (e *endless) Read(p []byte) (int, error) {
	if e.rest == "" {
		switch {
		case e.at > e.rows:
			return 0, io.EOF
		case e.at == e.rows:
			e.rest = row("") + "]"
		case e.at%5000 == 4999:
			e.rest = `{"title":"` + strings.Repeat("huge", 1<<20) + `"},`
		default:
			e.rest = "[ "[min(e.at, 1):min(e.at, 1)+1] + row(fmt.Sprintf(`,"href":"page-%d"`, e.at)) + ","
		}
		e.at++
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

func TestAttack_FileLargerThanMemory(t *testing.T) {
	l, s := newLedger()
	l.drop = true
	var most uint64
	before := heap()
	r := readFilms(t, s, &endless{rows: 40_000}, &hearing{progress: func(p Progress) {
		if p.Rows%10_000 < batchMost {
			most = max(most, heap())
		}
	}})
	if r.Fault != "" || r.Rows != 40_001 || r.Bad != 8 || l.batch > batchMost {
		t.Fatalf("%+v, largest batch %d", r, l.batch)
	}
	if grown := int64(most) - int64(before); grown > 24<<20 {
		t.Errorf("the heap grew by %d MiB", grown>>20)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestProgressTellsEveryBadRow(t *testing.T) {
	_, s := newLedger()
	var last Progress
	file := "[" + strings.Repeat("null,", 3000) + row("") + "]"
	h := &hearing{progress: func(p Progress) { last = p }}
	r := readFilms(t, s, strings.NewReader(file), h)
	if r.Bad != 3000 || len(h.bad) != 3000 || last.Done != int64(len(file)) || last.Rows != 3001 {
		t.Errorf("%d bad, %d told, %d bytes", r.Bad, len(h.bad), last.Done)
	}
}
