package app

import (
	"strings"
	"testing"

	"example.com/marquee/tui/app/cells"
	tea "github.com/charmbracelet/bubbletea"
)

// click presses the left button where the screen has text, or so many cells to
// the right of its beginning.
func (d *driver) click(text string, right ...int) {
	d.t.Helper()
	for y, row := range d.screen() {
		if x := strings.Index(row, text); x >= 0 {
			d.send(tea.MouseMsg{X: cells.Width(row[:x]) + sum(right), Y: y, Action: tea.MouseActionPress, Button: tea.MouseButtonLeft})
			return
		}
	}
	d.t.Fatalf("no %q to click:\n%s", text, d.text())
}

func sum(list []int) (n int) {
	for _, one := range list {
		n += one
	}
	return n
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

// A click on a field puts the caret where it was, in front of a wide character
// whichever of its cells is hit; one on an action does it.
func TestClicksOnForms(t *testing.T) {
	for _, size := range []Size{{40, 12}, {80, 24}, {200, 50}} {
		d := drive(t, newFake(3), setup{width: size.Width, height: size.Height, language: "en"})
		d.press("한글abc", "tab", "secret")
		d.click("한글abc", 3)
		d.press("X")
		d.shows("한X글abc")
		d.click("한X글abc", 20)
		d.press("Y")
		d.shows("한X글abcY")
		d.click("Password")
		d.click("******", 2)
		d.press("backspace", "backspace", "backspace")
		d.shows("****")
		d.lacks("*****")
		d.click("Create an account")
		d.shows("Password again")
		d.press("한글이름")
		d.click("Password again")
		d.press("x")
		d.shows("한글이름", "*")
	}
}

func TestClickInATextThatIsTooLong(t *testing.T) {
	d := drive(t, newFake(3), setup{width: 40, height: 12, language: "en"})
	d.press("0123456789abcdefghijklmnopqrstuvwxyz")
	d.lacks("0123")
	d.shows("wxyz")
	d.click("wxyz")
	d.press("-")
	d.shows("v-wxyz")
	for range 33 {
		d.press("left")
	}
	d.shows("0123456") // the caret shows wherever it is
	d.press("home", "+")
	d.shows("+0123")
}

func TestClicksOnChoicesAndAnswers(t *testing.T) {
	d := home(t, newFake(120))
	d.press("f")
	d.click("all ▸")
	d.shows("◂ Comedy ▸")
	d.click("▸")
	d.shows("◂ Drama ▸")
	d.click("◂")
	d.shows("◂ Comedy ▸")
	d.click("From year")
	d.press("1951")
	d.click("[ Show ]")
	d.shows("Comedy · 1951", "1 / ")
	d.press("S", "e")
	d.click("Sign out everywhere ]")
	d.shows("Signed out.")
}

func TestClicksOnQuestions(t *testing.T) {
	d := home(t, newFake(3))
	d.press("S", "e")
	d.click("[ Cancel ]")
	d.lacks("Cancel")
	d.press("K", "n")
	d.click("미나의 열쇠")
	d.click("미나의 열쇠")
	d.shows("Name for this key")
	d.press("esc", "esc", "esc", "esc", "enter", "d")
	d.click("2026-11-23", 4)
	d.press("backspace", "5")
	d.shows("2025-11-23")
}

func TestClicksInALock(t *testing.T) {
	f := newFake(120)
	d := locked(t, f, setup{width: 80, height: 24, language: "en", signedIn: true})
	d.click("Film 00003") // below it
	d.click("│   mina", 8)
	d.press("X")
	d.shows("minaX")
	d.click("Use another device")
	d.shows("BCDF-GHJK")
	d.press("esc")
	d.press("ctrl+k", "terminal", "enter") // the mouse is the terminal's
	d.click("minaX", 0)
	d.press("Y")
	d.shows("minaX")
}
