package app

import (
	"strings"

	"example.com/marquee/tui/app/cells"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// scrollKey is where a key leads from at, in what goes from 0 to last and shows
// height lines at once; ok is false for a key that does not move.
func scrollKey(e env, msg tea.KeyMsg, at, last, height int) (_ int, ok bool) {
	half := max(1, height/2)
	switch k := e.keys; {
	case key.Matches(msg, k.down):
		at++
	case key.Matches(msg, k.up):
		at--
	case key.Matches(msg, k.pageDown):
		at += half
	case key.Matches(msg, k.pageUp):
		at -= half
	case key.Matches(msg, k.first):
		at = 0
	case key.Matches(msg, k.last):
		at = last
	default:
		return at, false
	}
	return max(0, min(at, last)), true
}

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
