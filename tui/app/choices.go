package app

import (
	"slices"

	"example.com/marquee/common/lang"
	"example.com/marquee/tui/theme"
	tea "github.com/charmbracelet/bubbletea"
)

// The settings that a person chooses on the pages, as the settings file calls
// them. Their values are "en" or "ko", a theme.Name, and whether the mouse is used.
const (
	SettingLanguage = "language"
	SettingTheme    = "theme"
	SettingMouse    = "mouse"
)

// actTheme goes on to the next theme.
const actTheme = "pages.action.theme"

// pickTheme asks for a theme.
type pickTheme struct{ name theme.Name }

// nextTheme is the one after the one that is shown.
func nextTheme(e env) theme.Name {
	all := theme.Names()
	return all[(slices.Index(all, e.theme.Name)+1)%len(all)]
}

// themeText names a theme as the one that is, or would be, used.
func themeText(e env, name theme.Name) string {
	return e.say.T(actTheme, "Name", e.say.T("pages.theme."+string(name)))
}

// wear changes the theme everywhere.
func (m Model) wear(name theme.Name) (Model, tea.Cmd) {
	other := m.env.theme.Named(name)
	m.env.theme = &other
	m.env.look++
	return m, m.keep(SettingTheme, name)
}

// speak changes the language everywhere.
func (m Model) speak(tag string) (Model, tea.Cmd) {
	m.env.say = lang.In(tag)
	m.env.keys = keysIn(m.env.say, m.opts.Keys)
	m.env.look++
	m, cmd := m.broadcast(pickLanguage{tag})
	tell := m.opts.SetLanguage
	if tell == nil {
		return m, tea.Batch(cmd, m.keep(SettingLanguage, tag))
	}
	return m, tea.Batch(cmd, m.keep(SettingLanguage, tag), func() tea.Msg { tell(tag); return nil })
}

// notKept says that a choice lasts only until the end of the program.
type notKept struct{ err error }

// keep keeps a choice for the next start.
func (m Model) keep(setting string, value any) tea.Cmd {
	keep := m.opts.Keep
	if keep == nil {
		return nil
	}
	return func() tea.Msg {
		if err := keep(setting, value); err != nil {
			return notKept{err}
		}
		return nil
	}
}

// nowhere is the address of what no page said, so that no page's answer takes
// it away.
const nowhere = -1

// tellProblems shows what was wrong before the first page, the first of it in
// the status line and all of it in the log.
func (m Model) tellProblems() Model {
	for _, err := range slices.Backward(m.opts.Problems) {
		m = m.note(status{err: err, from: nowhere})
	}
	return m
}
