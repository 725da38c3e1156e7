package app

import (
	"strings"

	"example.com/marquee/tui/app/cells"
)

// viewScrolled draws those of some lines that fit, from top on. An arrow in the
// last column says that there is more above or below: without it a page that is
// cut between two paragraphs looks whole.
func viewScrolled(e env, lines []string, top int, size Size) string {
	height := max(0, size.Height)
	top = max(0, min(top, len(lines)-height))
	shown := append([]string(nil), lines[top:min(len(lines), top+height)]...)
	mark := func(i int, arrow string) {
		shown[i] = cells.Sides(shown[i], e.theme.Accent.Render(arrow), max(1, size.Width-2))
	}
	if top > 0 && len(shown) > 1 {
		mark(0, "↑")
	}
	if top+height < len(lines) && len(shown) > 0 {
		mark(len(shown)-1, "↓")
	}
	return "  " + strings.Join(shown, "\n  ")
}
