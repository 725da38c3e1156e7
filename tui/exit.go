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
)

// How the program ends, for scripts.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitNotFound    = 3
	exitSignIn      = 4
	exitUnavailable = 5
	exitInterrupted = 130
)

var (
	errNoTerminal   = errors.New("command.no_terminal")
	errPostgresHere = errors.New("command.postgres_here")
)

// usageError is a mistake in how the program was called or set up.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

// fileError is what is wrong with a file.
type fileError struct {
	path string
	error
}

func (f fileError) Unwrap() error { return f.error }

// report prints one line for a person and returns how to end.
func report(w io.Writer, say *lang.Messages, err error) int {
	if errors.Is(err, tea.ErrInterrupted) || errors.Is(err, context.Canceled) || errors.Is(err, tea.ErrProgramKilled) {
		return exitInterrupted
	}
	fmt.Fprintln(w, "marquee:", marquee.CleanText(sentence(say, err), 0))
	var usage usageError
	if errors.As(err, &usage) {
		return exitUsage
	}
	switch marquee.ErrorCode(err) {
	case marquee.CodeNotFound:
		return exitNotFound
	case marquee.CodeUnauthenticated, marquee.CodeInvalidToken:
		return exitSignIn
	case marquee.CodeUnavailable, marquee.CodeServerUnreachable, marquee.CodeTimeout, marquee.CodeTooManyRequests:
		return exitUnavailable
	}
	return exitFailed
}

// sentence says an error in the person's language as far as it has a sentence.
func sentence(say *lang.Messages, err error) string {
	var setting *config.Error
	if errors.As(err, &setting) {
		return setting.Say(say)
	}
	var file fileError
	if errors.As(err, &file) {
		return file.path + ": " + sentence(say, file.error)
	}
	var e *marquee.Error
	if errors.As(err, &e) {
		if e.Detail != "" {
			return e.Detail
		}
		return say.T("error." + string(e.Code))
	}
	if s, ok := say.Find(err.Error()); ok {
		return s
	}
	return err.Error()
}
