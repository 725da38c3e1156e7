package letterboxd

import (
	"bufio"
	"errors"
	"io"
)

// lineMax bounds one row, in bytes. Those of an export have under 1 KiB: the
// files that are read hold no reviews.
const lineMax = 64 << 10

// lines cuts a file into rows, of which each is a line of its own: so a quote
// that is never closed spoils its own row and not the rest of the file.
type lines struct {
	r      *bufio.Reader
	left   int // bytes that may still be read
	number int // of the line last returned, from 1
}

func newLines(r io.Reader) *lines {
	return &lines{r: bufio.NewReaderSize(r, 32<<10), left: fileMax}
}

// next returns the next line without its end, valid until the call after it.
// tooLong says that it was longer than lineMax and is left out. io.EOF,
// ErrTooLarge or the reader's error end the file.
func (l *lines) next() (line []byte, tooLong bool, err error) {
	l.number++
	for {
		part, err := l.r.ReadSlice('\n')
		if l.left -= len(part); l.left < 0 {
			return nil, false, ErrTooLarge
		}
		if len(line)+len(part) > lineMax {
			line, tooLong = line[:0], true
		}
		if !tooLong {
			line = append(line, part...)
		}
		switch {
		case err == nil, errors.Is(err, io.EOF) && (len(line) > 0 || tooLong):
			return trimEnd(line), tooLong, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, false, err
		}
	}
}

func trimEnd(line []byte) []byte {
	for len(line) > 0 && (line[len(line)-1] == '\n' || line[len(line)-1] == '\r') {
		line = line[:len(line)-1]
	}
	return line
}
