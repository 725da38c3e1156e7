package app

import (
	"encoding/base64"
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

const (
	// copyMost is how many bytes are copied; some terminals take no more.
	copyMost = 8 << 10
	// copyFor is how long the request stays part of what is drawn: the
	// renderer writes it once, with the first frame that has it.
	copyFor = time.Second
)

// copied is text on its way to the terminal's clipboard.
type copied struct {
	gen  int
	text string
}

type copyDone struct{ gen int }

// copy asks the terminal to take text into its clipboard (OSC 52). It goes
// out with the next frame, so that it never cuts into one, here or over SSH.
// Whether the terminal does it nobody can know; the text is shown as well.
func (m Model) copy(text string) (Model, tea.Cmd) {
	text = label(text, copyMost)
	if text == "" || len(text) > copyMost {
		return m, nil
	}
	m.copied = copied{m.copied.gen + 1, text}
	m = m.note(status{notice: m.env.say.T("pages.copied", "Text", text)})
	gen := m.copied.gen
	return m, m.env.tick(copyFor, func(time.Time) tea.Msg { return copyDone{gen} })
}

// sequence is what the terminal reads, "" for nothing.
func (c copied) sequence() string {
	if c.text == "" {
		return ""
	}
	return "\x1b]52;c;" + base64.StdEncoding.EncodeToString([]byte(c.text)) + "\a"
}
