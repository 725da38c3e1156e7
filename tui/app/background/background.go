// Package background asks a terminal for its background colour (OSC 11)
// without waiting: the answer comes among the keys and is taken out of them
// before Bubble Tea v1, which would read it as typed characters, sees it. It
// knows nothing of pages, and works the same for a terminal and for an SSH
// channel.
package background

import (
	"io"
	"os"
	"strconv"
	"strings"
)

// Question asks for the background. Write it once the terminal is in raw mode,
// else the answer is echoed; a terminal that does not know it ignores it.
const Question = "\x1b]11;?\x1b\\"

// FromEnvironment guesses from COLORFGBG ("15;0"), which some terminals set.
// Dark is what it says when nothing is known.
func FromEnvironment(environ []string) (dark bool) {
	for _, e := range environ {
		value, ok := strings.CutPrefix(e, "COLORFGBG=")
		if !ok {
			continue
		}
		n, err := strconv.Atoi(value[strings.LastIndexByte(value, ';')+1:])
		return err != nil || n < 7 || n == 8
	}
	return true
}

// Reader is the keys of a terminal without its answers. It is for one reading
// goroutine.
type Reader struct {
	src    io.Reader
	answer func(dark bool)
	held   []byte // the beginning of an answer whose end has not come
}

// NewReader takes answers out of src and hands them to answer, which is called
// on the reading goroutine and must not wait for it.
func NewReader(src io.Reader, answer func(dark bool)) *Reader {
	return &Reader{src: src, answer: answer}
}

// File is a Reader that is still a file, so that Bubble Tea can set its
// terminal to raw mode and interrupt a pending read.
type File struct {
	*os.File
	keys *Reader
}

// NewFile is NewReader for a terminal's own file.
func NewFile(f *os.File, answer func(dark bool)) *File {
	return &File{File: f, keys: NewReader(f, answer)}
}

// Read reads keys.
func (f *File) Read(p []byte) (int, error) { return f.keys.Read(p) }
