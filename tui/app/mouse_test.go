package app

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

// click presses the left button where the screen has text.
func (d *driver) click(text string) {
	d.t.Helper()
	for y, row := range d.screen() {
		if x := strings.Index(row, text); x >= 0 {
			d.send(tea.MouseMsg{X: len([]rune(row[:x])), Y: y, Action: tea.MouseActionPress, Button: tea.MouseButtonLeft})
			return
		}
	}
	d.t.Fatalf("no %q to click:\n%s", text, d.text())
}

func TestMouseMovesAndOpens(t *testing.T) {
	d := home(t, newFake(120))
	wheel := tea.MouseMsg{X: 5, Y: 8, Action: tea.MouseActionPress, Button: tea.MouseButtonWheelDown}
	d.send(wheel)
	d.send(wheel)
	d.shows("7 / 120")
	d.click("Film 00009")
	d.shows("10 / 120")
	d.click("Film 00009")
	d.shows("Ann Director")
	d.click("esc back")
	d.shows("10 / 120")
	d.click("order")
	d.shows("newest first")
}

func TestMouseCanBeSwitchedOff(t *testing.T) {
	d := home(t, newFake(120))
	d.press(":", "terminal", "enter")
	d.click("Film 00009")
	d.shows("1 / 120")
	d.press(":", "mouse", "enter")
	d.click("Film 00009")
	d.shows("10 / 120")
}
