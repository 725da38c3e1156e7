package operator

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"

	"example.com/marquee/backend/catalog"
)

// report is a file of bad rows, one JSON object a line, which other programs
// read more easily than sentences.
type report struct {
	file   *os.File
	text   *bufio.Writer
	encode *json.Encoder
	err    error
}

// What the report says of files. Of rows it says the catalogue's reasons.
const (
	reasonBrokenOff catalog.Reason = "broken_off" // what came before is in
	reasonUnusable  catalog.Reason = "unusable"
)

// reportLine is a row that was refused: the line it begins on, from 1, in a JSON
// array its index as well, from 0, and why. Or it is a file that breaks off, and
// where, or one that cannot be used.
type reportLine struct {
	File   string         `json:"file"`
	Line   int            `json:"line,omitempty"`
	Index  *int           `json:"index,omitempty"`
	Reason catalog.Reason `json:"reason"`
	Detail string         `json:"detail"`
}

func newReport(path string) (*report, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	text := bufio.NewWriter(f)
	return &report{file: f, text: text, encode: json.NewEncoder(text)}, nil
}

func (r *report) add(b catalog.BadRow) {
	r.write(reportLine{File: b.File, Line: b.Line, Index: b.Index, Reason: b.Reason, Detail: b.Detail})
}

func (r *report) fault(f catalog.FileReport) {
	line := reportLine{File: f.File, Reason: reasonUnusable, Detail: f.Fault}
	if f.Rows > 0 {
		line.Line, line.Reason = f.FaultLine, reasonBrokenOff
	}
	r.write(line)
}

func (r *report) write(line reportLine) {
	r.err = errors.Join(r.err, r.encode.Encode(line))
}

// close may be called again.
func (r *report) close() error {
	if r.file == nil {
		return nil
	}
	err := errors.Join(r.err, r.text.Flush(), r.file.Close())
	r.file = nil
	return err
}
