package app

import (
	"example.com/marquee/tui/app/cells"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// confirm asks before what cannot be undone; the focus is on "cancel" first.
type confirm struct {
	question string // message id
	form     form
	about    any // what is asked about, for whoever asked
}

// verdict is what a person answered.
type verdict int

// The verdicts.
const (
	unanswered verdict = iota
	refused
	agreed
)

func newConfirm(question, yes string, about any) confirm {
	return confirm{question, form{actions: []string{actCancel, yes}}, about}
}

// withForm returns the question with the focus of its answers changed by do;
// nil for nil.
func (c *confirm) withForm(do func(form) form) *confirm {
	if c == nil {
		return nil
	}
	next := *c
	next.form = do(c.form)
	return &next
}

func (c confirm) keys(e env) []key.Binding {
	return []key.Binding{e.keys.submit, e.keys.next, e.keys.back, e.keys.previous}
}

func (c confirm) key(e env, msg tea.KeyMsg) (confirm, verdict) {
	switch k := e.keys; {
	case key.Matches(msg, k.back):
		return c, refused
	case key.Matches(msg, k.submit) && c.form.action() == actCancel:
		return c, refused
	case key.Matches(msg, k.submit):
		return c, agreed
	default:
		c.form = c.form.press(k, msg)
	}
	return c, unanswered
}

// view draws the question and its answers as lines of at most width cells.
func (c confirm) view(e env, width int) []string {
	var lines []string
	for _, line := range cells.Wrap(e.say.T(c.question), width) {
		lines = append(lines, e.theme.Heading.Render(line))
	}
	return append(lines, c.form.viewActions(e, width)...)
}
