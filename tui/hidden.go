package main

import (
	"context"
	"os"
	"time"

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

// echoPatience is how long a question waits for the terminal to show nothing.
const echoPatience = time.Second

// readHidden reads a line without echo, and asks once that is off: whoever
// answers at once would see the beginning. When ctx ends, as by ctrl+c, the
// terminal shows again what is typed.
func readHidden(ctx context.Context, ask func()) (string, error) {
	fd := int(os.Stdin.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return "", err
	}
	text, err := prompt.Within(ctx, func() (string, error) {
		answered, asked := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(asked)
			awaitChange(fd, before, answered)
			ask()
		}()
		b, err := term.ReadPassword(fd)
		close(answered)
		<-asked
		return string(b), err
	})
	if ctx.Err() != nil {
		_ = term.Restore(fd, before)
	}
	return text, err
}

// awaitChange waits until the terminal's state is another; for a moment only,
// since it may have shown nothing before.
func awaitChange(fd int, before *term.State, answered <-chan struct{}) {
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for late := time.After(echoPatience); ; {
		now, err := term.GetState(fd)
		if err != nil || *now != *before {
			return
		}
		select {
		case <-look.C:
		case <-answered:
			return
		case <-late:
			return
		}
	}
}
