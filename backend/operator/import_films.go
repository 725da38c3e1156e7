package operator

import (
	"context"
	"os"

	"example.com/marquee/backend/catalog"
)

// ImportFilms imports files into the catalogue, one after the other. A file
// that cannot be read keeps none of the others from going in.
type ImportFilms struct {
	// Paths are absolute: the server that acts may stand elsewhere.
	Paths []string `json:"paths"`
}

// Name implements Command.
func (ImportFilms) Name() string { return "import" }

// Run implements Command.
func (c ImportFilms) Run(ctx context.Context, d *Desk) error {
	failed := false
	for _, path := range c.Paths {
		whole, err := c.one(ctx, d, path)
		if err != nil {
			return err
		}
		failed = failed || !whole
	}
	if failed {
		return ErrSaid
	}
	return nil
}

func (c ImportFilms) one(ctx context.Context, d *Desk, path string) (whole bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		d.note("cli.import_unreadable", "File", clean(path))
		return false, nil
	}
	defer f.Close()
	report, err := d.Films.Import(ctx, f, path, func(p catalog.Progress) {
		for _, b := range p.NewBad {
			d.note("cli.import_bad_row", "File", clean(b.File), "Index", b.Index, "Reason", string(b.Reason), "Detail", clean(b.Detail))
		}
		d.Out.Progress(Progress{Name: path, Done: p.BytesRead, Total: p.BytesTotal, Rows: p.Rows})
	})
	if err != nil {
		return false, err
	}
	d.say("cli.import_done", "File", clean(path), "Rows", report.Rows, "Added", report.Added,
		"Updated", report.Updated, "Unchanged", report.Unchanged, "Bad", report.Bad)
	if report.Fault != "" {
		d.note("cli.import_fault", "File", clean(path), "Fault", clean(report.Fault))
		return false, nil
	}
	return true, nil
}
