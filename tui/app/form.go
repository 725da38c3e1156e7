package app

import (
	"strings"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// form is some fields and, below them, some actions; one has the focus.
type form struct {
	fields  []field
	actions []string // message ids
	focus   int
	meter   meter // of the new password; the zero meter where there is none
}

func (f form) value(name string) string {
	for _, fd := range f.fields {
		if fd.name == name {
			return fd.value()
		}
	}
	return ""
}

// with returns the form with one field's text replaced.
func (f form) with(name, value string) form {
	f.fields = append([]field(nil), f.fields...)
	for i := range f.fields {
		if f.fields[i].name == name {
			in := *f.fields[i].input
			in.SetValue(value)
			f.fields[i].input = &in
		}
	}
	return f
}

// onField reports whether a field has the focus, so that characters are text.
func (f form) onField() bool { return f.focus < len(f.fields) }

// action returns the action under the focus, "" on a field.
func (f form) action() string {
	if f.onField() {
		return ""
	}
	return f.actions[f.focus-len(f.fields)]
}

// move moves the focus round; the field that is left is checked, unless it
// was never filled in.
func (f form) move(by int) form {
	if f.onField() && f.fields[f.focus].input.Value() != "" {
		f = f.checkField(f.focus)
	}
	n := len(f.fields) + len(f.actions)
	f.focus = (f.focus + by + n) % n
	return f
}

// point takes a click: the focus goes there, the caret to the character that was
// hit, and of a choice the next or, at its left arrow, the one before is taken.
func (f form) point(at pointed) form {
	to := at.index
	if at.part == onAction {
		to += len(f.fields)
	}
	if to >= len(f.fields)+len(f.actions) {
		return f
	}
	if to != f.focus {
		f = f.move(to - f.focus)
	}
	if at.part != onValue {
		return f
	}
	f.fields = append([]field(nil), f.fields...)
	f.fields[to] = f.fields[to].point(at)
	return f
}

func (f form) checkField(i int) form {
	f.fields = append([]field(nil), f.fields...)
	f.fields[i].problem = nil
	if check := f.fields[i].check; check != nil {
		f.fields[i].problem = check(f)
	}
	return f
}

// checkAll checks every field and puts the focus on the first refused one.
func (f form) checkAll() (form, bool) {
	for i := range f.fields {
		f = f.checkField(i)
	}
	return f.toProblem()
}

// refuse puts what the server said at the fields it named. It reports whether
// any of them is here.
func (f form) refuse(problems []marquee.FieldError) (form, bool) {
	f.fields = append([]field(nil), f.fields...)
	for i := range f.fields {
		for _, p := range problems {
			if p.Field == f.fields[i].name {
				f.fields[i].problem = &p
			}
		}
	}
	f, ok := f.toProblem()
	return f, !ok
}

func (f form) toProblem() (form, bool) {
	for i, fd := range f.fields {
		if fd.problem != nil {
			f.focus = i
			return f, false
		}
	}
	return f, true
}

// press takes a key that the form's page has no other use for: it moves the
// focus, or goes to the field under it. On an action arrows move as well.
func (f form) press(k *keyMap, msg tea.KeyMsg) form {
	turn, onAction := arrow(k, msg), !f.onField()
	switch {
	case key.Matches(msg, k.next), onAction && (key.Matches(msg, k.down) || turn.Type == tea.KeyRight):
		return f.move(1)
	case key.Matches(msg, k.previous), onAction && (key.Matches(msg, k.up) || turn.Type == tea.KeyLeft):
		return f.move(-1)
	}
	return f.key(turn)
}

// key gives a key to the field under the focus. A problem that is shown is
// looked at again with each change.
func (f form) key(msg tea.KeyMsg) form {
	if !f.onField() {
		return f
	}
	f.fields = append([]field(nil), f.fields...)
	fd := &f.fields[f.focus]
	if fd.choices != nil {
		*fd = fd.choose(msg)
		return f
	}
	fd.input = typeInto(fd.input, msg)
	fd.from = min(fd.from, fd.input.Position())
	if fd.problem != nil {
		return f.checkField(f.focus)
	}
	return f
}

// view draws the form in size, scrolled so that the focus is visible. With
// room enough labels stand above the fields, else beside them.
func (f form) view(e env, size Size) []string {
	lines, at, until := f.lines(e, size.Height >= 3*len(f.fields)+2, size.Width)
	return scrollTo(lines, at, until, size.Height)
}

// lines draws all of the form; the focus is from at to until-1.
func (f form) lines(e env, roomy bool, width int) (lines []string, at, until int) {
	for i, fd := range f.fields {
		if i == f.focus {
			at = len(lines)
		}
		lines = append(lines, f.viewField(e, i, roomy, width)...)
		if i == f.focus {
			until = len(lines)
		}
		if roomy && fd.problem == nil && !f.metered(fd) {
			lines = append(lines, "")
		}
	}
	if !f.onField() {
		at = len(lines)
	}
	lines = append(lines, f.viewActions(e, width)...)
	if !f.onField() {
		until = len(lines)
	}
	return lines, at, until
}

func (f form) viewField(e env, i int, roomy bool, width int) []string {
	fd, focused := f.fields[i], i == f.focus
	label, mark := e.say.T("tui.field."+fd.name), "  "
	style := e.theme.Faint
	if focused {
		style, mark = e.theme.Accent, "▌ "
	}
	mark = style.Render(mark)
	var lines []string
	column := min(f.labelWidth(e), max(8, width/2-2))
	if roomy || fd.choiceWidth() > width-column-4 { // a choice that is cut is none
		lines = []string{e.zone(onLabel, i, "  "+style.Render(cells.Truncate(label, width-2))),
			mark + e.zone(onValue, i, viewValue(e, fd, width-2, focused))}
	} else {
		lines = []string{e.zone(onLabel, i, mark+style.Render(cells.Fit(label, column))+"  ") +
			e.zone(onValue, i, viewValue(e, fd, width-column-4, focused))}
	}
	if f.metered(fd) {
		lines = append(lines, "  "+f.meter.view(e, width-2, fd.problem != nil))
	}
	if p := fieldText(e, fd.problem); p != "" {
		for _, line := range cells.Wrap("! "+p, width-2) {
			lines = append(lines, "  "+e.theme.Bad.Render(line))
		}
	}
	return lines
}

// viewValue draws what is typed or chosen in exactly width cells.
func viewValue(e env, fd field, width int, focused bool) string {
	if fd.choices != nil {
		return viewChoice(e, fd, width, focused)
	}
	return viewInput(e, fd.input, fd.from, width, focused)
}

func (f form) labelWidth(e env) (widest int) {
	for _, fd := range f.fields {
		widest = max(widest, cells.Width(e.say.T("tui.field."+fd.name)))
	}
	return widest
}

// viewActions draws the actions beside each other, or below each other when
// the width does not allow it.
func (f form) viewActions(e env, width int) []string {
	var parts []string
	total := 0
	for i, id := range f.actions {
		text := "[ " + e.say.T(id) + " ]"
		if len(f.fields)+i == f.focus {
			text = e.theme.Accent.Render("▌ ") + e.theme.Button.Render(text)
		} else {
			text = "  " + e.theme.Text.Render(text)
		}
		parts = append(parts, e.zone(onAction, i, text))
		total += cells.Width(text)
	}
	if total > width {
		return parts
	}
	return []string{strings.Join(parts, "")}
}

// scrollTo cuts lines to height so that those from at to until-1 are there.
func scrollTo(lines []string, at, until, height int) []string {
	from := scrollFrom(len(lines), at, until, height)
	return lines[from:min(len(lines), from+max(0, height))]
}

// scrollFrom is the first of n lines to show in height, so that those from at
// to until-1 are shown.
func scrollFrom(n, at, until, height int) int {
	if n <= height || height <= 0 {
		return 0
	}
	from := max(0, min(at, until-height))
	if until <= height {
		from = 0
	}
	from = min(max(from, until-height), at)
	return max(0, min(from, n-height))
}

// fieldText is the sentence about a refused field, "" for none.
func fieldText(e env, p *marquee.FieldError) string {
	if p == nil {
		return ""
	}
	if p.Limit > 0 || p.Code != marquee.FieldTooShort && p.Code != marquee.FieldTooLong {
		if s, ok := e.say.Find("field."+p.Code, "Limit", p.Limit); ok {
			return s
		}
	}
	if p.Detail != "" {
		return cells.CleanLabel(p.Detail, 200)
	}
	return e.say.T("error.invalid_input")
}
