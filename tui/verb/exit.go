package verb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

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
	var m mistake
	if errors.As(err, &m) {
		return m.in(say)
	}
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
