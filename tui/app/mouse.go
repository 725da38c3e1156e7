package app

import (
	"slices"

	"example.com/marquee/tui/app/cells"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// wheelRows is how many rows one notch of the wheel moves.
const wheelRows = 3

// useMouse asks the terminal for clicks and the wheel, or leaves them to it:
// then text is selected as in any other program.
type useMouse struct{ on bool }

func (m Model) switchMouse(on bool) (Model, tea.Cmd) {
	m.noMouse = !on
	if on {
		return m, tea.Batch(tea.EnableMouseCellMotion, m.keep(SettingMouse, on))
	}
	return m, tea.Batch(tea.DisableMouse, m.keep(SettingMouse, on))
}

// mouseCommand is the line of the palette that switches the mouse.
func (m Model) mouseCommand() command {
	if m.noMouse {
		return command{m.env.say.T("pages.action.mouse_on"), "", useMouse{true}}
	}
	return command{m.env.say.T("pages.action.mouse_off"), "", useMouse{false}}
}

// mouse takes the wheel as arrow keys, a click on the footer as its key, and
// gives other clicks to what lies on top.
func (m Model) mouse(msg tea.MouseMsg) (Model, tea.Cmd) {
	if m.noMouse || tooSmall(m.size) || len(m.stack) == 0 || msg.Action != tea.MouseActionPress {
		return m, nil
	}
	switch msg.Button {
	case tea.MouseButtonWheelUp:
		return m.wheel(m.env.keys.up, m.env.keys.previous, m.env.keys.dayAfter)
	case tea.MouseButtonWheelDown:
		return m.wheel(m.env.keys.down, m.env.keys.next, m.env.keys.dayBefore)
	case tea.MouseButtonLeft:
	default:
		return m, nil
	}
	top := m.size.Height - 2 - m.bodySize().Height
	switch {
	case msg.Y == m.size.Height-1:
		return m.clickFooter(msg.X)
	case msg.Y < top || msg.Y >= top+m.bodySize().Height:
		return m, nil
	}
	return m.click(msg.X, msg.Y-top)
}

// wheel presses the key of inList or, where one of those is a key of the page,
// that.
func (m Model) wheel(inList key.Binding, inForm ...key.Binding) (Model, tea.Cmd) {
	press := inList
	for _, b := range m.footKeys() {
		for _, f := range inForm {
			if slices.Equal(b.Keys(), f.Keys()) {
				press = f
			}
		}
	}
	// The key that steps, if the usual one is among them.
	name := press.Keys()[0]
	for _, k := range press.Keys() {
		if k == "up" || k == "down" {
			name = k
		}
	}
	var cmds []tea.Cmd
	for range wheelRows {
		var cmd tea.Cmd
		m, cmd = m.key(keyMsg(name))
		cmds = append(cmds, cmd)
	}
	return m, tea.Batch(cmds...)
}

// clickFooter does what the key under the mouse does.
func (m Model) clickFooter(x int) (Model, tea.Cmd) {
	at := 1
	for _, b := range append(m.footKeys(), m.env.keys.help) {
		width := cells.Width(m.viewKey(b))
		if x >= at && x < at+width {
			return m.pressed(b)
		}
		at += width + 2
	}
	return m, nil
}

func (m Model) pressed(b key.Binding) (Model, tea.Cmd) {
	name := inText(b)
	if !m.typing() && len(b.Keys()) > 0 {
		name = b.Keys()[0]
	}
	if name == "" {
		return m, nil
	}
	return m.key(keyMsg(name))
}
