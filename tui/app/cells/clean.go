// Package cells measures, cuts and cleans text in terminal cells: a Hangul
// syllable or an emoji takes two, a combining mark none. It knows nothing of
// colours, pages or films.
package cells

import (
	"strings"
	"unicode"

	"example.com/marquee/common/marquee"
	"golang.org/x/text/unicode/norm"
)

// maxMarks is how many combining marks one character may carry. No script
// needs more; a stack of a thousand would draw over the lines around it.
const maxMarks = 4

// Clean makes text from outside fit to be drawn on one line. Besides what
// marquee.CleanText does it composes Hangul (NFC) and takes the joiners and
// modifiers out of emoji, because terminals disagree about the width of such
// sequences and everything to their right would shift.
func Clean(s string) string { return clean(s, 0) }

// CleanLabel is Clean for names that need no more than limit characters.
func CleanLabel(s string, limit int) string { return clean(s, limit) }

func clean(s string, limit int) string {
	s = marquee.CleanText(s, limit)
	if plainASCII(s) {
		return s
	}
	var b strings.Builder
	var before rune
	marks := 0
	for _, r := range norm.NFC.String(s) {
		if joinsEmoji(r, before) {
			continue
		}
		if unicode.In(r, unicode.Mn, unicode.Me) {
			if marks++; marks > maxMarks {
				continue
			}
		} else {
			before, marks = r, 0
		}
		b.WriteRune(r)
	}
	return b.String()
}

// joinsEmoji reports the parts of an emoji sequence that change its width:
// variation selectors, skin tones, tags, the keycap, and a joiner that does
// not stand between letters, where scripts need it.
func joinsEmoji(r, before rune) bool {
	switch {
	case r == '\u200D', r == '\u200C':
		return !unicode.IsLetter(before)
	case r >= '\uFE00' && r <= '\uFE0F', r == '\u20E3', r == '\u2060', r == '\uFEFF', r == '\u200B':
		return true
	case r >= 0x1F3FB && r <= 0x1F3FF, r >= 0xE0000 && r <= 0xE01EF:
		return true
	}
	return false
}

func plainASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
