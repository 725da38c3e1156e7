package app

import (
	"fmt"
	"strconv"
	"strings"

	"example.com/marquee/tui/app/cells"
	tea "github.com/charmbracelet/bubbletea"
)

// A click is met by drawing the page once more with its parts marked, so that
// what is hit is what is seen, wherever a page puts its form and however that is
// scrolled. Marks take no cells and never reach a terminal.

// part is what of a page is marked.
type part int

// The parts.
const (
	onLabel  part = iota // of a field
	onValue              // what is typed or chosen in it
	onAction             // of a form
	onRow                // of a short list in a form's place
)

// pointed is a click on a part: the how-manieth it is, and where in its cells.
type pointed struct {
	part     part
	index    int
	x, width int
}

const (
	zoneOpen  = "\x1b[?7"
	zoneClose = "\x1b[?7z"
)

// zone marks text as a part, while a click is looked up.
func (e env) zone(p part, index int, text string) string {
	if !e.zones {
		return text
	}
	return fmt.Sprintf("%s;%d;%dz%s%s", zoneOpen, p, index, text, zoneClose)
}

// pointedAt returns the part of drawn lines at a cell.
func pointedAt(lines []string, x, y int) (pointed, bool) {
	if y < 0 || y >= len(lines) {
		return pointed{}, false
	}
	line := lines[y]
	for from := 0; ; {
		at := strings.Index(line[from:], zoneOpen+";")
		if at < 0 {
			return pointed{}, false
		}
		at += from
		head, _, _ := strings.Cut(line[at+len(zoneOpen)+1:], "z")
		from = at + len(zoneOpen) + 1 + len(head) + 1
		end := strings.Index(line[from:], zoneClose)
		if end < 0 {
			return pointed{}, false
		}
		left, width := cells.Width(line[:at]), cells.Width(line[from:from+end])
		if x < left || x >= left+width {
			continue
		}
		kind, index, _ := strings.Cut(head, ";")
		k, _ := strconv.Atoi(kind)
		i, _ := strconv.Atoi(index)
		return pointed{part(k), i, x - left, width}, true
	}
}

// formed is a page with a form in it, as it is now.
type formed interface {
	// withForm returns the page with its form, if one is shown, changed by do.
	withForm(do func(form) form) page
}

// click takes a click on the page's area.
func (m Model) click(x, y int) (Model, tea.Cmd) {
	marked := m
	marked.env.zones = true
	at, ok := pointedAt(marked.viewBody(), x, y)
	switch {
	case ok && at.part == onRow:
		return m.toFocus(at)
	case ok:
		return m.point(at)
	case m.over == nil && m.lock != nil:
		return m, nil
	}
	return m.toFocus(clicked{x, y})
}

// point puts the focus of a form where the click was; an action is done.
func (m Model) point(at pointed) (Model, tea.Cmd) {
	m.status.notice = ""
	move := func(p page) page {
		if f, ok := p.(formed); ok {
			return f.withForm(func(f form) form { return f.point(at) })
		}
		return p
	}
	switch {
	case m.over != nil:
		m.over = move(m.over)
	case m.lock != nil:
		f := *m.lock
		f.page = move(f.page)
		m.lock = &f
	default:
		top := m.top()
		top.page = move(top.page)
		m.stack = append(append([]frame(nil), m.stack[:len(m.stack)-1]...), top)
	}
	if at.part != onAction {
		return m, nil
	}
	return m.toFocus(keyMsg(m.env.keys.submit.Keys()[0]))
}
