package app

import (
	"strings"

	"example.com/marquee/tui/app/cells"
)

// The smallest terminal that the pages are drawn for.
const (
	leastWidth  = 40
	leastHeight = 12
)

func tooSmall(s Size) bool { return s.Width < leastWidth || s.Height < leastHeight }

// viewTooSmall says which size there is and which is needed. The pages keep
// everything meanwhile.
func viewTooSmall(e env, s Size) string {
	text := e.say.T("tui.too_small", "Width", s.Width, "Height", s.Height, "NeedWidth", leastWidth, "NeedHeight", leastHeight)
	lines := cells.Wrap(text, s.Width)
	lines = lines[:min(len(lines), max(0, s.Height))]
	for i, line := range lines {
		lines[i] = cells.Center(line, s.Width)
	}
	return strings.Repeat("\n", max(0, (s.Height-len(lines))/2)) + strings.Join(lines, "\n")
}
