package letterboxd

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/marquee/common/marquee"
)

const (
	diaryHead   = "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Tags,Watched Date\n"
	ratingsHead = "Date,Name,Year,Letterboxd URI,Rating\n"
	listHead    = "Date,Name,Year,Letterboxd URI\n"
)

var today = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// export is a zip of files, name and content by turns.
func export(t *testing.T, pairs ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return write(t, "export.bin", b.Bytes()) // told by content, not by name
}

func write(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func read(t *testing.T, path string) Library {
	t.Helper()
	l, err := Read(t.Context(), path, today)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestAnExportIsPutTogetherFilmByFilm(t *testing.T) {
	l := read(t, export(t,
		// Known by its header, whatever it is called; the columns in any order.
		"mine.csv", "\uFEFFWatched Date,Name,Year,Rating,Rewatch,Date\r\n2024-03-01,Alien,1979,4.5,,2024-03-02\r\n2026-01-01,Alien,1979,5,Yes,2026-01-01\r\n2025-01-01,\"Dr. Strangelove, or\",1964,3,Yes,2025-01-02\r\n",
		"ratings.csv", ratingsHead+"2024-03-02,Alien,1979,https://boxd.it/x,4\n",
		"watchlist.csv", listHead+"2023-01-01,기생충,2019,\n",
		"watched.csv", listHead+"2022-01-01,Alien,1979,\n2022-01-02,Amélie,2001,\n",
		"reviews.csv", "Date,Name,Year,Letterboxd URI,Rating,Rewatch,Review,Tags,Watched Date\n2024-03-01,Brazil,1985,,5,,\"two\nlines\",,2024-03-01\n",
		"deleted/diary.csv", diaryHead+"2024-03-01,Gone,1985,,5,,,2024-03-01\n",
		"likes/films.csv", listHead+"2024-03-01,Liked,1985,\n",
		"profile.csv", "Date Joined,Username\n2020-01-01,mina\n",
		"photo.jpg", "\xff\xd8",
	))
	want := []marquee.LibraryEntry{
		{Title: "Alien", Year: 1979, Rating: 8, RatedOn: "2024-03-02", SeenOn: "2022-01-01", Viewings: []marquee.LibraryViewing{
			{WatchedOn: "2024-03-01", NotedOn: "2024-03-02"}, {WatchedOn: "2026-01-01", Rewatch: true, NotedOn: "2026-01-01"}}},
		{Title: "Dr. Strangelove, or", Year: 1964, Rating: 6, RatedOn: "2025-01-01", Viewings: []marquee.LibraryViewing{{WatchedOn: "2025-01-01", Rewatch: true, NotedOn: "2025-01-02"}}},
		{Title: "기생충", Year: 2019, ListedOn: "2023-01-01"},
		{Title: "Amélie", Year: 2001, SeenOn: "2022-01-02"},
	}
	var got []marquee.LibraryEntry
	for _, f := range l.Films {
		got = append(got, f.LibraryEntry)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nwant\n%+v", got, want)
	}
	if l.Rows != 7 || len(l.Bad) != 0 || len(l.Faults) != 0 || !reflect.DeepEqual(l.Files, []string{"mine.csv", "ratings.csv", "watchlist.csv", "watched.csv"}) {
		t.Errorf("%d rows, bad %v, faults %v, files %v", l.Rows, l.Bad, l.Faults, l.Files)
	}
	if f := l.Films[1]; f.File != "mine.csv" || f.Line != 4 {
		t.Errorf("%s is at %s:%d", f.Title, f.File, f.Line)
	}
}

// The last rating in the diary counts only where the ratings do not name the
// film, in whatever order the files come.
func TestRatingsGoBeforeTheDiary(t *testing.T) {
	diary := diaryHead + "2024-01-01,Alien,1979,,2,,,2024-01-01\n2024-01-01,Brazil,1985,,5,,,2026-01-01\n2024-01-01,Brazil,1985,,1,,,2025-01-01\n"
	ratings := ratingsHead + "2020-01-01,Alien,1979,,4.5\n"
	for name, path := range map[string]string{
		"diary first": export(t, "a.csv", diary, "b.csv", ratings), "ratings first": export(t, "a.csv", ratings, "b.csv", diary),
	} {
		films := read(t, path).Films
		if films[0].Rating != 9 || films[1].Rating != 10 {
			t.Errorf("%s: %d and %d", name, films[0].Rating, films[1].Rating)
		}
	}
}

func TestBadRowsAreListedAndTheOthersGoIn(t *testing.T) {
	rows := []struct {
		row  string
		want Reason
	}{
		{"2024-01-01,Good,1999,,4,,,2024-01-01", ""},
		{"2024-01-01,\xff\xfe,1999,,4,,,2024-01-01", ReasonBrokenText},
		{"2024-01-01,,1999,,4,,,2024-01-01", ReasonMissingTitle},
		{"2024-01-01,  ,1999,,4,,,2024-01-01", ReasonMissingTitle},
		{"2024-01-01,No year,,,4,,,2024-01-01", ReasonBadYear},
		{"2024-01-01,Year 0,0,,4,,,2024-01-01", ReasonBadYear},
		{"2024-01-01,Year 9999,9999,,4,,,2024-01-01", ReasonBadYear},
		{"2024-01-01,Year 1e3,1e3,,4,,,2024-01-01", ReasonBadYear},
		{"2024-01-01,Stars,1999,,6,,,2024-01-01", ReasonBadRating},
		{"2024-01-01,Stars,1999,,3.3,,,2024-01-01", ReasonBadRating},
		{"2024-01-01,Stars,1999,,0,,,2024-01-01", ReasonBadRating},
		{"2024-01-01,Stars,1999,,NaN,,,2024-01-01", ReasonBadRating},
		{"2024-01-01,Stars,1999,,1e300,,,2024-01-01", ReasonBadRating},
		{"2024-01-01,Day,1999,,4,,,2024-02-30", ReasonBadDate},
		{"2024-01-01,Day,1999,,4,,,", ReasonBadDate},
		{"2024-01-01,Short,1999", ReasonBadDate},
		{"2024-01-01,Tomorrow,1999,,4,,,2026-11-24", ReasonFutureDate},
		{"2026-11-24,Tomorrow,1999,,4,,,2024-01-01", ReasonFutureDate},
		{"2026-11-23,Today,1999,,4,,,2026-11-23", ""},
		{"2024-01-01,\"Never closed,1999,,4,,,2024-01-01", ReasonMalformed},
		{"2024-01-01," + strings.Repeat("x", 1<<20) + ",1999,,4,,,2024-01-01", ReasonTooLong},
		{"2024-01-01," + strings.Repeat("가", 501) + ",1999,,4,,,2024-01-01", ReasonTooLong},
		{"2024-01-01,Nul\x00,1999,,4,,,2024-01-01", ReasonBrokenText},
		{"", ""}, // an empty line is nothing
		{"2024-01-01,\"Good, \"\"quoted\"\"\",1999,,,Yes,,2024-01-02", ""},
	}
	var file strings.Builder
	file.WriteString(diaryHead)
	want := []BadRow{}
	for i, r := range rows {
		file.WriteString(r.row + "\n")
		if r.want != "" {
			want = append(want, BadRow{File: "diary.csv", Line: i + 2, Reason: r.want})
		}
	}
	l := read(t, write(t, "diary.csv", []byte(strings.TrimSuffix(file.String(), "\n"))))
	if !reflect.DeepEqual(l.Bad, want) {
		t.Errorf("%v\nwant\n%v", l.Bad, want)
	}
	if len(l.Films) != 3 || l.Films[0].Title != "Good" || l.Films[2].Title != `Good, "quoted"` || l.Rows != len(rows)-1 {
		t.Errorf("%+v, %d rows", l.Films, l.Rows)
	}
}

func TestAFolderAndOneFile(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{"watchlist.csv": listHead + "2023-01-01,Alien,1979,\n", "notes.txt": "x"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{folder, filepath.Join(folder, "watchlist.csv")} {
		if l := read(t, path); len(l.Films) != 1 || l.Films[0].ListedOn != "2023-01-01" {
			t.Errorf("%s: %+v", path, l)
		}
	}
}

func TestWhatIsNoExport(t *testing.T) {
	for name, step := range map[string]struct {
		path string
		want error
	}{
		"empty":       {write(t, "x.csv", nil), ErrNothing},
		"empty zip":   {export(t), ErrNothing},
		"other files": {export(t, "a.csv", "a,b\n1,2\n"), ErrNothing},
		"broken zip":  {write(t, "x.zip", []byte("PK\x03\x04 and no more")), ErrNoZip},
		"binary":      {write(t, "x.csv", bytes.Repeat([]byte{0, 1, 2, '"'}, 1000)), ErrNothing},
		"missing":     {filepath.Join(t.TempDir(), "none.zip"), os.ErrNotExist},
	} {
		if _, err := Read(t.Context(), step.path, today); !errors.Is(err, step.want) {
			t.Errorf("%s: %v, want %v", name, err, step.want)
		}
	}
	l := read(t, write(t, "films.csv", []byte(listHead+"2023-01-01,Alien,1979,\n")))
	if len(l.Faults) != 1 || !errors.Is(l.Faults[0].Err, ErrUnclear) || len(l.Films) != 0 {
		t.Errorf("a list without a name that tells: %+v", l)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Read(ctx, write(t, "diary.csv", []byte(diaryHead+strings.Repeat("x\n", 5000))), today); !errors.Is(err, context.Canceled) {
		t.Errorf("cut off: %v", err)
	}
}

// A zip that unpacks to more than it may stops at the bound; what came before
// it, and the other files, stay.
func TestAttack_ZipBomb(t *testing.T) {
	l := read(t, export(t,
		"diary.csv", diaryHead+"2024-01-01,Alien,1979,,4,,,2024-01-01\n"+strings.Repeat("x", fileMax)+"\n",
		"watchlist.csv", listHead+"2023-01-01,Brazil,1985,\n"))
	if len(l.Faults) != 1 || !errors.Is(l.Faults[0].Err, ErrTooLarge) || len(l.Films) != 2 {
		t.Errorf("faults %v, films %v", l.Faults, l.Films)
	}
}

// The twin: a long file within the bound is read to its end.
func TestALongFileIsReadToItsEnd(t *testing.T) {
	var b strings.Builder
	b.WriteString(diaryHead)
	for i := range 5000 {
		fmt.Fprintf(&b, "2024-01-01,Film %d,1999,,4,,,2024-01-01\n", i)
	}
	if l := read(t, export(t, "diary.csv", b.String())); len(l.Films) != 5000 || len(l.Faults) != 0 || len(l.Bad) != 0 {
		t.Errorf("%d films, faults %v, bad %v", len(l.Films), l.Faults, l.Bad)
	}
}

// Names in a zip lead nowhere: nothing is unpacked.
func TestAttack_ZipPathsWriteNothing(t *testing.T) {
	path := export(t, "../../escaped/diary.csv", diaryHead+"2024-01-01,Alien,1979,,4,,,2024-01-01\n", "/tmp/marquee-was-here.csv", listHead)
	t.Chdir(filepath.Dir(path))
	if l := read(t, path); len(l.Films) != 1 {
		t.Errorf("%+v", l)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("%v %v", entries, err)
	}
	for _, escaped := range []string{"../../escaped", "/tmp/marquee-was-here.csv"} {
		if _, err := os.Lstat(escaped); err == nil {
			t.Errorf("%s was written", escaped)
		}
	}
}

func TestManyViewingsAreSeveralEntries(t *testing.T) {
	var b strings.Builder
	b.WriteString(diaryHead)
	day := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 2*marquee.LibraryViewingsMax + 1 {
		fmt.Fprintf(&b, "2024-01-01,Alien,1979,,4,,,%s\n", day.AddDate(0, 0, i).Format(time.DateOnly))
	}
	l := read(t, write(t, "diary.csv", []byte(b.String())))
	total := 0
	for _, f := range l.Films {
		total += len(f.Viewings)
		if wrong := f.Check(today); len(wrong) > 0 {
			t.Error(wrong)
		}
	}
	if len(l.Films) != 3 || total != 2*marquee.LibraryViewingsMax+1 {
		t.Errorf("%d entries, %d viewings", len(l.Films), total)
	}
}

// Titles that a spreadsheet takes for formulas, with marks of CSV or of
// another script come back as they were.
func TestWrittenAndReadBack(t *testing.T) {
	at, on := time.Date(2024, 5, 6, 23, 59, 0, 0, time.UTC), marquee.Date("2024-05-05")
	var films []marquee.Movie
	for i, title := range []string{"=1+1", "+1", "-1", "@home", `A "quoted", title`, "기생충", "8½", "  'tis", "Two  spaces"} {
		films = append(films, marquee.Movie{Title: strings.TrimSpace(title), Year: 1990 + i, MyRating: 1 + i, WatchedOn: &on, Rewatch: i%2 == 1, NotedAt: &at})
	}
	var a, b bytes.Buffer
	if err := Write(&a, films, films, films); err != nil {
		t.Fatal(err)
	}
	back := []marquee.Movie{}
	for i := range films {
		back = append(back, films[len(films)-1-i])
	}
	if err := Write(&b, back, back, back); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Errorf("the same lists are written differently: %v", err)
	}
	l := read(t, write(t, "x.zip", a.Bytes()))
	if len(l.Films) != len(films) || len(l.Bad) != 0 {
		t.Fatalf("%+v", l)
	}
	byTitle := map[string]Film{}
	for _, f := range l.Films {
		byTitle[f.Title] = f
	}
	for i, m := range films {
		want := marquee.LibraryEntry{Title: m.Title, Year: m.Year, Rating: 1 + i, RatedOn: "2024-05-06", ListedOn: "2024-05-06",
			Viewings: []marquee.LibraryViewing{{WatchedOn: on, Rewatch: m.Rewatch, NotedOn: "2024-05-06"}}}
		if got := byTitle[m.Title].LibraryEntry; !reflect.DeepEqual(got, want) {
			t.Errorf("%+v\nwant\n%+v", got, want)
		}
	}
}
