package catalog

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"io/fs"

	"example.com/marquee/common/marquee"
)

const (
	// batchRows is how many films are saved in one transaction: enough to be
	// quick, few enough to keep nobody's sign-in waiting.
	batchRows = 250
	// badRowsKept is how many bad rows a report lists; it counts them all.
	badRowsKept = 1000
)

// Progress is how far an import has come.
type Progress struct {
	// BytesRead of BytesTotal of the file as it lies there, compressed or not.
	// BytesTotal is 0 where the reader does not tell.
	BytesRead, BytesTotal int64
	Rows                  int // rows read
	Bad                   int // of them, those refused
	// NewBad are the rows refused since the last call.
	NewBad []BadRow
}

// BadRow is a row that was not imported.
type BadRow struct {
	File   string
	Index  int // position in the file's array, from 0
	Reason Reason
	Detail string // in English, for the operator
}

// ImportReport is what an import did. Rows = Added + Updated + Unchanged + Bad.
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
// rows in memory at a time. The same file again changes nothing. progress, if
// not nil, is called after each batch and at the end.
//
// The error is for what keeps the import from going on: a store that is away,
// or a ctx that has ended. Batches saved before it stay, none is saved by half.
func (s *Service) Import(ctx context.Context, r io.Reader, name string, progress func(Progress)) (ImportReport, error) {
	count := &countingReader{r: r}
	i := importing{service: s, file: name, batch: make(map[string]Film, batchRows), tell: progress}
	i.progress.BytesTotal = sizeOf(r)
	i.read = func() int64 { return count.n }
	text, err := plain(count)
	if err == nil {
		err = i.all(ctx, &splitter{r: bufio.NewReaderSize(text, 1<<16)})
	}
	var broken fault
	if errors.As(err, &broken) {
		i.report.Fault, err = broken.Error(), nil
	}
	return i.report, err
}

// importing is an import under way.
type importing struct {
	service  *Service
	file     string
	batch    map[string]Film // by id, which must not repeat in a transaction
	repeated int             // rows of the batch equal to another one of it
	report   ImportReport
	progress Progress
	tell     func(Progress)
	read     func() int64
}

// fault is what is wrong with the file as a whole.
type fault struct{ error }

func (i *importing) all(ctx context.Context, rows *splitter) error {
	for {
		if err := ctx.Err(); err != nil {
			return marquee.Unavailable("import films", err)
		}
		row, tooLarge, err := rows.next()
		if err != nil {
			if saveErr := i.save(ctx); saveErr != nil || errors.Is(err, io.EOF) {
				return saveErr
			}
			return fault{err}
		}
		f, bad := Film{}, &BadRow{Reason: ReasonTooLarge, Detail: "the row is longer than 64 KiB"}
		if !tooLarge {
			f, bad = readRow(row)
		}
		if err := i.take(ctx, f, bad); err != nil {
			return err
		}
	}
}

// take puts a row into the batch, or on the list of bad ones.
func (i *importing) take(ctx context.Context, f Film, bad *BadRow) error {
	index := i.report.Rows
	i.report.Rows++
	if bad != nil {
		bad.File, bad.Index = i.file, index
		i.report.Bad++
		if len(i.report.BadRows) < badRowsKept {
			i.report.BadRows = append(i.report.BadRows, *bad)
		}
		i.progress.NewBad = append(i.progress.NewBad, *bad)
	} else if _, ok := i.batch[f.ID]; ok {
		i.repeated++ // the first one stands
	} else {
		i.batch[f.ID] = f
	}
	if len(i.batch) >= batchRows || len(i.progress.NewBad) >= batchRows {
		return i.save(ctx)
	}
	return nil
}

// save writes the batch and tells how far the import has come.
func (i *importing) save(ctx context.Context) error {
	films := make([]Film, 0, len(i.batch))
	for _, f := range i.batch {
		films = append(films, f)
	}
	saved, err := i.service.store.SaveFilms(ctx, films, Mark{})
	if err != nil {
		return err
	}
	i.report.Added += saved.Added
	i.report.Updated += saved.Updated
	i.report.Unchanged += saved.Unchanged + i.repeated
	clear(i.batch)
	i.repeated = 0
	if i.tell != nil {
		i.progress.BytesRead, i.progress.Rows, i.progress.Bad = i.read(), i.report.Rows, i.report.Bad
		i.tell(i.progress)
	}
	i.progress.NewBad = nil
	return nil
}

// plain returns the text of a file that may be compressed, by its first bytes.
func plain(r io.Reader) (io.Reader, error) {
	b := bufio.NewReaderSize(r, 1<<16)
	if magic, _ := b.Peek(2); string(magic) != "\x1f\x8b" {
		return b, nil
	}
	z, err := gzip.NewReader(b)
	if err != nil {
		return nil, fault{err}
	}
	return z, nil
}

type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// sizeOf is the size of a regular file, 0 for anything else.
func sizeOf(r io.Reader) int64 {
	f, ok := r.(interface{ Stat() (fs.FileInfo, error) })
	if !ok {
		return 0
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return 0
	}
	return info.Size()
}
