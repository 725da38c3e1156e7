package catalog

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"example.com/marquee/common/marquee"
)

// tellEvery is how many rows of a table are read between two reports of how
// far it has come.
const tellEvery = 10_000

// table is a file of lines with a header: IMDb's, parted by tabs without any
// quoting, or MovieLens', parted by commas.
type table struct {
	opened
	columns map[string]int
	report  FileReport
	hear    Listener
	told    Progress
}

// tableRow is one line of a table; its fields are valid until the next.
type tableRow struct {
	columns map[string]int
	fields  []string
}

// field returns what a row has in a column, "" for IMDb's mark of nothing.
func (r tableRow) field(column string) string {
	if f := r.fields[r.columns[column]]; f != `\N` {
		return f
	}
	return ""
}

// each reads the table to its end and hands every row to take, which returns
// what is wrong with it, or whether it was left out. Rows that break the rules
// of all tables are refused before. The error is ctx's or one of take's.
func (t *table) each(ctx context.Context, take func(tableRow) (used bool, bad *BadRow, err error)) error {
	defer func() { t.tell(); t.hear.FileDone(t.report) }()
	if t.report.Fault != "" {
		return nil
	}
	r := tableRow{columns: t.columns}
	for line := 2; ; line++ { // the header is line 1
		if t.report.Rows%tellEvery == 0 {
			if err := ctx.Err(); err != nil {
				return marquee.Unavailable("import films", err)
			}
			t.tell()
		}
		text, bad, err := t.line()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			t.report.Fault, t.report.FaultLine = err.Error(), line
			return nil
		}
		if len(text) == 0 && bad == nil {
			continue
		}
		t.report.Rows++
		if bad == nil {
			r.fields, bad = t.split(r.fields[:0], text)
		}
		used := true
		if bad == nil {
			if used, bad, err = take(r); err != nil {
				return err
			}
		}
		switch {
		case bad != nil:
			bad.File, bad.Line = t.report.File, line
			t.report.Bad++
			t.hear.Bad(*bad)
		case !used:
			t.report.LeftOut++
		}
	}
}

func (t *table) tell() {
	t.told = Progress{Name: t.report.File, Done: t.read(), Total: t.size, Rows: t.report.Rows}
	t.hear.Progress(t.told)
}

// line reads a line. One that is longer than rowMax is skipped, without
// holding it. A last line that breaks off with the file is not a row.
func (t *table) line() ([]byte, *BadRow, error) {
	text, err := t.text.ReadSlice('\n')
	long := false
	for errors.Is(err, bufio.ErrBufferFull) {
		long = true
		text, err = t.text.ReadSlice('\n')
	}
	if err != nil && (!errors.Is(err, io.EOF) || len(text) == 0 && !long) {
		return nil, nil, err
	}
	if long {
		return nil, refused(ReasonTooLarge, "the row is longer than 64 KiB"), nil
	}
	return bytes.TrimRight(text, "\r\n"), nil, nil
}

// split cuts a line into as many fields as the header has.
func (t *table) split(fields []string, text []byte) ([]string, *BadRow) {
	if !utf8.Valid(text) {
		return fields, refused(ReasonEncoding, "the row is not UTF-8")
	}
	s := string(text)
	if t.kind.tabs() || !strings.Contains(s, `"`) {
		mark := ","
		if t.kind.tabs() {
			mark = "\t"
		}
		for more := true; more; {
			var f string
			f, s, more = strings.Cut(s, mark)
			fields = append(fields, f)
		}
	} else {
		// A line at a time: a quote that is never closed would swallow the file.
		quoted, err := csv.NewReader(strings.NewReader(s)).Read()
		if err != nil {
			return fields, refused(ReasonMalformed, "the quotes of the row do not close")
		}
		fields = append(fields, quoted...)
	}
	if len(fields) != len(t.columns) {
		return fields, refused(ReasonMalformed, "the row has %d columns, the header %d", len(fields), len(t.columns))
	}
	return fields, nil
}

func refused(r Reason, format string, args ...any) *BadRow {
	return &BadRow{Reason: r, Detail: fmt.Sprintf(format, args...)}
}
