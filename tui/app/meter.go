package app

import (
	"slices"
	"strconv"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
	tea "github.com/charmbracelet/bubbletea"
)

// meter shows how strong a new password is while it is typed, by the rules of
// the server. Judging is work that a command does, one at a time: what is
// typed meanwhile is judged after it.
type meter struct {
	rules marquee.PasswordRules
	field string              // of the form, that has the password
	own   func(form) []string // what the account is called

	typed []string // the password and own
	gen   int      // of typed
	busy  bool     // a command is under way
	known bool     // shown is of typed
	shown marquee.Strength
}

// measured answers how strong what was typed is; no server was asked.
type measured struct {
	reply
	strength marquee.Strength
}

func (a api) measure(gen int, rules marquee.PasswordRules, typed []string) tea.Cmd {
	return func() tea.Msg {
		return measured{reply{to: a.page, gen: gen}, rules.Measure(typed[0], typed[1:]...)}
	}
}

// withNewPassword adds a new password with a meter, and its repetition.
func (f form) withNewPassword(name string, rules marquee.PasswordRules, own func(form) []string) form {
	f.meter = meter{rules: rules, field: name, own: own}
	f.fields = append(f.fields,
		newField(name, true, func(f form) *marquee.FieldError { return f.meter.problem(f) }),
		newField("repeat", true, func(f form) *marquee.FieldError {
			if marquee.NormalPassword(f.value("repeat")) != marquee.NormalPassword(f.value(name)) {
				return &marquee.FieldError{Field: "repeat", Code: marquee.FieldMismatch}
			}
			return nil
		}))
	return f
}

// problem is why the password is refused. As long as it is being judged, only
// its length and the like are known.
func (m meter) problem(f form) *marquee.FieldError {
	if m.known {
		return m.shown.Problem
	}
	return m.rules.Bounds().Check(f.value(m.field), m.own(f)...)
}

// measure has what is typed now judged, unless it was or is.
func (f form) measure(a api) (form, tea.Cmd) {
	m := &f.meter
	if m.rules.Judge == nil {
		return f, nil
	}
	typed := append([]string{f.value(m.field)}, m.own(f)...)
	if slices.Equal(typed, m.typed) {
		return f, nil
	}
	m.typed, m.known = typed, false
	m.gen++
	return f.judge(a)
}

func (f form) judge(a api) (form, tea.Cmd) {
	m := &f.meter
	switch {
	case m.typed[0] == "":
		m.shown = marquee.Strength{}
		return f.recheck(), nil
	case m.busy:
		return f, nil
	}
	m.busy = true
	return f, a.measure(m.gen, m.rules, m.typed)
}

// measured takes an answer. A password that was left before it came is told
// what is wrong with it now.
func (f form) measured(a api, msg measured) (form, tea.Cmd) {
	m := &f.meter
	m.busy = false
	if msg.gen != m.gen {
		return f.judge(a)
	}
	m.known, m.shown = true, msg.strength
	return f.recheck(), nil
}

// recheck looks again at a password that has been left, or has a problem.
func (f form) recheck() form {
	for i, fd := range f.fields {
		if fd.name == f.meter.field && (fd.problem != nil || i != f.focus && fd.value() != "") {
			f = f.checkField(i)
		}
	}
	return f
}

// metered reports whether the meter stands below a field: in place of the
// empty line, so that nothing moves when it comes.
func (f form) metered(fd field) bool { return fd.name == f.meter.field && f.meter.shown.Level > 0 }

// view draws a bar and a word and, unless it is told already, why it is not a
// better one where there is room for that.
func (m meter) view(e env, width int, told bool) string {
	level := int(m.shown.Level)
	bar, style := 4, e.theme.Accent
	if width >= 48 {
		bar = 12
	}
	if m.shown.Problem == nil {
		style = e.theme.Good
	}
	full, empty := cells.Bar(float64(level), float64(marquee.Strong), bar)
	line := style.Render(full) + e.theme.Faint.Render(empty) + " " + e.theme.Text.Render(e.say.T("strength."+strconv.Itoa(level)))
	if p := m.shown.Problem; p != nil && !told {
		why, ok := e.say.Find("strength."+p.Code, "Limit", p.Limit)
		if why = e.theme.Faint.Render(": " + why); ok && cells.Width(line+why) <= width {
			line += why
		}
	}
	return cells.Truncate(line, width)
}
