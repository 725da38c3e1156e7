package app

import (
	"strings"

	"example.com/marquee/tui/app/cells"
	"github.com/charmbracelet/bubbles/key"
)

// ruleFrom is the height from which a line divides the header from the page.
const ruleFrom = 16

// resized takes the terminal's size. A size without cells is one that the
// terminal does not know, not one to draw for.
func (m Model) resized(s Size) Model {
	if s.Width <= 0 || s.Height <= 0 {
		if m.size != (Size{}) {
			return m
		}
		s = Size{80, 24}
	}
	m.size = s
	frames := append([]frame(nil), m.stack...)
	for i := range frames {
		frames[i].page = frames[i].page.setSize(m.bodySize())
	}
	m.stack = frames
	if m.lock != nil {
		f := *m.lock
		f.page = f.page.setSize(m.lockSize())
		m.lock = &f
	}
	if m.over != nil {
		m.over = m.over.setSize(m.bodySize())
	}
	return m
}

// bodySize is what header, status and footer leave.
func (m Model) bodySize() Size {
	height := m.size.Height - 3
	if m.size.Height >= ruleFrom {
		height--
	}
	return Size{max(0, m.size.Width), max(0, height)}
}

// lockSize is the inside of the box over a locked page.
func (m Model) lockSize() Size {
	body := m.bodySize()
	return Size{max(0, min(body.Width-2, 66)), max(0, min(body.Height-2, 14))}
}

// View draws the screen: header, page, status, footer.
func (m Model) View() string {
	switch {
	case m.size == (Size{}):
		return ""
	case tooSmall(m.size):
		return viewTooSmall(m.env, m.size)
	}
	lines := []string{m.viewHeader()}
	if m.size.Height >= ruleFrom {
		lines = append(lines, m.env.theme.Faint.Render(strings.Repeat("─", m.size.Width)))
	}
	body := m.viewBody()
	height := m.bodySize().Height
	for i := range height {
		if i < len(body) {
			lines = append(lines, cells.Truncate(body[i], m.size.Width))
		} else {
			lines = append(lines, "")
		}
	}
	lines = append(lines, m.viewStatus(), m.viewFooter())
	for i, line := range lines {
		lines[i] = cells.Pin(line)
	}
	return strings.Join(lines, "\n")
}

func (m Model) viewBody() []string {
	switch {
	case m.over != nil:
		return strings.Split(m.over.view(m.env), "\n")
	case len(m.stack) == 0:
		return nil
	}
	body := strings.Split(m.top().page.view(m.env), "\n")
	if m.lock == nil {
		return body
	}
	size := m.bodySize()
	return cells.Over(body, m.viewLock(), size.Width, size.Height, m.env.theme.Faint.Render)
}

// viewLock draws the lock's page in a box.
func (m Model) viewLock() []string {
	line, width := m.env.theme.Accent.Render, m.lockSize().Width
	out := []string{line("╭" + strings.Repeat("─", max(0, width-2)) + "╮")}
	for _, inside := range strings.Split(m.lock.page.view(m.env), "\n") {
		out = append(out, line("│")+" "+cells.Fit(inside, width-4)+" "+line("│"))
	}
	return append(out, line("╰"+strings.Repeat("─", max(0, width-2))+"╯"))
}

// viewHeader says what this is, where one is and who one is.
func (m Model) viewHeader() string {
	t := m.env.theme
	left := t.Brand.Render(" marquee")
	if title := m.title(); title != "" {
		left += t.Faint.Render(" › ") + t.Place.Render(title)
	}
	right := ""
	if m.link.away {
		right = t.Badge.Render(" "+m.awayText()+" ") + " "
	}
	if m.user.Username != "" {
		right += t.Faint.Render(cells.Truncate(cells.CleanLabel(m.user.Username, 64), m.size.Width/3)) + " "
	}
	return cells.Sides(left, right, m.size.Width)
}

// awayText says that the server is away, and for how long at least.
func (m Model) awayText() string {
	text := m.env.say.T("tui.offline")
	if m.link.probing {
		return text + " …"
	}
	return text + " " + m.env.say.T("pages.span.seconds", "Seconds", max(1, seconds(m.link.next.Sub(m.env.now()))))
}

func (m Model) title() string {
	switch {
	case m.over != nil:
		return m.over.title(m.env)
	case m.lock != nil:
		return m.lock.page.title(m.env)
	case len(m.stack) > 0:
		return m.top().page.title(m.env)
	}
	return ""
}

// viewStatus is the one place where errors show.
func (m Model) viewStatus() string {
	t, e := m.env.theme, m.env
	text, style := m.status.text(e), t.Good
	switch {
	case m.status.err != nil && !(m.link.away && m.status.passing()):
		text, style = "! "+text, t.Bad
	case m.link.away && m.link.probing:
		text, style = "! "+errorText(e, m.link.err)+" "+e.say.T("tui.trying"), t.Bad
	case m.link.away:
		left := max(1, seconds(m.link.next.Sub(e.now())))
		text, style = "! "+errorText(e, m.link.err)+" "+e.say.T("tui.next_try", "Seconds", left, "Key", firstKey(e.keys.refresh)), t.Bad
	case m.live.alert != nil && text == "":
		return m.viewAlert()
	}
	return " " + style.Render(cells.Truncate(cells.Clean(text), m.size.Width-2)) + m.copied.sequence()
}

// viewAlert shows a new sign-in; the key that ends it always fits.
func (m Model) viewAlert() string {
	key := m.viewKey(m.env.keys.endNew)
	room := m.size.Width - cells.Width(key) - 4
	return " " + m.env.theme.Bad.Render(cells.Truncate("! "+m.alertText(), room)) + "  " + key
}

// viewFooter shows as many keys as fit, help always.
func (m Model) viewFooter() string {
	e := m.env
	bindings := m.footKeys()
	last := m.viewKey(e.keys.help)
	if m.typing() {
		last = ""
		if k := inText(e.keys.help); k != "" { // a character would be text
			last = m.env.theme.Key.Render(strings.ToUpper(k[:1])+k[1:]) + " " + m.env.theme.Faint.Render(e.keys.help.Help().Desc)
		}
	}
	line, room := "", m.size.Width-cells.Width(last)-4
	for _, b := range bindings {
		part := m.viewKey(b)
		if cells.Width(line)+cells.Width(part)+2 > room {
			break
		}
		line += part + "  "
	}
	return " " + line + last
}

func (m Model) footKeys() []key.Binding {
	k := m.env.keys
	switch {
	case len(m.stack) == 0:
		return nil
	case m.over != nil:
		return m.over.keys(m.env)
	case m.lock != nil:
		return append(m.lock.page.keys(m.env), k.interrupt)
	}
	list := m.top().page.keys(m.env)
	if m.top().page.typing() {
		return append(list, k.interrupt)
	}
	if len(m.stack) > 1 {
		return list
	}
	// Quitting comes before what one finds by oneself.
	at := min(len(list), 4)
	return append(append(append([]key.Binding(nil), list[:at]...), k.quit), list[at:]...)
}

func (m Model) viewKey(b key.Binding) string {
	return m.env.theme.Key.Render(b.Help().Key) + " " + m.env.theme.Faint.Render(b.Help().Desc)
}
