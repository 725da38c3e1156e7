package app

import (
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
	"github.com/charmbracelet/bubbles/textinput"
)

// inputWindow is the part of an input's text that shows.
type inputWindow struct {
	text     []rune // as it is drawn: a secret is asterisks
	from, to int
	pos      int // of the caret
}

// windowOf is what fits of an input into width cells, one of which is the
// caret's where it stands behind the text. It begins at from unless the caret
// would not show then.
func windowOf(in *textinput.Model, from, width int) inputWindow {
	w := inputWindow{text: []rune(marquee.CleanText(in.Value(), 0)), pos: in.Position()} // it may be the server's
	if in.EchoMode == textinput.EchoPassword {
		for i := range w.text {
			w.text[i] = in.EchoCharacter
		}
	}
	w.pos = min(w.pos, len(w.text))
	room := width - 1
	if w.pos < len(w.text) {
		room = width - cells.Width(string(w.text[w.pos]))
	}
	least := w.pos // the first character from which the caret shows
	for ; least > 0; least-- {
		if room -= cells.Width(string(w.text[least-1])); room < 0 {
			break
		}
	}
	w.from = min(max(from, least), w.pos)
	if least == 0 && w.fits(0, width-1) {
		w.from = 0
	}
	w.to = w.from
	for room = width; w.to < len(w.text); w.to++ {
		if room -= cells.Width(string(w.text[w.to])); room < 0 {
			break
		}
	}
	return w
}

// fits reports whether the text from a character on takes no more than so many
// cells.
func (w inputWindow) fits(from, width int) bool {
	for _, r := range w.text[from:] {
		if width -= cells.Width(string(r)); width < 0 {
			return false
		}
	}
	return true
}

// at is the place in the text of a cell that shows; beyond the text its end.
func (w inputWindow) at(x int) int {
	for i := w.from; i < w.to; i++ {
		if x -= cells.Width(string(w.text[i])); x < 0 {
			return i
		}
	}
	return w.to
}

// viewInput draws an input in exactly width cells.
func viewInput(e env, in *textinput.Model, from, width int, focused bool) string {
	w := windowOf(in, from, width)
	if !focused {
		return cells.Fit(e.theme.Text.Render(string(w.text[w.from:w.to])), width)
	}
	under, rest := " ", ""
	if w.pos < w.to {
		under, rest = string(w.text[w.pos]), string(w.text[w.pos+1:w.to])
	}
	return cells.Fit(e.theme.Text.Render(string(w.text[w.from:w.pos]))+e.theme.Cursor.Render(under)+e.theme.Text.Render(rest), width)
}
