package catalog

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"unicode"

	"example.com/marquee/common/marquee"
)

// namesText has a line for each person of the starter folder's Korean films: the
// name in Hangul, then its spellings in Latin letters, as films are told of in them.
//
//go:embed starter/names.tsv
var namesText string

// hangulNames are the names in Hangul by nameKey of each spelling. They are made
// when the first name is looked up, not whenever a program starts.
var hangulNames = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	for line := range strings.Lines(namesText) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		for _, spelling := range fields[1:] {
			names[nameKey(spelling)] = fields[0]
		}
	}
	return names
})

// nameKey is the same for Bong Joon-ho, Bong Joon Ho and BONG Joonho.
func nameKey(name string) string {
	return strings.Map(func(r rune) rune {
		if !isWord(r) {
			return -1
		}
		return r
	}, fold(name))
}

// hangulOf is a person's name in Hangul, "" where it is not known. Sources
// disagree whether the family name comes first.
func hangulOf(name string) string {
	names := hangulNames()
	if h, ok := names[nameKey(name)]; ok {
		return h
	}
	last := strings.LastIndexByte(name, ' ')
	return names[nameKey(name[last+1:]+name[:max(last, 0)])]
}

// isKorean reports whether people of m are meant who are known in Korea by those
// names, and not namesakes of theirs. IMDb's tables and Wikipedia's lists tell
// neither country nor language, and hardly a title in Hangul: there two people
// of Korean films who are together in one make it another.
func isKorean(m marquee.Movie) bool {
	if isHangul(m.OriginalTitle) || isHangul(m.Title) || slices.Contains(m.Languages, "Korean") || slices.Contains(m.Countries, "South Korea") {
		return true
	}
	if len(m.Countries)+len(m.Languages) > 0 {
		return false
	}
	first := ""
	for _, p := range slices.Concat(m.Directors, m.Cast) {
		switch h := hangulOf(p); {
		case h == "" || h == first:
		case first == "":
			first = h
		default:
			return true
		}
	}
	return false
}

// InKorean is m as it is told of to those who read Korean: people of Korean films
// have their names in Hangul, where they are known.
func InKorean(m marquee.Movie) marquee.Movie {
	if isKorean(m) {
		m.Directors, m.Cast = inHangul(m.Directors), inHangul(m.Cast)
	}
	return m
}

func inHangul(people []string) []string {
	out := slices.Clone(people)
	for i, p := range out {
		if h := hangulOf(p); h != "" {
			out[i] = h
		}
	}
	return out
}

// longFamilyNames are those of two syllables.
var longFamilyNames = []string{"강전", "남궁", "독고", "동방", "망절", "사공", "서문", "선우", "어금", "제갈", "황보"}

// partsOfHangul are the family name and the given name of a name in Hangul that
// is written without a space: 봉준호 is looked for as 봉 준호 and as 준호, too. Of
// 황보라, who may be Hwang Bo-ra and Hwangbo Ra, they are those of both.
func partsOfHangul(name string) []string {
	n := []rune(fold(name))
	if len(n) < 2 || len(n) > 4 || slices.ContainsFunc(n, func(r rune) bool { return !unicode.Is(unicode.Hangul, r) }) {
		return nil
	}
	if len(n) == 2 || !slices.Contains(longFamilyNames, string(n[:2])) {
		return []string{string(n[:1]), string(n[1:])}
	}
	out := []string{string(n[:2]), string(n[2:])}
	if len(n) == 3 {
		out = append(out, string(n[:1]), string(n[1:]))
	}
	return out
}
