package cells

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// Width returns how many cells s takes at most; escape sequences take none.
// Terminals disagree where characters join, as in the scripts of India: some
// count what is drawn, others each character. A line that is shorter than
// thought shifts, one that is longer breaks the whole screen.
func Width(s string) int {
	if agreed(s) {
		return ansi.StringWidth(s)
	}
	width := 0
	clusters(s, func(_ string, most int, _ bool) { width += most })
	return width
}

// clusters calls do for each character as it is drawn, with how many cells it
// takes at most and whether that is disputed, and for each escape sequence,
// which takes none.
func clusters(s string, do func(text string, most int, disputed bool)) {
	var state byte
	for s != "" {
		text, drawn, n, next := ansi.DecodeSequence(s, state, nil)
		most, disputed := drawn, false
		if len(text) > 1 && text[0] != ansi.ESC {
			counted := apart(text)
			most, disputed = max(drawn, counted), drawn != counted
		}
		do(text, most, disputed)
		s, state = s[n:], next
	}
}

// Pin makes every terminal draw a line in the cells that Width counts: behind
// characters whose width is disputed the cursor is told where to go on. What
// it skips is erased before.
func Pin(line string) string {
	if agreed(line) {
		return line
	}
	var b strings.Builder
	column, lost, pinned := 0, false, false
	settle := func() {
		if lost {
			b.WriteString(ansi.CursorHorizontalAbsolute(column + 1))
			lost, pinned = false, true
		}
	}
	clusters(line, func(text string, most int, disputed bool) {
		if most > 0 && !disputed {
			settle()
		}
		b.WriteString(text)
		column += most
		lost = lost || disputed
	})
	settle()
	if !pinned {
		return line
	}
	return ansi.EraseLineRight + b.String()
}

// agreed reports that s has only characters whose width nobody disputes, which
// is nearly every line.
func agreed(s string) bool {
	for _, r := range s {
		if !undisputed(r) {
			return false
		}
	}
	return true
}

// undisputed are characters that have the same width everywhere, whatever
// stands beside them: Latin, Greek and Cyrillic letters, punctuation, arrows, lines and
// blocks, whole syllables of Hangul, kana and Han.
func undisputed(r rune) bool {
	switch {
	case r < 0x80, r >= 0xA0 && r <= 0x17F && r != 0xAD, r >= 0xAC00 && r <= 0xD7A3: // less the soft hyphen
	case r >= 0x2010 && r <= 0x2027, r == '‹', r == '›', r >= 0x2190 && r <= 0x21FF, r >= 0x2500 && r <= 0x259F:
	case r >= 0x370 && r <= 0x482, r >= 0x48A && r <= 0x52F, r >= 0x1E00 && r <= 0x1FFF:
	case r >= 0x3001 && r <= 0x3029, r >= 0x3041 && r <= 0x3096, r >= 0x309B && r <= 0x30FF, r >= 0x4E00 && r <= 0x9FFF:
	case r == '★', r == '✓':
	default:
		return false
	}
	return true
}

// lettersEnd is where the scripts end in which a character is one cell wide or
// a mark on another.
const lettersEnd = 0x1100

// apart is the width of s where each character counts by itself. The library
// says it of all; to ask it for the first time fills tables of 2 MB, so that
// one title of India on the first screen would cost a tenth of the start.
func apart(s string) (n int) {
	for _, r := range ansi.Strip(s) {
		switch {
		case undisputed(r):
			n += ansi.StringWidth(string(r))
		case r >= lettersEnd:
			return ansi.StringWidthWc(s)
		case !unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Cc):
			n++
		}
	}
	return n
}

// Truncate cuts s to at most width cells and marks the cut with "…". A wide
// character that would be cut in half is left out.
func Truncate(s string, width int) string {
	if width <= 0 {
		return ""
	}
	if Width(s) <= width {
		return s
	}
	for room := width; room > 0; room-- {
		if cut := ansi.Truncate(s, room, "…"); Width(cut) <= width {
			return cut
		}
	}
	return ""
}

// Fit cuts or pads s to exactly width cells.
func Fit(s string, width int) string {
	if width <= 0 {
		return ""
	}
	s = Truncate(s, width)
	return s + strings.Repeat(" ", max(0, width-Width(s)))
}

// FitRight is Fit with the text at the right.
func FitRight(s string, width int) string {
	if width <= 0 {
		return ""
	}
	s = Truncate(s, width)
	return strings.Repeat(" ", max(0, width-Width(s))) + s
}

// Center pads s on the left so that it stands in the middle of width cells.
func Center(s string, width int) string {
	s = Truncate(s, width)
	return strings.Repeat(" ", max(0, (width-Width(s))/2)) + s
}

// Sides puts left and right at the ends of width cells. When there is not
// room for both, left gives way.
func Sides(left, right string, width int) string {
	right = Truncate(right, width)
	rest := width - Width(right)
	if right != "" {
		rest--
	}
	left = Truncate(left, rest)
	return left + strings.Repeat(" ", max(0, width-Width(left)-Width(right))) + right
}

// Wrap breaks s into lines of at most width cells, at spaces where it can.
func Wrap(s string, width int) []string {
	if width <= 0 || s == "" {
		return nil
	}
	lines := strings.Split(ansi.Wrap(s, width, ""), "\n")
	for room := width - 1; room > width/2 && widest(lines) > width; room-- {
		lines = strings.Split(ansi.Wrap(s, room, ""), "\n")
	}
	for i, line := range lines {
		lines[i] = Truncate(strings.TrimRight(line, " "), width)
	}
	return lines
}

func widest(lines []string) (most int) {
	for _, line := range lines {
		most = max(most, Width(line))
	}
	return most
}

// Over lays box over the middle of under, both as lines of plain or styled
// text; under must be plain. The result has height lines of width cells.
func Over(under, box []string, width, height int, fade func(...string) string) []string {
	boxWidth := 0
	for _, line := range box {
		boxWidth = max(boxWidth, Width(line))
	}
	boxWidth = min(boxWidth, width)
	left, top := (width-boxWidth)/2, max(0, (height-len(box))/2)
	out := make([]string, 0, height)
	for y := range height {
		line := ""
		if y < len(under) {
			line = ansi.Strip(under[y])
		}
		line = Fit(line, width)
		if y < top || y >= top+len(box) {
			out = append(out, fade(line))
			continue
		}
		right := width - left - boxWidth
		tail := FitRight(ansi.TruncateLeft(line, left+boxWidth, ""), right)
		out = append(out, fade(Fit(ansi.Truncate(line, left, ""), left))+
			Fit(box[y-top], boxWidth)+fade(tail))
	}
	return out
}

// Bar draws value of most as a bar of width cells.
func Bar(value, most float64, width int) (full, empty string) {
	if most <= 0 || width <= 0 {
		return "", ""
	}
	n := min(width, max(0, int(value/most*float64(width)+0.5)))
	return strings.Repeat("█", n), strings.Repeat("░", width-n)
}
