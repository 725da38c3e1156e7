package catalog

import (
	"context"
	"errors"
	"io"

	"example.com/marquee/common/marquee"
)

func (s *Service) importWikipedias(ctx context.Context, files map[kind][]*table, hear Listener) error {
	for _, t := range files[kindWikipedia] {
		i := wikipediaImport{file: t.opened, save: s.newSaver(), report: t.report, hear: hear}
		if err := i.run(ctx); err != nil {
			return err
		}
	}
	return nil
}

// wikipediaImport is the import of a JSON array under way. It holds one batch
// of rows in memory at a time.
type wikipediaImport struct {
	file   opened
	save   *saver
	report FileReport
	hear   Listener
}

func (i *wikipediaImport) run(ctx context.Context) error {
	i.save.saved = i.tell
	rows := &splitter{r: i.file.text}
	err := i.all(ctx, rows)
	var broken fault
	if errors.As(err, &broken) {
		i.report.Fault, i.report.FaultLine, err = broken.Error(), rows.ended+1, nil
	}
	err = i.save.end(ctx, err)
	i.report.Films = &i.save.total
	i.tell()
	i.hear.FileDone(i.report)
	return err
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
			bad.File, bad.Line, bad.Index = i.file.Name, rows.line, &index
			i.refuse(*bad)
		} else if err := i.save.add(ctx, f); err != nil {
			return err
		}
	}
}

func (i *wikipediaImport) refuse(bad BadRow) {
	i.report.Bad++
	i.hear.Bad(bad)
	if i.report.Bad%tellEvery == 0 {
		i.tell()
	}
}
