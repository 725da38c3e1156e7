package app

import (
	"slices"
	"time"

	"example.com/marquee/tui/app/cells"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
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

// messagesPage shows what was said, the newest first.
type messagesPage struct {
	size Size
	log  messageLog
	top  int
}

func (m Model) openMessages() Model {
	m.over = messagesPage{log: m.log}.setSize(m.bodySize())
	return m
}

func (p messagesPage) init(env) (page, tea.Cmd) { return p, nil }
func (p messagesPage) setSize(size Size) page   { p.size = size; return p }
func (p messagesPage) title(e env) string       { return e.say.T("pages.title.messages") }
func (p messagesPage) typing() bool             { return false }
func (p messagesPage) keys(e env) []key.Binding {
	return []key.Binding{e.keys.back, e.keys.up, e.keys.down, e.keys.pageUp, e.keys.pageDown, e.keys.first, e.keys.last}
}

func (p messagesPage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	pressed, ok := msg.(tea.KeyMsg)
	if !ok {
		return p, nil, nil
	}
	if key.Matches(pressed, e.keys.back, e.keys.left, e.keys.messages) {
		return p, goBack{}, nil
	}
	p.top, _ = scrollKey(e, pressed, p.top, max(0, len(p.lines(e))-p.size.Height), p.size.Height)
	return p, nil, nil
}

func (p messagesPage) lines(e env) []string {
	if len(p.log) == 0 {
		return []string{e.theme.Faint.Render(cells.Truncate(e.say.T("pages.messages.none"), p.size.Width-4))}
	}
	width := textWidth(p.size)
	const clock = len("15:04:05")
	var lines []string
	for _, m := range slices.Backward(p.log) {
		text, style := m.text, e.theme.Text
		if m.bad {
			text, style = "! "+text, e.theme.Bad
		}
		if m.n > 1 {
			text += " " + e.say.T("tui.film.times", "N", e.count(m.n))
		}
		at := local(e, m.at).Format(time.TimeOnly)
		for _, line := range cells.Wrap(text, max(1, width-clock-2)) {
			lines = append(lines, e.theme.Faint.Render(cells.Fit(at, clock))+"  "+style.Render(line))
			at = ""
		}
	}
	return lines
}

func (p messagesPage) view(e env) string {
	return viewScrolled(e, p.lines(e), p.top, p.size)
}
