package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	tea "github.com/charmbracelet/bubbletea"

	"example.com/marquee/backend/config"
	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app"
	"example.com/marquee/tui/credentials"
	"example.com/marquee/tui/verb"
)

var (
	errNoTerminal   = errors.New("command.no_terminal")
	errPostgresHere = errors.New("command.postgres_here")
)

// fileError is what is wrong with a file.
type fileError struct {
	path string
	error
}

func (f fileError) Unwrap() error { return f.error }

// report prints one line for a person and returns how to end.
func report(w io.Writer, say *lang.Messages, err error) int {
	if errors.Is(err, tea.ErrInterrupted) || errors.Is(err, context.Canceled) || errors.Is(err, tea.ErrProgramKilled) {
		return verb.ExitInterrupted
	}
	fmt.Fprintln(w, "marquee:", marquee.CleanText(sentence(say, err), 0))
	if errors.Is(err, credentials.ErrNoAccount) {
		return verb.ExitSignIn
	}
	return verb.ExitCode(err)
}

// sentence says an error in the person's language as far as it has a sentence.
func sentence(say *lang.Messages, err error) string {
	var spoken app.Spoken
	if errors.As(err, &spoken) {
		return spoken.In(say)
	}
	var setting *config.Error
	if errors.As(err, &setting) {
		return setting.Say(say)
	}
	var file fileError
	if errors.As(err, &file) {
		return file.path + ": " + sentence(say, file.error)
	}
	return verb.Sentence(say, err)
}
