package app

import "strings"

// listAbove lays out a short list that is in memory as a whole, above lines
// about the row under its cursor.
type listAbove struct {
	size   Size
	cursor int
	below  []string
}

func (l listAbove) rows() int { return max(1, l.size.Height-1-len(l.below)) }

func (l listAbove) view(head string, list []string) string {
	rows := l.rows()
	lines := append([]string{head}, scrollTo(list, l.cursor, l.cursor+1, rows)...)
	for len(lines) < 1+rows {
		lines = append(lines, "")
	}
	for _, line := range l.below {
		lines = append(lines, "  "+line)
	}
	return strings.Join(lines, "\n")
}

// rowAt returns which of n rows is on a line of the page.
func (l listAbove) rowAt(y, n int) (int, bool) {
	rows := l.rows()
	i := y - 1 + scrollFrom(n, l.cursor, l.cursor+1, rows)
	return i, y >= 1 && y <= rows && i < n
}
