package app

import (
	"strings"

	"example.com/marquee/tui/app/cells"
)

func (p signInPage) view(e env) string {
	width := min(p.size.Width-4, 72) // the actions beside each other
	if p.trying {
		if !p.slow {
			return ""
		}
		return middle([]string{e.theme.Faint.Render(cells.Truncate(e.say.T("tui.key.trying"), width))}, width, p.size)
	}
	var head []string
	switch {
	case p.inside != nil && p.size.Height < 12: // the code matters more than why
	case p.reason != "":
		for _, line := range cells.Wrap(p.reason, width) {
			head = append(head, e.theme.Bad.Render(line))
		}
		head = append(head, "")
	case p.size.Height >= 14:
		head = append(head, banner(e, width)...)
		head = append(head, e.theme.Faint.Render(cells.Truncate(e.say.T("tui.tagline"), width)))
		if p.server != "" {
			head = append(head, e.theme.Faint.Render(cells.Truncate(cells.Clean(p.server), width)))
		}
		head = append(head, "")
	}
	if p.attempt != "" && p.size.Height >= 7 {
		for _, line := range cells.Wrap(e.say.T("tui.code.hint"), width-2) {
			head = append(head, "  "+e.theme.Faint.Render(line))
		}
	}
	body := p.viewBody(e, Size{width, max(1, p.size.Height-len(head))})
	if p.reason != "" {
		return strings.Join(append(head, body...), "\n")
	}
	lines := append(head, body...)
	return middle(append(lines, p.viewKey(e, width, p.size.Height-len(lines))...), width, p.size)
}

func (p signInPage) viewBody(e env, size Size) []string {
	if p.inside != nil {
		return strings.Split(p.inside.setSize(Size{size.Width + 2, size.Height}).view(e), "\n")
	}
	if p.byKey != nil {
		return p.viewKeys(e, size)
	}
	body := p.form.view(e, size)
	if p.busy {
		body[len(body)-1] = "  " + e.theme.Faint.Render(e.say.T("tui.signing_in"))
	}
	return body
}

// banner is the name of the program between the lights of a marquee.
func banner(e env, width int) []string {
	lights := strings.Repeat("• ", 12)
	return []string{
		e.theme.Accent.Render(cells.Truncate(lights, width)),
		e.theme.Brand.Render(cells.Truncate("  M A R Q U E E", width)),
		e.theme.Accent.Render(cells.Truncate(lights, width)),
	}
}

// middle puts lines of width cells in the middle of size.
func middle(lines []string, width int, size Size) string {
	lines = lines[:min(len(lines), max(0, size.Height))]
	left := strings.Repeat(" ", max(0, (size.Width-width)/2))
	out := make([]string, max(0, (size.Height-len(lines))/3))
	for _, line := range lines {
		out = append(out, left+line)
	}
	return strings.Join(out, "\n")
}
