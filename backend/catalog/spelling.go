package catalog

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Word is a word of the catalogue, kept so that words that are nearly it lead
// to it. Its letters are those a person types: Hangul is taken apart into jamo,
// since a wrong vowel in 괴물 is one wrong letter of five, not one of two.
type Word struct {
	Spelling  string // in normalisation form D
	Backwards string // its letters from the last to the first
	Middle    string // its two letters in the middle
	Letters   int
}

// The words that are kept, in letters. What is shorter than typoLetters is not
// looked up, and may be meant with one letter more.
const (
	wordMin = typoLetters - 1
	wordMax = 32
)

// WordsOf are the words of films, each once and sorted, but for those whose
// spelling is known.
func WordsOf(films []Film, known func(spelling string) bool) []Word {
	seen := map[string]bool{}
	for _, f := range films {
		for _, t := range f.Terms {
			if !isMarked(t) {
				seen[t] = true
			}
		}
	}
	var out []Word
	for t := range seen {
		if known(norm.NFD.String(t)) {
			continue
		}
		if w := wordOf(t); w.Letters >= wordMin && w.Letters <= wordMax && strings.ContainsFunc(t, unicode.IsLetter) {
			out = append(out, w)
		}
	}
	slices.SortFunc(out, func(a, b Word) int { return strings.Compare(a.Spelling, b.Spelling) })
	return out
}

func wordOf(term string) Word {
	letters := []rune(norm.NFD.String(term))
	w := Word{Spelling: string(letters), Letters: len(letters), Middle: middleOf(letters, len(letters)/2)}
	slices.Reverse(letters)
	w.Backwards = string(letters)
	return w
}

// middleOf are the two letters around a place.
func middleOf(letters []rune, at int) string {
	if at < 1 || at >= len(letters) {
		return ""
	}
	return string(letters[at-1 : at+1])
}

// Near says which words may be meant by one that is not known: those of Letters
// that begin, or end, like it or have one of Middles, and Swapped themselves.
type Near struct {
	Letters   []int
	Beginning string
	Ending    string // backwards
	Middles   []string
	Swapped   []string
}

// The shortest words in which one, and two, typos are forgiven, in letters.
const (
	typoLetters     = 4
	twoTyposLetters = 8
)

// typosIn is how many typos are forgiven in a word of so many letters: one is
// a letter wrong, missing or too many, or two neighbours swapped.
func typosIn(letters int) int {
	switch {
	case letters >= twoTyposLetters:
		return 2
	case letters >= typoLetters:
		return 1
	}
	return 0
}

// nearOf is where words within the typos of spelling are found. Of a word cut
// into one piece more than there are typos, one piece is as it was typed:
// its half at either side, or with two typos its beginning, its end, or the
// middle, which those before it shift by one letter at most. Swapped letters can
// lie in two pieces; those of a short word are looked up as they are.
func nearOf(spelling string) Near {
	q := []rune(spelling)
	m, typos := len(q), typosIn(len(q))
	var n Near
	for l := m - typos; l <= m+typos; l++ {
		n.Letters = append(n.Letters, l)
	}
	begin, end := m/2, m/2
	if typos == 2 {
		begin, end = m/2-2, m/2+2
		for _, at := range []int{m/2 - 1, m / 2, m/2 + 1} {
			n.Middles = append(n.Middles, middleOf(q, at))
		}
	} else {
		for i := range m - 1 {
			s := slices.Clone(q)
			s[i], s[i+1] = s[i+1], s[i]
			n.Swapped = append(n.Swapped, string(s))
		}
	}
	n.Beginning = string(q[:begin])
	tail := slices.Clone(q[end:])
	slices.Reverse(tail)
	n.Ending = string(tail)
	return n
}
