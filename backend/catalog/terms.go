package catalog

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Terms that are not words of the film carry one of these in front, from the
// private use area, which no word contains.
const (
	shortTerm  = "\uE001" // the first one to three characters of a word
	genreTerm  = "\uE002" // a genre
	yearTerm   = "\uE003" // a year
	decadeTerm = "\uE004" // its first three digits
	titlesTerm = "\uE005" // the letter that begins a span of titles
)

// shortPrefix is the longest beginning of a word that is a term of its own. A
// search for words that begin with one letter would have to join thousands of
// lists of films otherwise.
const shortPrefix = 3

// maxTermBytes bounds a term: Postgres takes lexemes of up to 2 KiB.
const maxTermBytes = 120

// terms are what a search finds a film by: the words of its titles and people,
// the beginnings of those words, its genres and its year.
func terms(titles, people, genres []string, year int) []string {
	var out []string
	for _, t := range titles {
		out = append(out, wordsTogether(t)...)
	}
	for _, p := range people {
		out = append(out, wordsTogether(p)...)
		out = append(out, partsOfHangul(p)...)
	}
	for i, w := range out {
		out[i] = clip(w, maxTermBytes)
	}
	for _, w := range out {
		for n := 1; n <= shortPrefix; n++ {
			out = append(out, shortTerm+firstRunes(w, n))
		}
	}
	for _, g := range genres {
		out = append(out, termOfGenre(g))
	}
	out = append(out, yearTerm+strconv.Itoa(year), decadeTerm+strconv.Itoa(year/10))
	slices.Sort(out)
	return slices.Compact(out)
}

// wordsTogether are the words of s, and those that are typed without what parts
// them: people leave the spaces of Hangul out, 살인의추억.
func wordsTogether(s string) []string {
	out := words(s)
	if joined := strings.Join(out, ""); len(out) > 1 && isHangul(joined) {
		out = append(out, joined)
	}
	return append(out, joinedWords(s)...)
}

// termOfGenre keeps a genre exact and in one piece: SQLite's tokenizer for
// ASCII would cut Film-Noir in two and not tell Drama from drama.
func termOfGenre(genre string) string {
	return clip(genreTerm+strings.Map(func(r rune) rune {
		switch {
		case r <= ' ' || r == 0x7f:
			return '\u3000'
		case r > ' ' && r < 0x7f && !(r >= 'a' && r <= 'z'):
			return widen(r)
		}
		return r
	}, genre), maxTermBytes)
}

// yearTerms are terms of which a film has one if its year lies from from to to:
// decades, and years at both ends.
func yearTerms(from, to int) []string {
	var out []string
	for y := from; y <= to; y++ {
		if y%10 == 0 && y+9 <= to {
			out = append(out, decadeTerm+strconv.Itoa(y/10))
			y += 9
			continue
		}
		out = append(out, yearTerm+strconv.Itoa(y))
	}
	return out
}

// search reads a query: every word must be there, the last one as the
// beginning of a word. ok is false if it holds nothing that could be found.
func search(query string) (all []string, prefix string, ok bool) {
	w := words(query)
	if len(w) == 0 {
		return nil, "", false
	}
	last := clip(w[len(w)-1], maxTermBytes)
	for _, t := range w[:len(w)-1] {
		all = append(all, clip(t, maxTermBytes))
	}
	if utf8.RuneCountInString(last) <= shortPrefix {
		all, last = append(all, shortTerm+last), ""
	}
	slices.Sort(all)
	return slices.Compact(all), last, true
}

// words are the runs of letters and digits of s, folded. Text without any, as
// in the title "$", counts as it stands.
func words(s string) []string {
	s = fold(s)
	if w := strings.FieldsFunc(s, func(r rune) bool { return !isWord(r) }); len(w) > 0 {
		return w
	}
	var out []string
	for _, w := range strings.Fields(s) {
		if w = strings.Map(widen, w); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// joinedWords are those between spaces that have marks inside, without them:
// spiderman for Spider-Man, ripd for R.I.P.D.
func joinedWords(s string) []string {
	var out []string
	for _, w := range strings.Fields(fold(s)) {
		parts := strings.FieldsFunc(w, func(r rune) bool { return !isWord(r) })
		if len(parts) > 1 {
			out = append(out, strings.Join(parts, ""))
		}
	}
	return out
}

// fold takes case, width and accents away: Amélie is found by AMELIE, ＡＢＣ by
// abc. Hangul is put together again.
func fold(s string) string {
	if isASCII(s) {
		return strings.ToLower(s) // most words are, and a million films have ten each
	}
	s = norm.NFKD.String(cases.Fold().String(s))
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) || r >= '\uE000' && r <= '\uF8FF' {
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(cases.Fold().String(s))
}

func isWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func isHangul(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Hangul, r) })
}

// widen turns ASCII marks into their full width, which SQLite's tokenizer for
// ASCII takes as part of a word, and leaves out what is no character to see.
func widen(r rune) rune {
	switch {
	case r > ' ' && r < 0x7f:
		return r + 0xfee0
	case r == utf8.RuneError || !unicode.IsGraphic(r):
		return -1
	}
	return r
}

func firstRunes(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// clip shortens s to at most n bytes, between characters.
func clip(s string, n int) string {
	for len(s) > n {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}
