package sshd_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"

	"example.com/marquee/tui/sshd"
)

// views are what the program shows one after the other, by the key "v".
var views = []string{
	"first\nsecond\nthird",
	"first\n\nthird",              // a line that is empty now
	"other\n\nthird",              // and one that is shorter
	"one\ntwo\nthree\nfour\nfive", // more lines
	"one\ntwo",                    // fewer
	"한글 영화\n\x1b[1mbold\x1b[m 日本語", // cells, not characters
	strings.Repeat("wide ", 20),    // more than fits
	strings.Repeat("x", 40),        // what fits exactly
	strings.Repeat("line\n", 30) + "last",
	"",
	"end",
}

// mirror is a terminal that shows what a window wrote.
type mirror struct {
	*vt.Emulator
	window *screen
	seen   int // bytes of it
}

// text is what the terminal shows, without the blanks at the ends of lines.
func (m *mirror) text() string {
	news := m.window.String()[m.seen:]
	m.seen += len(news)
	_, _ = m.WriteString(news)
	lines := strings.Split(m.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// of is what a terminal of that size is to show of a view.
func of(view string, width, height int) string {
	lines := strings.Split(ansi.Strip(view), "\n")
	lines = lines[max(0, len(lines)-height):]
	for i := range lines {
		lines[i] = strings.TrimRight(ansi.Truncate(lines[i], width, ""), " ")
	}
	return strings.TrimRight(strings.Join(lines, "\n"), "\n")
}

// What is written of a view is what changed, and the terminal shows the whole.
func TestTheTerminalShowsTheView(t *testing.T) {
	h := open(t, sshd.Limits{})
	w := openWindow(t, mustDial(t, h, keyless()))
	m := &mirror{Emulator: vt.NewEmulator(80, 24), window: w.screen}
	size := [2]int{80, 24}
	shows := func(view string) {
		t.Helper()
		want := of(view, size[0], size[1])
		eventually(t, fmt.Sprintf("a terminal of %v to show\n%s", size, want), func() bool { return m.text() == want })
	}
	resize := func(width, height int) {
		t.Helper()
		m.text()
		size = [2]int{width, height}
		m.Resize(width, height)
		if err := w.WindowChange(height, width); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range [][2]int{{80, 24}, {40, 10}, {100, 40}} {
		resize(s[0], s[1])
		for _, view := range views {
			w.press(t, "v")
			shows(view)
			resize(12, 4) // what this cuts off is to come back
			shows(view)
			resize(s[0], s[1])
			shows(view)
		}
	}
	w.press(t, "v")
	shows(views[0])
	before := len(w.screen.String())
	w.press(t, "v")
	shows(views[1])
	if news := w.screen.String()[before:]; strings.Contains(news, "first") || strings.Contains(news, "third") {
		t.Errorf("lines that did not change were written: %q", news)
	}
}
