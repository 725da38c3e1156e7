package app

import (
	"context"
	"errors"
	"time"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
)

// status is the one place where errors show.
type status struct {
	err    error
	again  string    // message id of what to do
	from   int       // the page it is about
	until  time.Time // a limit that is over then; zero without one
	notice string
}

// failed is the status after an error.
func failed(e env, err error, again string, from int) status {
	s := status{err: err, again: again, from: from}
	var m *marquee.Error
	if errors.As(err, &m) && m.RetryAfter > 0 && m.Code == marquee.CodeTooManyRequests {
		s.until = e.now().Add(m.RetryAfter)
	}
	return s
}

// text is what the line says, "" for nothing.
func (s status) text(e env) string {
	if s.err == nil {
		return s.notice
	}
	text := errorText(e, s.err)
	if left := s.until.Sub(e.now()); left > 0 {
		return text + " " + e.say.T("tui.wait", "Seconds", seconds(left))
	}
	// The same again would be wrong again: there the sentence is enough.
	if s.again != "" && !marquee.IsCode(s.err, marquee.CodeWrongCredentials) && !marquee.IsCode(s.err, marquee.CodeStepUpRefused) {
		text += " " + e.say.T(s.again, "Key", againKey(e, s.again))
	}
	return text
}

// note shows a status and keeps what it says. A key in vain is not passed over
// because something does not load either.
func (m Model) note(s status) Model {
	if m.status.inVain() && s.passing() {
		return m
	}
	m.status = s
	text := s.notice
	if s.err != nil {
		text = errorText(m.env, s.err)
	}
	if m.link.away && serverAway(s.err) {
		return m // that it is away was kept when it went
	}
	m.log = m.log.add(m.env.now(), text, s.err != nil)
	return m
}

// counting reports whether the text changes with the time.
func (s status) counting(e env) bool { return s.err != nil && s.until.After(e.now()) }

// againKey is the key that a sentence about trying again names.
func againKey(e env, again string) string {
	switch again {
	case "tui.again.refresh":
		return firstKey(e.keys.refresh)
	case "tui.again.made_sign_in":
		return firstKey(e.keys.back)
	}
	return firstKey(e.keys.submit)
}

// passing reports an error of loading that the root's tries will mend.
func (s status) passing() bool { return s.again == "tui.again.refresh" && serverAway(s.err) }

// inVain reports a key that did nothing because the server was away.
func (s status) inVain() bool {
	return (s.again == "tui.again.key" || s.from == nowhere) && serverAway(s.err)
}

// seconds rounds up, so that the last second reads 1 and not 0.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

// errorText is the sentence about an error, in the person's language. What
// went wrong inside is never shown; a sentence of the server's only where we
// have none for its code.
func errorText(e env, err error) string {
	var spoken Spoken
	if errors.As(err, &spoken) {
		return cells.CleanLabel(spoken.In(e.say), 400)
	}
	code := marquee.ErrorCode(err)
	if errors.Is(err, context.DeadlineExceeded) {
		code = marquee.CodeServerUnreachable // what it has done is not known, as it is after CodeTimeout
	}
	if s, ok := e.say.Find("error." + string(code)); ok {
		return s
	}
	var m *marquee.Error
	if errors.As(err, &m) && m.Detail != "" {
		return cells.CleanLabel(m.Detail, 300)
	}
	return e.say.T("error.internal")
}

// fieldsOf are the fields that err is about.
func fieldsOf(err error) []marquee.FieldError {
	var m *marquee.Error
	if !errors.As(err, &m) {
		return nil
	}
	if len(m.Fields) > 0 {
		return m.Fields
	}
	switch m.Code {
	case marquee.CodeUsernameTaken:
		return []marquee.FieldError{{Field: "username", Code: marquee.FieldTaken}}
	case marquee.CodeEmailTaken:
		return []marquee.FieldError{{Field: "email", Code: marquee.FieldTaken}}
	}
	return nil
}

// sessionEnded reports errors after which one has to sign in again.
func sessionEnded(err error) bool {
	return marquee.IsCode(err, marquee.CodeInvalidToken) || marquee.IsCode(err, marquee.CodeUnauthenticated)
}

// serverAway reports errors that pass by themselves.
func serverAway(err error) bool {
	switch marquee.ErrorCode(err) {
	case marquee.CodeServerUnreachable, marquee.CodeUnavailable, marquee.CodeTimeout:
		return true
	}
	return errors.Is(err, context.DeadlineExceeded)
}
