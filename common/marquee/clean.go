package marquee

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// CleanText makes text from outside safe to draw on a terminal or to log on
// one line: control characters (C0, DEL, C1), line separators, bidi overrides
// and broken UTF-8 become the replacement character or, for tabs and line
// ends, a space. It returns at most limit characters; 0 means no limit.
// A title that carries an escape sequence would otherwise drive the terminal.
func CleanText(s string, limit int) string {
	n := 0
	clean := func(r rune) rune {
		if limit > 0 && n >= limit {
			return -1
		}
		n++
		switch {
		case r == '\t' || r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r), isBidi(r):
			return utf8.RuneError
		}
		return r
	}
	return strings.Map(clean, strings.ToValidUTF8(s, string(utf8.RuneError)))
}

// isBidi reports the explicit directional formatting characters (UAX 9, 2.1
// to 2.4) and the marks that reorder like them.
func isBidi(r rune) bool {
	return r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069' ||
		r == '\u200E' || r == '\u200F' || r == '\u061C'
}
