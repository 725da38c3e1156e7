package app

import (
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
)

// sessionColumns are the widths of a row; 0 leaves a column out.
type sessionColumns struct{ device, address, since, used int }

func sessionColumnsIn(width int) sessionColumns {
	c := sessionColumns{used: 14}
	if width >= 70 {
		c.address = 16
	}
	if width >= 90 {
		c.since = 16
	}
	if width >= 120 {
		c.address = 39 // the longest IPv6 address
	}
	fixed := 4 + 1 + c.used
	for _, w := range []int{c.address, c.since} {
		if w > 0 {
			fixed += 1 + w
		}
	}
	c.device = max(1, width-fixed-1)
	return c
}

func (p sessionsPage) view(e env) string {
	return p.listed(e).view(p.viewHead(e, p.size.Width), p.viewRows(e, p.size.Width))
}

func (p sessionsPage) listed(e env) listAbove {
	return listAbove{size: p.size, cursor: p.cursor, below: p.viewBelow(e, textWidth(p.size))}
}

// rowAt returns the session on a line of the page.
func (p sessionsPage) rowAt(e env, y int) (int, bool) { return p.listed(e).rowAt(y, len(p.sessions)) }

func (p sessionsPage) viewHead(e env, width int) string {
	c := sessionColumnsIn(width)
	line := "    " + cells.Fit(e.say.T("pages.sessions.device"), c.device)
	if c.address > 0 {
		line += " " + cells.Fit(e.say.T("pages.sessions.address"), c.address)
	}
	if c.since > 0 {
		line += " " + cells.Fit(e.say.T("pages.sessions.since"), c.since)
	}
	return e.theme.Faint.Render(cells.Fit(line+" "+cells.Fit(e.say.T("pages.sessions.used"), c.used), width))
}

func (p sessionsPage) viewRows(e env, width int) []string {
	switch {
	case !p.loaded:
		return skeleton(e, p.slow, p.size.Height, width)
	case len(p.sessions) == 0:
		return viewEmpty(e, e.say.T("pages.sessions.none"), width)
	}
	lines := make([]string, len(p.sessions))
	for i, s := range p.sessions {
		lines[i] = viewSession(e, s, i == p.cursor, width)
	}
	return lines
}

// viewSession draws a session in exactly width cells; "●" marks this one.
func viewSession(e env, s marquee.Session, selected bool, width int) string {
	c := sessionColumnsIn(width)
	line := " " + markIf(s.Current, "●") + " " + cells.Fit(deviceName(e, s.Client, s.Agent), c.device)
	if c.address > 0 {
		line += " " + cells.Fit(cells.CleanLabel(s.Address, 45), c.address)
	}
	if c.since > 0 {
		line += " " + cells.Fit(moment(e, s.CreatedAt), c.since)
	}
	line += " " + cells.Fit(lastUsed(e, s), c.used)
	if selected {
		return e.theme.Accent.Render("▌") + e.theme.Selected.Render(cells.Fit(line, width-1))
	}
	return e.theme.Text.Render(cells.Fit(" "+line, width))
}

// lastUsed is when a session was last used; the asking one is in use.
func lastUsed(e env, s marquee.Session) string {
	switch {
	case s.Current:
		return e.say.T("pages.sessions.this")
	case s.LastUsedAt == nil:
		return "–"
	}
	return ago(e, *s.LastUsedAt)
}

// viewBelow is what is asked, or else more of the session under the cursor.
func (p sessionsPage) viewBelow(e env, width int) []string {
	if p.sure != nil {
		return append([]string{""}, p.sure.view(e, width)...)
	}
	if !p.loaded || len(p.sessions) == 0 || p.size.Height < 8 {
		return nil
	}
	s := p.selected()
	lines := []string{""}
	if p.size.Height >= 16 {
		lines = append(lines, labelled(e, e.say.T("pages.sessions.program"), cells.CleanLabel(s.Agent, 256), width)...)
	}
	lines = append(lines, labelled(e, e.say.T("pages.sessions.address"), cells.CleanLabel(s.Address, 45), width)...)
	lines = append(lines, labelled(e, e.say.T("pages.sessions.since"), moment(e, s.CreatedAt), width)...)
	if p.size.Height >= 16 {
		lines = append(lines, labelled(e, e.say.T("pages.sessions.ends"), moment(e, s.EndsAt), width)...)
	}
	if p.busy {
		lines[0] = e.theme.Faint.Render(e.say.T("tui.saving"))
	}
	return lines
}
