package main

import (
	"context"
	"os"

	"golang.org/x/term"

	"example.com/marquee/tui/prompt"
)

// newPrompt asks on this process's terminal; out is where questions go.
func newPrompt(out *os.File) prompt.Prompt {
	p := prompt.Prompt{In: os.Stdin, Out: out}
	if isTerminal(os.Stdin) {
		p.Hidden = readHidden
	}
	return p
}

// readHidden reads a line without echo. When ctx ends, as by ctrl+c, the
// terminal shows again what is typed.
func readHidden(ctx context.Context) (string, error) {
	fd := int(os.Stdin.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	text, err := prompt.Within(ctx, func() (string, error) {
		b, err := term.ReadPassword(fd)
		return string(b), err
	})
	if ctx.Err() != nil {
		_ = term.Restore(fd, before)
	}
	return text, err
}
