package catalog

import (
	"slices"
	"unicode/utf8"

	"example.com/marquee/common/marquee"
)

// BeginningTerm is the term of the films that have a word which begins so.
func BeginningTerm(letters string) string { return shortTerm + letters }

// TermsOf lists all terms of a film, also those of the longer beginnings of its
// words and of its place among titles, which are in no index of terms: they are of
// use only where many films have them. Each comes once.
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
	out = append(out, termOfTitles(f.TitleKey))
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
