package app

import (
	"time"

	"example.com/marquee/tui/app/cells"
)

// logMost is how many messages are kept.
const logMost = 200

// logged is something that was said in the status line.
type logged struct {
	at   time.Time
	text string
	bad  bool
	n    int // how often in a row
}

// messageLog keeps what was said, so that it can be read again.
type messageLog []logged

// add appends a message; the same again is counted.
func (l messageLog) add(at time.Time, text string, bad bool) messageLog {
	if text == "" {
		return l
	}
	out := append(messageLog(nil), l...)
	if n := len(out); n > 0 && out[n-1].text == text {
		out[n-1].n++
		out[n-1].at = at
		return out
	}
	out = append(out, logged{at, text, bad, 1})
	return out[max(0, len(out)-logMost):]
}

// label is text from outside, clean, of at most limit characters.
func label(s string, limit int) string { return cells.CleanLabel(s, limit) }
