// Package strength judges how soon a password would be guessed, offline. The
// lists of common passwords, names and words and the estimate are zxcvbn's
// (D. Wheeler, USENIX Security 2016). What looks for words and patterns in a
// password is here: the finders of the Go port count bytes, not characters,
// know no Hangul, and build their tables whenever a program starts, which
// costs each command as much time as the rest of its start. Servers and clients
// judge by it alike.
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

	"example.com/marquee/common/marquee"
)

// serviceName is what everybody would try first here (ASVS 6.2.11).
const serviceName = "marquee"

const (
	// enough is how many guesses a password must withstand: what zxcvbn calls
	// safely unguessable, its score 3. Below some it is its score 1 or 0, from
	// plenty on its score 4.
	some, enough, plenty = 1e6, 1e8, 1e10
	// judged is how many characters are looked at. The work grows with their
	// square, and no password gets weak by what follows.
	judged = 64
	// bare is how many characters must be left without the person's own words.
	bare = 8
)

// Judge is a marquee.PasswordRules.Judge. own are words that whoever attacks
// this person would try first: names and addresses, which count whole and in
// their parts. The problem is the one that explains most of a password.
func Judge(password string, own ...string) marquee.Strength {
	p := newText(password)
	words := parts(append([]string{serviceName}, own...))
	r := guess(p, words)
	s := marquee.Strength{Level: level(r.Guesses)}
	switch {
	case madeOf(p.folded, words):
		s.Level = min(s.Level, marquee.Weak)
		s.Problem = refused(marquee.FieldContainsName)
	case r.Guesses < enough:
		s.Problem = refused(reason(p, r.Sequence))
	}
	return s
}

func refused(code string) *marquee.FieldError {
	return &marquee.FieldError{Field: "password", Code: code}
}

func level(guesses float64) marquee.Level {
	switch {
	case guesses < some:
		return marquee.VeryWeak
	case guesses < enough:
		return marquee.Weak
	case guesses < plenty:
		return marquee.Good
	}
	return marquee.Strong
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

// reason names the weakness of the longest piece that was found.
func reason(t text, sequence []*match.Match) string {
	var longest *match.Match
	for _, m := range sequence {
		if m.Pattern != "bruteforce" && (longest == nil || len(m.Token) > len(longest.Token)) {
			longest = m
		}
	}
	switch {
	case known()[string(t.folded)].list == passwordList:
		return marquee.FieldCommon
	case longest == nil:
		return marquee.FieldCommonWords
	case longest.Pattern == "repeat":
		return marquee.FieldRepeats
	case longest.Pattern == "date":
		return marquee.FieldDate
	case longest.Pattern == "sequence" && longest.SequenceName == keyboard:
		return marquee.FieldKeyboard
	case longest.Pattern == "sequence":
		return marquee.FieldSequence
	case longest.DictionaryName == ownList:
		return marquee.FieldContainsName
	case longest.DictionaryName == passwordList && 4*len(longest.Token) > 3*len(t.ascii):
		return marquee.FieldCommon
	}
	return marquee.FieldCommonWords
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

// madeOf reports whether own words are in a password and less than bare
// characters are left without them, not counting punctuation.
func madeOf(folded []rune, own []string) bool {
	rest := string(folded)
	for _, w := range own {
		rest = strings.ReplaceAll(rest, w, "\n")
	}
	if rest == string(folded) {
		return false
	}
	n := 0
	for _, r := range rest {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			n++
		}
	}
	return n < bare
}
