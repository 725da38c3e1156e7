package strength

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/trustelem/zxcvbn/match"
)

// lists are zxcvbn's, word by word below the name of each. As the library has
// them, in a map of slices, they are copied whenever a program starts: that
// was a third of what all its packages need. A test holds them to the library's.
//
//go:embed words.txt
var lists string

// heading begins the line with the name of a list.
const heading = "= "

// Names of lists. zxcvbn's has 30,000 passwords.
const (
	passwordList = "passwords"
	ownList      = "own"
)

// Bounds of the words looked for, in characters: shorter ones are noise, and
// hardly one in the lists is longer.
const (
	wordMin = 3
	wordMax = 24
)

// ranked is the place of a word in its list, from 1.
type ranked struct {
	rank int
	list string
}

// known holds each word of the lists with its best place. It is made when the
// first password is judged.
var known = sync.OnceValue(func() map[string]ranked {
	all := make(map[string]ranked, 100_000)
	list, rank := "", 0
	for line := range strings.Lines(lists) {
		w := strings.TrimSuffix(line, "\n")
		if name, ok := strings.CutPrefix(w, heading); ok {
			list, rank = name, 0
			continue
		}
		rank++
		have, ok := all[w]
		// A common password is told to be one, whatever else it is.
		if !ok || rank < have.rank || rank == have.rank && list == passwordList {
			all[w] = ranked{rank, list}
		}
	}
	return all
})

// leet are characters that stand for letters, in both readings of those that
// stand for two.
var leet = [2]*strings.Replacer{
	strings.NewReplacer("4", "a", "@", "a", "8", "b", "(", "c", "3", "e", "6", "g", "9", "g", "1", "i", "!", "i",
		"|", "i", "0", "o", "$", "s", "5", "s", "7", "t", "+", "t", "%", "x", "2", "z"),
	strings.NewReplacer("4", "a", "@", "a", "8", "b", "(", "c", "3", "e", "6", "g", "9", "g", "1", "l", "!", "i",
		"|", "l", "0", "o", "$", "s", "5", "s", "7", "l", "+", "t", "%", "x", "2", "z"),
}

// findWords finds words of the lists and the person's own: as they are,
// backwards, and written with digits and signs.
func findWords(t text, own []string) []*match.Match {
	found := findOwn(t, own)
	lower := strings.ToLower(t.ascii)
	back := backwards(lower)
	n := len(lower)
	for i := range n {
		for j := i + wordMin; j <= min(n, i+wordMax); j++ {
			if r, ok := known()[lower[i:j]]; ok {
				found = append(found, t.word(i, j, r))
			}
			if r, ok := known()[back[n-j:n-i]]; ok {
				m := t.word(i, j, r)
				m.Reversed = true
				found = append(found, m)
			}
		}
	}
	for _, table := range leet {
		if letters := table.Replace(lower); letters != lower {
			found = append(found, findLeet(t, lower, letters)...)
		}
	}
	return found
}

// findLeet finds words that show only when signs are read as letters.
func findLeet(t text, lower, letters string) []*match.Match {
	var found []*match.Match
	for i := range len(lower) {
		for j := i + wordMin; j <= min(len(lower), i+wordMax); j++ {
			r, ok := known()[letters[i:j]]
			if !ok || lower[i:j] == letters[i:j] {
				continue
			}
			m := t.word(i, j, r)
			m.L33t, m.Sub = true, map[string]string{}
			for k := i; k < j; k++ {
				if lower[k] != letters[k] {
					m.Sub[lower[k:k+1]] = letters[k : k+1]
				}
			}
			found = append(found, m)
		}
	}
	return found
}

// findOwn finds the person's own words, which may be of any script.
func findOwn(t text, own []string) []*match.Match {
	var found []*match.Match
	for _, w := range own {
		word := []rune(w)
		for i := 0; i+len(word) <= len(t.folded); i++ {
			if slices.Equal(t.folded[i:i+len(word)], word) {
				found = append(found, t.word(i, i+len(word), ranked{1, ownList}))
			}
		}
	}
	return found
}

func (t text) word(i, j int, r ranked) *match.Match {
	m := t.matched("dictionary", i, j)
	m.Rank, m.DictionaryName = r.rank, r.list
	return m
}

func backwards(ascii string) string {
	b := []byte(ascii)
	slices.Reverse(b)
	return string(b)
}
