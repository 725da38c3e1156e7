package operator

import (
	"context"
	"strings"

	"example.com/marquee/backend/catalog"
)

// ImportFilms imports files, folders of them and zip archives into the
// catalogue. What a file holds is told by its content, and the order in which
// they are named makes no difference. A file that cannot be read keeps none of
// the others from going in.
type ImportFilms struct {
	// Paths are absolute: the server that acts may stand elsewhere.
	Paths []string `json:"paths"`
	// Report is the absolute path of a file for all rows that were refused and
	// all files that break off, a JSON object on each line; "" for none.
	Report string `json:"report,omitempty"`
}

// badRowsNoted is how many bad rows of a file are noted; the report has all.
const badRowsNoted = 100

// Name implements Command.
func (ImportFilms) Name() string { return "import" }

// Run implements Command. Rows that were refused fail it no more than they keep
// the others from going in; files that cannot be used do.
func (c ImportFilms) Run(ctx context.Context, d *Desk) error {
	h := &importHearing{desk: d, noted: map[string]int{}}
	if c.Report != "" {
		report, err := newReport(c.Report)
		if err != nil {
			d.note("cli.import_no_report", "File", clean(c.Report), "Cause", clean(err.Error()))
			return ErrSaid
		}
		defer report.close()
		h.report = report
	}
	files := openFiles(c.Paths)
	defer files.close()
	for _, f := range files.failed {
		h.FileDone(catalog.FileReport{File: f.name, Fault: f.why})
	}
	if err := d.Films.ImportFiles(ctx, files.opened, h); err != nil {
		return err
	}
	if h.report != nil {
		if err := h.report.close(); err != nil {
			d.note("cli.import_no_report", "File", clean(c.Report), "Cause", clean(err.Error()))
			return ErrSaid
		}
	}
	if h.files == 0 {
		d.note("cli.import_nothing", "Paths", clean(strings.Join(c.Paths, " ")))
	}
	if h.failed || h.files == 0 {
		return ErrSaid
	}
	return nil
}

// importHearing tells the operator of an import.
type importHearing struct {
	desk   *Desk
	report *report
	noted  map[string]int // bad rows by file
	files  int
	failed bool
}

// Progress implements catalog.Listener.
func (h *importHearing) Progress(p catalog.Progress) {
	name := p.Name
	if p.Films {
		name = h.desk.Messages.T("cli.import_source." + p.Name)
	}
	h.desk.Out.Progress(Progress{
		Name: name, Done: p.Done, Total: p.Total, Films: p.Films, Rows: p.Rows,
		Added: p.Saved.Added, Updated: p.Saved.Updated, Unchanged: p.Saved.Unchanged,
	})
}

// Bad implements catalog.Listener.
func (h *importHearing) Bad(b catalog.BadRow) {
	if h.report != nil {
		h.report.add(b)
	}
	h.noted[b.File]++
	if h.noted[b.File] > badRowsNoted {
		return
	}
	if b.Index == nil {
		h.desk.note("cli.import_bad_line", "File", clean(b.File), "Line", b.Line, "Reason", string(b.Reason), "Detail", clean(b.Detail))
		return
	}
	h.desk.note("cli.import_bad_row", "File", clean(b.File), "Index", *b.Index, "Line", b.Line, "Reason", string(b.Reason), "Detail", clean(b.Detail))
}

// FileDone implements catalog.Listener.
func (h *importHearing) FileDone(r catalog.FileReport) {
	h.files++
	if more := r.Bad - badRowsNoted; more > 0 {
		h.desk.note("cli.import_more_bad", "File", clean(r.File), "More", more)
	}
	switch {
	case r.Films != nil:
		h.desk.say("cli.import_done", "File", clean(r.File), "Rows", r.Rows, "Added", r.Films.Added,
			"Updated", r.Films.Updated, "Unchanged", r.Films.Unchanged, "Bad", r.Bad)
	case r.Rows > 0:
		h.desk.say("cli.import_read", "File", clean(r.File), "Rows", r.Rows, "Used", r.Rows-r.LeftOut-r.Bad, "LeftOut", r.LeftOut, "Bad", r.Bad)
	}
	if r.Fault == "" {
		return
	}
	h.failed = true
	if h.report != nil {
		h.report.fault(r)
	}
	id := "cli.import_unusable"
	if r.Rows > 0 {
		id = "cli.import_fault"
	}
	h.desk.note(id, "File", clean(r.File), "Line", r.FaultLine, "Fault", clean(r.Fault))
}

// Settling implements catalog.Listener.
func (h *importHearing) Settling() { h.desk.say("cli.import_settling") }

// FilmsDone implements catalog.Listener.
func (h *importHearing) FilmsDone(source string, n catalog.Saved) {
	h.desk.say("cli.import_films", "Source", h.desk.Messages.T("cli.import_source."+source),
		"Added", n.Added, "Updated", n.Updated, "Unchanged", n.Unchanged, "Unknown", n.Unknown)
}
