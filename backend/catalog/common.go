package catalog

import (
	"slices"
	"strconv"
	"unicode/utf8"

	"example.com/marquee/common/marquee"
)

// BeginningTerm is the term of the films that have a word which begins so.
func BeginningTerm(letters string) string { return shortTerm + letters }

// TermsOf lists all terms of a film, also those of the longer beginnings of its
// words, which are in no index of terms: they are of use only where many films
// have them. Each comes once.
func TermsOf(f Film) []string {
	if f.Terms == nil { // as it is stored
		f.Terms = termsOf(f)
	}
	out := slices.Clone(f.Terms)
	for _, word := range f.Terms {
		if isMarked(word) {
			continue
		}
		n := 0
		for i := range word {
			if n > shortPrefix {
				out = append(out, BeginningTerm(word[:i]))
			}
			n++
		}
		if n > shortPrefix {
			out = append(out, BeginningTerm(word))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// isMarked tells terms that are not words of a film.
func isMarked(term string) bool {
	first, _ := utf8.DecodeRuneInString(term)
	return first >= '\uE000' && first <= '\uF8FF'
}

// YearTerms are terms of which a film has one if its year is within the
// selection's bounds, none if no film's can be.
func (s Selection) YearTerms() []string {
	to := s.YearTo
	if to == 0 || to > marquee.YearMax {
		to = marquee.YearMax
	}
	return yearTerms(max(s.YearFrom, marquee.YearMin), to)
}

// Span is a year, or ten of them, both ends included, and the term of their films.
type Span struct {
	From, To int
	Term     string
}

// Decades are all in which films can be, the first one first.
func Decades() []Span {
	var out []Span
	for d := marquee.YearMin / 10; d <= marquee.YearMax/10; d++ {
		out = append(out, Span{d * 10, d*10 + 9, decadeTerm + strconv.Itoa(d)})
	}
	return out
}

// Years are those of a span in which films can be, the first one first.
func (s Span) Years() []Span {
	var out []Span
	for y := max(s.From, marquee.YearMin); y <= min(s.To, marquee.YearMax); y++ {
		out = append(out, Span{y, y, yearTerm + strconv.Itoa(y)})
	}
	return out
}

// TimeTerms are the terms of all years and decades.
func TimeTerms() []string {
	var out []string
	for _, d := range Decades() {
		out = append(out, d.Term)
		for _, y := range d.Years() {
			out = append(out, y.Term)
		}
	}
	return out
}
