package catalog

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// rowMax bounds one row of an imported file, in bytes. The longest of the
// Wikipedia data is under 4 KiB.
const rowMax = 64 << 10

// What ends the reading of a file early.
var (
	errTrailing  = errors.New("there is text after the end of the JSON array")
	errTruncated = errors.New("the file ends before its JSON array does")
)

// splitter cuts a JSON array into its elements without understanding them.
// json.Decoder would hold an element of any size in memory and give up at the
// first malformed one; this one skips what is too large and finds the next, also
// after a quote or a brace that is never closed.
type splitter struct {
	r       *bufio.Reader
	started bool
	closed  bool // the bracket after the last element was read
	broken  bool // the element last returned ended with its line
	ended   int  // lines that were read to their end
	line    int  // where the element last returned begins, from 1
}

// next returns the text of the next element, valid until the call after it;
// tooLarge says that it was longer than rowMax and is left out. io.EOF ends a
// whole array, errTruncated or the reader's error one that breaks off.
func (s *splitter) next() (row []byte, tooLarge bool, err error) {
	if !s.started {
		s.started = true
		empty, err := s.open()
		if err != nil {
			return nil, false, err
		}
		s.closed = empty
	}
	if s.broken {
		s.broken = false
		if err := s.resume(); err != nil {
			return nil, false, err
		}
	}
	if s.closed {
		return nil, false, s.tail()
	}
	return s.element()
}

// resume looks for the next element after one whose end was not seen.
func (s *splitter) resume() error {
	c, err := s.nonSpace()
	if err != nil || c == ',' {
		return err
	}
	if c == ']' {
		s.closed = true
		return nil
	}
	return s.r.UnreadByte()
}

// open reads up to the first element. That the text begins with a bracket, up
// to space and a byte order mark, is how it was told to be an array.
func (s *splitter) open() (empty bool, err error) {
	before, err := s.r.ReadSlice('[')
	if err != nil {
		return false, err
	}
	s.ended = bytes.Count(before, []byte("\n"))
	c, err := s.nonSpace()
	if err != nil || c == ']' {
		return true, err
	}
	return false, s.r.UnreadByte()
}

// element reads to the comma or bracket after an element, or to where one breaks
// off: a string has no line break in it, and no object stands in another but
// after the name of a member (RFC 8259, sections 4 and 7).
func (s *splitter) element() (row []byte, tooLarge bool, err error) {
	depth, inString, escaped, last := 0, false, false, byte(0)
	s.line = 0
	for {
		c, err := s.byte()
		if err != nil {
			return nil, false, err
		}
		if s.line == 0 && !isSpace(c) {
			s.line = s.ended + 1
		}
		switch {
		case inString && c == '\n':
			s.broken = true
			return row, tooLarge, nil
		case escaped:
			escaped = false
		case inString:
			escaped, inString = c == '\\', c != '"'
		case c == '"':
			inString = true
		case c == '{' && depth == 1 && last == ',' && row[0] == '{':
			return row, tooLarge, s.r.UnreadByte()
		case c == '{' || c == '[':
			depth++
		case depth == 0 && (c == ',' || c == ']'):
			s.closed = c == ']'
			return row, tooLarge, nil
		case c == '}' || c == ']':
			depth = max(depth-1, 0)
		}
		if !isSpace(c) {
			last = c
		} else if last == 0 {
			continue
		}
		if len(row) < rowMax {
			row = append(row, c)
		} else {
			row, tooLarge = row[:rowMax], true
		}
	}
}

// tail checks that only space follows the array.
func (s *splitter) tail() error {
	_, err := s.nonSpace()
	switch {
	case errors.Is(err, errTruncated):
		return io.EOF
	case err != nil:
		return err
	}
	return errTrailing
}

func (s *splitter) nonSpace() (byte, error) {
	for {
		c, err := s.byte()
		if err != nil || !isSpace(c) {
			return c, err
		}
	}
}

func (s *splitter) byte() (byte, error) {
	c, err := s.r.ReadByte()
	if errors.Is(err, io.EOF) {
		err = errTruncated
	}
	if c == '\n' {
		s.ended++
	}
	return c, err
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }
