package app

import (
	"strings"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
	"github.com/charmbracelet/x/ansi"
)

// KnowsLinks reports whether a terminal takes hyperlinks (OSC 8), by what TERM
// says of it. Most that do not know them leave them out; those that surely show
// none are not sent any.
func KnowsLinks(term string) bool {
	switch term {
	case "", "dumb", "linux", "cons25", "ansi":
		return false
	}
	return !strings.HasPrefix(term, "vt")
}

// viewLinks shows where else a film is told of: the address in full, to be
// read and copied, and as a link. Only links that marquee.Movie takes for known
// come here, so that nothing in one can end the sequence.
func viewLinks(e env, m marquee.Movie, width int) []string {
	left := labelWidth(width)
	lines := []string{""}
	for _, l := range m.Links() {
		label := e.say.T("tui.film." + l.Site)
		for _, part := range cells.Wrap(l.URL, max(1, width-left-1)) {
			line := e.theme.Faint.Render(cells.Fit(label, left)) + " " + e.hyperlink(l, part)
			lines, label = append(lines, cells.Truncate(line, width)), ""
		}
	}
	if len(lines) == 1 {
		return nil
	}
	return lines
}

// hyperlink makes text a link. One that is wrapped stays one by its id.
func (e env) hyperlink(l marquee.Link, text string) string {
	if e.noLinks {
		return text
	}
	return ansi.SetHyperlink(strings.ReplaceAll(l.URL, ";", "%3B"), "id="+l.Site) + e.theme.Text.Render(text) + ansi.ResetHyperlink()
}
