package catalog

import (
	"bufio"
	"context"
	"errors"
	"io"

	"example.com/marquee/common/marquee"
)

// badRowsKept is how many bad rows a report lists; it counts them all.
const badRowsKept = 1000

// BadRow is a row that was not imported.
type BadRow struct {
	File string
	// Line is where it is in a table, from 1, the header being the first. In a
	// JSON array it is 0, and Index counts its elements from 0.
	Line, Index int
	Reason      Reason
	Detail      string // in English, for the operator
}

// ImportReport is what the import of one file did. Rows = Added + Updated +
// Unchanged + Bad.
type ImportReport struct {
	Rows, Added, Updated, Unchanged, Bad int
	// BadRows are the first 1,000 of them.
	BadRows []BadRow
	// Fault is set when the file breaks off or is no array: what came before
	// has been imported. It is a sentence in English for the operator.
	Fault string
}

// Import adds the films of a file in the shape of the Wikipedia data set, a JSON
// array, compressed by gzip or not, whatever its name. It holds one batch of
// rows in memory at a time. The same file again changes nothing. hear, if not
// nil, hears of bad rows and of how far the import has come.
//
// The error is for what keeps the import from going on: a store that is away,
// or a ctx that has ended. Batches saved before it stay, none is saved by half.
func (s *Service) Import(ctx context.Context, r io.Reader, name string, hear Listener) (ImportReport, error) {
	o, _, err := open(ImportFile{Name: name, Reader: r})
	if err != nil {
		return ImportReport{Fault: err.Error()}, nil
	}
	return s.importWikipedia(ctx, o, hear)
}

// fault is what is wrong with a file as a whole.
type fault struct{ error }

// wikipediaImport is the import of a JSON array under way.
type wikipediaImport struct {
	file   opened
	save   *saver
	report ImportReport
	hear   Listener
}

func (s *Service) importWikipedia(ctx context.Context, o opened, hear Listener) (ImportReport, error) {
	if hear == nil {
		hear = Deaf{}
	}
	i := wikipediaImport{file: o, save: s.newSaver(), hear: hear}
	i.save.saved = func() { i.tell() }
	err := i.all(ctx, &splitter{r: bufio.NewReaderSize(o.text, 1<<16)})
	var broken fault
	if errors.As(err, &broken) {
		i.report.Fault, err = broken.Error(), nil
	}
	err = i.save.end(ctx, err)
	i.report.Added, i.report.Updated, i.report.Unchanged = i.save.total.Added, i.save.total.Updated, i.save.total.Unchanged
	i.tell()
	return i.report, err
}

func (i *wikipediaImport) tell() {
	i.hear.Progress(Progress{Name: i.file.Name, Done: i.file.read(), Total: i.file.size, Rows: i.report.Rows, Saved: i.save.total})
}

func (i *wikipediaImport) all(ctx context.Context, rows *splitter) error {
	for {
		if err := ctx.Err(); err != nil {
			return marquee.Unavailable("import films", err)
		}
		row, tooLarge, err := rows.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fault{err}
		}
		f, bad := Film{}, refused(ReasonTooLarge, "the row is longer than 64 KiB")
		if !tooLarge {
			f, bad = readRow(row)
		}
		index := i.report.Rows
		i.report.Rows++
		if bad != nil {
			i.refuse(*bad, index)
		} else if err := i.save.add(ctx, f); err != nil {
			return err
		}
	}
}

func (i *wikipediaImport) refuse(bad BadRow, index int) {
	bad.File, bad.Index = i.file.Name, index
	i.report.Bad++
	if len(i.report.BadRows) < badRowsKept {
		i.report.BadRows = append(i.report.BadRows, bad)
	}
	i.hear.Bad(bad)
	if i.report.Bad%tellEvery == 0 {
		i.tell()
	}
}
