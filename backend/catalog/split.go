package catalog

import (
	"bufio"
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
// first malformed one; this one skips what is too large and finds the next.
type splitter struct {
	r       *bufio.Reader
	started bool
	closed  bool // the bracket after the last element was read
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
	if s.closed {
		return nil, false, s.tail()
	}
	return s.element()
}

// open reads up to the first element. That the text begins with a bracket, up
// to space and a byte order mark, is how it was told to be an array.
func (s *splitter) open() (empty bool, err error) {
	if _, err := s.r.ReadSlice('['); err != nil {
		return false, err
	}
	c, err := s.nonSpace()
	if err != nil || c == ']' {
		return true, err
	}
	return false, s.r.UnreadByte()
}

// element reads to the comma or bracket after an element.
func (s *splitter) element() (row []byte, tooLarge bool, err error) {
	depth, inString, escaped := 0, false, false
	for {
		c, err := s.byte()
		if err != nil {
			return nil, false, err
		}
		switch {
		case escaped:
			escaped = false
		case inString:
			escaped, inString = c == '\\', c != '"'
		case c == '"':
			inString = true
		case c == '{' || c == '[':
			depth++
		case depth == 0 && (c == ',' || c == ']'):
			s.closed = c == ']'
			return row, tooLarge, nil
		case c == '}' || c == ']':
			depth = max(depth-1, 0)
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
		if err != nil || c != ' ' && c != '\n' && c != '\r' && c != '\t' {
			return c, err
		}
	}
}

func (s *splitter) byte() (byte, error) {
	c, err := s.r.ReadByte()
	if errors.Is(err, io.EOF) {
		err = errTruncated
	}
	return c, err
}
