package app

import (
	"strings"

	"example.com/marquee/tui/app/cells"
)

// mostLink is the longest address that is shown or drawn.
const mostLink = 300

// link is the address with the code in it.
func (p elsewherePage) link() string {
	return cells.CleanLabel(p.device.VerificationURIComplete, mostLink)
}

func (p elsewherePage) view(e env) string {
	width := textWidth(p.size)
	if p.device.DeviceCode == "" || p.over != "" || p.in {
		return "  " + strings.Join(p.fit(p.viewOver(e, width)), "\n  ")
	}
	if link := p.link(); link != "" {
		code := qrLines(e, link)
		beside := p.size.Width - cells.Width(code[0]) - 4
		if len(code) <= p.size.Height && cells.Width(code[0])+besideCode <= p.size.Width {
			return sideBySide(code, p.fit(p.viewCode(e, min(beside, 60))))
		}
	}
	return "  " + strings.Join(p.fit(p.viewCode(e, width)), "\n  ")
}

func (p elsewherePage) fit(lines []string) []string {
	return lines[:max(0, min(len(lines), p.size.Height))]
}

// viewOver says that there is no code, or none any more.
func (p elsewherePage) viewOver(e env, width int) []string {
	var lines []string
	text := func(id string, render func(...string) string) {
		for _, line := range cells.Wrap(e.say.T(id), width) {
			lines = append(lines, render(line))
		}
	}
	if p.in {
		text("tui.signing_in", e.theme.Faint.Render)
		return lines
	}
	if p.over == "" {
		text("tui.elsewhere.asking", e.theme.Faint.Render)
		return lines
	}
	text(p.over, e.theme.Bad.Render)
	lines = append(lines, "")
	text("tui.elsewhere.again", e.theme.Text.Render)
	return lines
}

// viewCode says where to go and what to type there. What matters less comes
// only where there is room.
func (p elsewherePage) viewCode(e env, width int) []string {
	roomy := p.size.Height >= 16
	var lines []string
	text := func(text string, render func(...string) string) {
		for _, line := range cells.Wrap(text, width) {
			lines = append(lines, render(line))
		}
	}
	gap := func() {
		if roomy {
			lines = append(lines, "")
		}
	}
	text(e.say.T("tui.elsewhere.open"), e.theme.Text.Render)
	text(cells.CleanLabel(p.device.VerificationURI, mostLink), e.theme.Accent.Render)
	gap()
	column := max(cells.Width(e.say.T("web.device.code")), cells.Width(e.say.T("tui.elsewhere.number")))
	value := func(label, value string) {
		line := e.theme.Faint.Render(cells.Fit(label, column)) + "  " + e.theme.Heading.Render(cells.CleanLabel(value, 16))
		lines = append(lines, cells.Truncate(line, width))
	}
	value(e.say.T("web.device.code"), p.device.UserCode)
	value(e.say.T("tui.elsewhere.number"), p.device.Number)
	gap()
	if roomy {
		text(e.say.T("tui.elsewhere.compare"), e.theme.Text.Render)
		text(e.say.T("tui.elsewhere.terminal"), e.theme.Faint.Render)
		gap()
	}
	left := span(e, p.until.Sub(e.now()))
	if p.away {
		text("! "+e.say.T("tui.elsewhere.away", "Left", left), e.theme.Bad.Render)
		return lines
	}
	text(e.say.T("tui.elsewhere.waiting", "Left", left), e.theme.Faint.Render)
	return lines
}

// sideBySide puts lines beside others of one width.
func sideBySide(left, right []string) string {
	var lines []string
	for i := range max(len(left), len(right)) {
		line := strings.Repeat(" ", cells.Width(left[0]))
		if i < len(left) {
			line = left[i]
		}
		if i < len(right) {
			line += "  " + right[i]
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
