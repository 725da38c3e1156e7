package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/letterboxd"
)

// listedMost is how many lines of a kind are shown; --json has all of them.
const listedMost = 1000

// errPartly says that a file of the import breaks off; the report says why.
var errPartly = errors.New("letterboxd.partly")

// importReport is what became of an import.
type importReport struct {
	Files     []string `json:"files"`
	Rows      int      `json:"rows"`
	Films     int      `json:"films"`
	Saved     int      `json:"saved"`
	Unchanged int      `json:"unchanged"`
	// Interrupted says that the rest was not sent: of Films, those that are
	// counted nowhere.
	Interrupted    bool                `json:"interrupted"`
	NotInCatalogue []importFilm        `json:"not_in_catalogue"`
	Ambiguous      []importFilm        `json:"ambiguous"`
	BadRows        []letterboxd.BadRow `json:"bad_rows"`
	Faults         []importFault       `json:"faults"`
}

type importFilm struct {
	File  string `json:"file"`
	Line  int    `json:"line"`
	Title string `json:"title"`
	Year  int    `json:"year"`
}

type importFault struct {
	File   string `json:"file"`
	Reason string `json:"reason"`
}

func newImportReport(l letterboxd.Library) importReport {
	r := importReport{
		Files: l.Files, Rows: l.Rows, Films: len(l.Films), BadRows: l.Bad,
		NotInCatalogue: []importFilm{}, Ambiguous: []importFilm{}, Faults: []importFault{},
	}
	if r.Files == nil {
		r.Files = []string{}
	}
	if r.BadRows == nil {
		r.BadRows = []letterboxd.BadRow{}
	}
	for _, f := range l.Faults {
		r.Faults = append(r.Faults, importFault{f.File, f.Err.Error()})
	}
	return r
}

func (r *importReport) count(f letterboxd.Film, o marquee.LibraryOutcome) {
	film := importFilm{f.File, f.Line, f.Title, f.Year}
	switch o {
	case marquee.LibrarySaved:
		r.Saved++
	case marquee.LibraryUnchanged:
		r.Unchanged++
	case marquee.LibraryAmbiguous:
		r.Ambiguous = append(r.Ambiguous, film)
	default:
		r.NotInCatalogue = append(r.NotInCatalogue, film)
	}
}

// print writes the summary to out and, line by line, what did not go in to
// notes.
func (r *importReport) print(out, notes io.Writer, say *lang.Messages) {
	line := func(file string, number int, text string) {
		fmt.Fprintf(notes, "%s:%d: %s\n", marquee.CleanText(file, 0), number, text)
	}
	for i, b := range r.BadRows {
		if i == listedMost {
			fmt.Fprintln(notes, say.T("letterboxd.more", "Count", len(r.BadRows)-i))
			break
		}
		line(b.File, b.Line, say.T("letterboxd.reason."+string(b.Reason)))
	}
	for _, kind := range []struct {
		id    string
		films []importFilm
	}{{"letterboxd.not_in_catalogue", r.NotInCatalogue}, {"letterboxd.ambiguous", r.Ambiguous}} {
		for i, f := range kind.films {
			if i == listedMost {
				fmt.Fprintln(notes, say.T("letterboxd.more", "Count", len(kind.films)-i))
				break
			}
			line(f.File, f.Line, say.T(kind.id, "Title", marquee.CleanText(f.Title, 0), "Year", f.Year))
		}
	}
	for _, f := range r.Faults {
		reason, ok := say.Find(f.Reason)
		if !ok {
			reason = marquee.CleanText(f.Reason, 0)
		}
		fmt.Fprintln(notes, say.T("letterboxd.fault", "File", marquee.CleanText(f.File, 0), "Reason", reason))
	}
	fmt.Fprintln(out, say.T("letterboxd.done", "Files", marquee.CleanText(strings.Join(r.Files, ", "), 0), "Rows", r.Rows, "Bad", len(r.BadRows),
		"Films", r.Films, "Saved", r.Saved, "Unchanged", r.Unchanged, "Missing", len(r.NotInCatalogue), "Ambiguous", len(r.Ambiguous)))
	if r.Interrupted {
		fmt.Fprintln(notes, say.T("letterboxd.interrupted"))
	}
}

// pauseOf says how long to wait before a request is sent again, if another try
// may help.
func pauseOf(err error) (wait time.Duration, later bool) {
	const least, most = time.Second, 5 * time.Minute
	switch marquee.ErrorCode(err) {
	case marquee.CodeTooManyRequests, marquee.CodeUnavailable, marquee.CodeServerUnreachable, marquee.CodeTimeout:
		var e *marquee.Error
		errors.As(err, &e)
		return min(max(e.RetryAfter, least), most), true
	}
	return 0, false
}
