package app

import (
	"strings"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
	"github.com/charmbracelet/bubbles/cursor"
	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"
)

// maxTyped is how many characters a field takes; the rules refuse far less.
const maxTyped = 512

// field is one line that a person fills in.
type field struct {
	name    string // as the API calls it; its label is "tui.field.<name>"
	input   *textinput.Model
	check   func(form) *marquee.FieldError // nil: nothing to check
	problem *marquee.FieldError
	from    int      // the first character that shows of a text that is too long
	choices []choice // one of these instead of text, when not nil
	chosen  int
}

// choice is one value that a field may have.
type choice struct{ value, label string }

// newChoice makes a field with a value to choose; one that is not among the
// choices counts as the first.
func newChoice(name, value string, choices []choice) field {
	f := newField(name, false, nil)
	f.choices = choices
	for i, c := range choices {
		if c.value == value {
			f.chosen = i
		}
	}
	return f
}

// value is what is typed or chosen.
func (f field) value() string {
	if f.choices != nil {
		return f.choices[f.chosen].value
	}
	return f.input.Value()
}

// choose takes a key: arrows go round, a letter goes to the next choice that
// begins with it.
func (f field) choose(msg tea.KeyMsg) field {
	n := len(f.choices)
	switch {
	case msg.Type == tea.KeyRight || msg.Type == tea.KeySpace:
		f.chosen = (f.chosen + 1) % n
	case msg.Type == tea.KeyLeft:
		f.chosen = (f.chosen + n - 1) % n
	case msg.Type == tea.KeyRunes:
		for i := 1; i <= n; i++ {
			at := (f.chosen + i) % n
			if strings.HasPrefix(marquee.FoldName(f.choices[at].label), marquee.FoldName(string(msg.Runes))) {
				f.chosen = at
				break
			}
		}
	}
	return f
}

// point takes a click on what is typed or chosen.
func (f field) point(at pointed) field {
	switch {
	case f.choices != nil && at.x < cells.Width(choiceLeft):
		return f.choose(tea.KeyMsg{Type: tea.KeyLeft})
	case f.choices != nil:
		return f.choose(tea.KeyMsg{Type: tea.KeyRight})
	}
	shown := windowOf(f.input, f.from, at.width)
	f.from = shown.from
	in := *f.input
	in.SetCursor(shown.at(at.x))
	f.input = &in
	return f
}

// The arrows of a choice.
const choiceLeft, choiceRight = "◂ ", " ▸"

// choiceWidth is how many cells the widest of the choices takes between its
// arrows; 0 where there are none.
func (f field) choiceWidth() (widest int) {
	for _, c := range f.choices {
		widest = max(widest, cells.Width(choiceLeft+choiceLabel(c)+choiceRight))
	}
	return widest
}

func choiceLabel(c choice) string { return cells.CleanLabel(c.label, 64) }

// viewChoice draws a choice in exactly width cells.
func viewChoice(e env, f field, width int, focused bool) string {
	label := choiceLabel(f.choices[f.chosen])
	if !focused {
		return e.theme.Text.Render(cells.Fit("  "+label, width))
	}
	label = cells.Truncate(label, width-4)
	return cells.Fit(e.theme.Accent.Render(choiceLeft)+e.theme.Selected.Render(label)+e.theme.Accent.Render(choiceRight), width)
}

// newField makes an empty field; secret ones show asterisks.
func newField(name string, secret bool, check func(form) *marquee.FieldError) field {
	in := newInput()
	if secret {
		in.EchoMode = textinput.EchoPassword
	}
	return field{name: name, input: in, check: check}
}

// newInput makes a text input without a blinking cursor, which would redraw
// the screen for ever, and without reading a clipboard: a terminal pastes by
// itself, and over SSH it would be the server's.
func newInput() *textinput.Model {
	in := textinput.New()
	in.Prompt = ""
	in.CharLimit = maxTyped
	in.Cursor.SetMode(cursor.CursorStatic)
	in.KeyMap.Paste.SetEnabled(false)
	return &in
}

// typeInto gives a key to a copy of an input. Pasted text is cleaned as text
// from outside.
func typeInto(was *textinput.Model, msg tea.KeyMsg) *textinput.Model {
	if msg.Alt && msg.Type == tea.KeyRunes && !isEditing(was, msg) {
		return was
	}
	in := *was
	if msg.Paste {
		msg.Runes = []rune(strings.TrimRight(string(msg.Runes), "\r\n"))
	}
	if msg.Type == tea.KeyRunes && in.EchoMode == textinput.EchoNormal {
		msg.Runes = []rune(marquee.CleanText(string(msg.Runes), in.CharLimit))
	}
	in.Focus() // an input without focus takes no keys; the form knows who has it
	in, _ = in.Update(msg)
	return &in
}

// isEditing reports alt keys that move in the text (alt+f, alt+b, alt+d).
func isEditing(in *textinput.Model, msg tea.KeyMsg) bool {
	return key.Matches(msg, in.KeyMap.WordForward, in.KeyMap.WordBackward, in.KeyMap.DeleteWordForward)
}
