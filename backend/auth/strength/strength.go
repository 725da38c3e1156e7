// Package strength judges how soon a password would be guessed, offline. The
// lists of common passwords, names and words and the estimate are zxcvbn's
// (D. Wheeler, USENIX Security 2016). What looks for words and patterns in a
// password is here: the finders of the Go port count bytes, not characters,
// know no Hangul, and build their tables whenever a program starts, which
// costs each command as much time as the rest of its start.
//
// It knows nothing of accounts, and forgets what it judged.
package strength

import (
	"slices"
	"strings"
	"unicode"

	"github.com/trustelem/zxcvbn/match"
	"github.com/trustelem/zxcvbn/scoring"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Weakness says why a password is too easily guessed.
type Weakness int

// The weaknesses, the one that explains most of a password.
const (
	None     Weakness = iota
	Common            // among the most common passwords
	OwnWords          // made of the words given with it
	Words             // a few words or names that everybody knows
	Keyboard          // keys that lie side by side
	Sequence          // abc, 123, 가나다
	Repeats           // one piece again and again
	Dates             // a date or a year
)

const (
	// enough is how many guesses a password must withstand: what zxcvbn calls
	// safely unguessable, its score 3.
	enough = 1e8
	// judged is how many characters are looked at. The work grows with their
	// square, and no password gets weak by what follows.
	judged = 64
	// bare is how many characters must be left without the person's own words.
	bare = 8
)

// Judge returns why a password is too weak, None if it is not. own are words
// that whoever attacks this person would try first: names and addresses, which
// count whole and in their parts.
func Judge(password string, own ...string) Weakness {
	p := newText(password)
	words := parts(own)
	if leftWithout(p.folded, words) < bare {
		return OwnWords
	}
	r := guess(p, words)
	if r.Guesses >= enough {
		return None
	}
	return reason(p, r.Sequence)
}

// text is a password as the finders see it. One index is one character in
// each of its forms.
type text struct {
	folded []rune // case folded
	ascii  string // as typed; what is not ASCII is a blank, since zxcvbn counts bytes
}

func newText(s string) text {
	typed := []rune(norm.NFC.String(s))
	typed = typed[:min(len(typed), judged)]
	t := text{folded: make([]rune, len(typed))}
	var ascii strings.Builder
	for i, r := range typed {
		t.folded[i] = unicode.ToLower(r)
		if r > unicode.MaxASCII {
			r = ' '
		}
		ascii.WriteRune(r)
	}
	t.ascii = ascii.String()
	return t
}

// part is the characters from i up to j, j excluded.
func (t text) part(i, j int) text { return text{folded: t.folded[i:j], ascii: t.ascii[i:j]} }

// matched is a match of the characters from i up to j, j excluded.
func (t text) matched(pattern string, i, j int) *match.Match {
	return &match.Match{Pattern: pattern, I: i, J: j - 1, Token: t.ascii[i:j]}
}

// guess estimates how many guesses find t.
func guess(t text, own []string) scoring.Result {
	matches := slices.Concat(findWords(t, own), findRuns(t), findDates(t), findRepeats(t, own))
	return scoring.MostGuessableMatchSequence(t.ascii, matches, false)
}

// reason is the weakness of the longest piece that was found.
func reason(t text, sequence []*match.Match) Weakness {
	var longest *match.Match
	for _, m := range sequence {
		if m.Pattern != "bruteforce" && (longest == nil || len(m.Token) > len(longest.Token)) {
			longest = m
		}
	}
	switch {
	case known()[string(t.folded)].list == passwordList:
		return Common
	case longest == nil:
		return Words
	case longest.Pattern == "repeat":
		return Repeats
	case longest.Pattern == "date":
		return Dates
	case longest.Pattern == "sequence" && longest.SequenceName == keyboard:
		return Keyboard
	case longest.Pattern == "sequence":
		return Sequence
	case longest.DictionaryName == ownList:
		return OwnWords
	case longest.DictionaryName == passwordList && 4*len(longest.Token) > 3*len(t.ascii):
		return Common
	}
	return Words
}

// parts returns own words, folded, with the pieces that their punctuation
// separates; "kim.minji@mail.example.com" is tried as "minji" as well.
func parts(own []string) []string {
	var all []string
	add := func(w string) {
		if len([]rune(w)) > 2 && !slices.Contains(all, w) {
			all = append(all, w)
		}
	}
	for _, o := range own {
		o = norm.NFC.String(cases.Fold().String(norm.NFC.String(o)))
		add(o)
		local, _, _ := strings.Cut(o, "@")
		add(local)
		for _, piece := range strings.FieldsFunc(o, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			add(piece)
		}
	}
	slices.SortStableFunc(all, func(a, b string) int { return len(b) - len(a) })
	return all
}

// leftWithout counts the characters that are left when own words are taken
// out, without punctuation. A password that has none counts whole.
func leftWithout(folded []rune, own []string) int {
	rest := string(folded)
	for _, w := range own {
		rest = strings.ReplaceAll(rest, w, "\n")
	}
	if rest == string(folded) {
		return len(folded)
	}
	n := 0
	for _, r := range rest {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n
}
