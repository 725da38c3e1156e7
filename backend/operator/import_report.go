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

// reportLine is a row that was refused: where it is, in a table by its line from
// 1 and in a JSON array by its index from 0, and why.
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
	line := reportLine{File: b.File, Line: b.Line, Reason: b.Reason, Detail: b.Detail}
	if b.Line == 0 {
		line.Index = &b.Index
	}
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
