// Package prompt asks a person line by line, with nothing but text: on a
// terminal of any kind, through a screen reader, or from a file. It knows
// neither the service nor a language.
package prompt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxLine is the longest answer, in bytes; the rest of the line is lost.
const maxLine = 4096

// Prompt asks. In is read no further than the line that is wanted, so that
// several may read from it in turn. Answers end with io.EOF where there are no
// more of them, and with the error of the context when that ends.
type Prompt struct {
	In  io.Reader
	Out io.Writer
	// Hidden reads one line without showing it, and calls ask when nothing that
	// is typed shows any more; nil where nothing shows it.
	Hidden func(ctx context.Context, ask func()) (string, error)
}

// Line asks for one line, shown as it is typed.
func (p Prompt) Line(ctx context.Context, label string) (string, error) {
	fmt.Fprint(p.Out, label+": ")
	return ReadLine(ctx, p.In)
}

// Secret asks for one line that is not shown.
func (p Prompt) Secret(ctx context.Context, label string) (string, error) {
	if p.Hidden == nil {
		return p.Line(ctx, label)
	}
	text, err := p.Hidden(ctx, func() { fmt.Fprint(p.Out, label+": ") })
	fmt.Fprintln(p.Out) // the person's own line end was not shown either
	return text, err
}

// ReadLine reads to the end of a line and not a byte further. A last line
// without an end is a line.
func ReadLine(ctx context.Context, in io.Reader) (string, error) {
	return Within(ctx, func() (string, error) {
		var line strings.Builder
		one := make([]byte, 1)
		for {
			n, err := in.Read(one)
			if n == 1 && one[0] == '\n' {
				return strings.TrimSuffix(line.String(), "\r"), nil
			}
			if n == 1 && line.Len() < maxLine {
				line.WriteByte(one[0])
			}
			if errors.Is(err, io.EOF) && line.Len() > 0 {
				return line.String(), nil
			}
			if err != nil {
				return "", err
			}
		}
	})
}

// Within runs a read that nothing can interrupt and leaves it when ctx ends.
func Within(ctx context.Context, read func() (string, error)) (string, error) {
	type answer struct {
		text string
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		text, err := read()
		got <- answer{text, err}
	}()
	select {
	case a := <-got:
		return a.text, a.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
