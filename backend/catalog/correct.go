package catalog

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/hbollon/go-edlib"
	"golang.org/x/text/unicode/norm"

	"example.com/marquee/common/marquee"
)

const (
	// typosBelow is how many films a search must find for its words to be taken
	// as they were typed; a word of so many films is known.
	typosBelow = 5
	// typoTime is what looking for the words that were meant may take.
	typoTime = 120 * time.Millisecond
	// meantKept are the nearest words that are tried in the place of one word,
	// meantTried the queries made of them.
	meantKept  = 6
	meantTried = 12
	// Such a query is preferred to words that do find films only if it finds
	// meantTimes as many.
	meantTimes = 10
)

// meant returns the query that may have been meant where f's finds n films,
// fewer than typosBelow: "" where every word is known, nothing is near that
// finds more, or it takes too long. A search never fails for it.
func (s *Service) meant(ctx context.Context, f marquee.MovieFilter, n int) string {
	ctx, cancel := context.WithTimeout(ctx, s.typoTime)
	defer cancel()
	typed := words(f.Query)
	if best := s.best(ctx, f, n, withoutSpaces(typed)); best != "" {
		return best
	}
	choices, err := s.choices(ctx, typed)
	if err != nil {
		return ""
	}
	return s.best(ctx, f, n, queriesOf(choices))
}

// best is the query that finds the most films of those with the fewest typos, if
// it is worth more than the n films that were found.
func (s *Service) best(ctx context.Context, f marquee.MovieFilter, n int, queries []choice) string {
	best, most, distance := "", n*meantTimes, 0
	for _, q := range queries {
		if best != "" && q.distance > distance {
			break
		}
		f.Query = q.text
		found, err := s.store.FindMatches(ctx, selectionOf(f))
		if err != nil {
			return ""
		}
		if found.Count() > most {
			best, most, distance = q.text, found.Count(), q.distance
		}
	}
	return best
}

// withoutSpaces are the queries in which two neighbours in Hangul, or all words,
// are one: 올드 보이 for 올드보이. Where a space stands in it is a matter of habit.
func withoutSpaces(typed []string) []choice {
	var out []choice
	for i := 1; i < len(typed) && i < meantTried; i++ {
		if isHangul(typed[i-1]) && isHangul(typed[i]) {
			rest := slices.Concat(typed[:i-1], []string{typed[i-1] + typed[i]}, typed[i+1:])
			out = append(out, choice{text: strings.Join(rest, " ")})
		}
	}
	if len(out) > 1 && len(out) == len(typed)-1 {
		out = append(out, choice{text: strings.Join(typed, "")})
	}
	return out
}

// choice is a word that may have been meant, and how many typos make it the
// one that was typed.
type choice struct {
	text     string
	distance int
}

// choices are what may have been meant by each word of a query, in its order:
// a word that is known by itself alone. Where a word is in no film, the others
// are taken as they are.
func (s *Service) choices(ctx context.Context, typed []string) ([][]choice, error) {
	out, films := make([][]choice, len(typed)), make([]int, len(typed))
	fewest := typosBelow
	for i, w := range typed {
		out[i], films[i] = []choice{{text: w}}, typosBelow
		if typosIn(lettersIn(w)) == 0 {
			continue
		}
		alone := Selection{Terms: []string{clip(w, maxTermBytes)}}
		if i == len(typed)-1 {
			alone.Terms, alone.Prefix, _ = search(w)
		}
		found, err := s.store.FindMatches(ctx, alone)
		if err != nil {
			return nil, err
		}
		films[i] = found.Count()
		fewest = min(fewest, films[i])
	}
	for i, w := range typed {
		if films[i] >= typosBelow || films[i] > 0 && fewest == 0 {
			continue
		}
		near, err := s.nearWords(ctx, w)
		if err != nil {
			return nil, err
		}
		if len(near) > 0 {
			out[i] = near
		}
	}
	return out, nil
}

func lettersIn(word string) int { return utf8.RuneCountInString(norm.NFD.String(word)) }

// nearWords are the words nearest to one, the nearest first.
func (s *Service) nearWords(ctx context.Context, word string) ([]choice, error) {
	spelling := norm.NFD.String(word)
	candidates, err := s.store.NearWords(ctx, nearOf(spelling))
	if err != nil {
		return nil, err
	}
	var out []choice
	for _, c := range candidates {
		d := edlib.OSADamerauLevenshteinDistance(spelling, c)
		if d > 0 && d <= typosIn(lettersIn(word)) {
			out = append(out, choice{norm.NFC.String(c), d})
		}
	}
	slices.SortFunc(out, func(a, b choice) int {
		return cmp.Or(a.distance-b.distance, strings.Compare(a.text, b.text))
	})
	return out[:min(len(out), meantKept)], nil
}

// queriesOf puts the choices together, the fewest typos first; none for a query
// of which every word is known.
func queriesOf(choices [][]choice) []choice {
	all, open := []choice{{}}, false
	for _, list := range choices {
		var longer []choice
		for _, q := range all {
			for _, c := range list {
				longer = append(longer, choice{strings.TrimSpace(q.text + " " + c.text), q.distance + c.distance})
			}
		}
		slices.SortStableFunc(longer, func(a, b choice) int { return a.distance - b.distance })
		all = longer[:min(len(longer), meantTried)]
		open = open || list[0].distance > 0
	}
	if !open {
		return nil
	}
	return all
}
