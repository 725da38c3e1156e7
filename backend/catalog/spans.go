package catalog

import (
	"bytes"
	"slices"
	"strconv"
	"sync"

	"example.com/marquee/common/marquee"
)

// Years are ten years, both ends included, and the term of their films.
type Years struct {
	From, To int
	Term     string
}

// Decades are all in which films can be, the first one first.
func Decades() []Years {
	var out []Years
	for d := marquee.YearMin / 10; d <= marquee.YearMax/10; d++ {
		out = append(out, Years{d * 10, d*10 + 9, decadeTerm + strconv.Itoa(d)})
	}
	return out
}

// Titles is titles side by side, their keys from From on and below To, nil being
// the end, and the term of their films.
type Titles struct {
	From, To []byte
	Term     string
}

// Has reports whether the title of a key is among them.
func (t Titles) Has(key []byte) bool {
	return bytes.Compare(key, t.From) >= 0 && (t.To == nil || bytes.Compare(key, t.To) < 0)
}

// titlesFrom are letters that many titles begin with or lie between, in the order
// of titles: the fewer titles a span has, the less a page of them reads.
const titlesFrom = "abcdefghijklmnopqrstuvwxyzαа가나다라마바사아자차카타파하あ一"

var titleSpans = sync.OnceValue(func() []Titles {
	out := []Titles{{From: []byte{}, Term: titlesTerm}}
	for _, letter := range titlesFrom {
		key := lettersKey(string(letter))
		out[len(out)-1].To = key
		out = append(out, Titles{From: key, Term: titlesTerm + string(letter)})
	}
	return out
})

// TitleSpans are all titles, the first ones first.
func TitleSpans() []Titles { return slices.Clone(titleSpans()) }

func termOfTitles(key []byte) string {
	spans := titleSpans()
	return spans[slices.IndexFunc(spans, func(t Titles) bool { return t.Has(key) })].Term
}

// SpanTerms are the terms of all years, decades and titles.
func SpanTerms() []string {
	var out []string
	for _, d := range Decades() {
		out = append(out, d.Term)
	}
	for y := marquee.YearMin; y <= marquee.YearMax; y++ {
		out = append(out, yearTerm+strconv.Itoa(y))
	}
	for _, t := range titleSpans() {
		out = append(out, t.Term)
	}
	return out
}
