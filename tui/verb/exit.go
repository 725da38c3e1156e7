package verb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

// How a command ends, for scripts.
const (
	ExitOK          = 0
	ExitFailed      = 1
	ExitUsage       = 2
	ExitNotFound    = 3
	ExitSignIn      = 4
	ExitUnavailable = 5
	ExitInterrupted = 130
)

// UsageError is a mistake in how a command was called or set up.
type UsageError struct{ Err error }

// Error implements error.
func (u UsageError) Error() string { return u.Err.Error() }

// Unwrap returns what the mistake is.
func (u UsageError) Unwrap() error { return u.Err }

// Usage makes a UsageError of a message id.
func Usage(id string) error { return UsageError{errors.New(id)} }

// Report prints one line for a person and returns how to end. An interrupted
// command says nothing: who pressed ctrl+c knows.
func Report(w io.Writer, say *lang.Messages, err error) int {
	code := ExitCode(err)
	if code != ExitOK && code != ExitInterrupted {
		fmt.Fprintln(w, "marquee:", marquee.CleanText(Sentence(say, err), 0))
	}
	return code
}

// ExitCode returns how to end after err.
func ExitCode(err error) int {
	if err == nil {
		return ExitOK
	}
	if errors.Is(err, context.Canceled) {
		return ExitInterrupted
	}
	var usage UsageError
	if errors.As(err, &usage) {
		return ExitUsage
	}
	switch marquee.ErrorCode(err) {
	case marquee.CodeNotFound:
		return ExitNotFound
	case marquee.CodeUnauthenticated, marquee.CodeInvalidToken, marquee.CodeMFARequired:
		return ExitSignIn
	case marquee.CodeUnavailable, marquee.CodeServerUnreachable, marquee.CodeTimeout, marquee.CodeTooManyRequests:
		return ExitUnavailable
	}
	return ExitFailed
}

// Sentence says an error in the person's language as far as it has one, with
// what is wrong with each field.
func Sentence(say *lang.Messages, err error) string {
	var e *marquee.Error
	if !errors.As(err, &e) {
		if s, ok := say.Find(err.Error()); ok {
			return s
		}
		return err.Error()
	}
	text := e.Detail
	if text == "" {
		text = say.T("error." + string(e.Code))
	}
	for _, f := range e.Fields {
		detail := f.Detail
		if detail == "" {
			detail = say.T("field."+f.Code, "Limit", f.Limit)
		}
		if !strings.Contains(text, detail) {
			label, known := say.Find("tui.field." + f.Field)
			if !known {
				label = f.Field
			}
			text += " " + label + ": " + detail
		}
	}
	return text
}

// NoArguments refuses any, as a mistake in the call.
func NoArguments(cmd *cobra.Command, args []string) error {
	return asUsage(cobra.NoArgs(cmd, args))
}

// Exactly wants n arguments.
func Exactly(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error { return asUsage(cobra.ExactArgs(n)(cmd, args)) }
}

// AtMost takes up to n arguments.
func AtMost(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error { return asUsage(cobra.MaximumNArgs(n)(cmd, args)) }
}

func atLeast(n int) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error { return asUsage(cobra.MinimumNArgs(n)(cmd, args)) }
}

func asUsage(err error) error {
	if err != nil {
		return UsageError{err}
	}
	return nil
}
