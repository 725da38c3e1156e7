package store_test

import (
	"fmt"
	"slices"
	"testing"

	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// Films that many share a word with are found the same before and after the
// word is a common term, and as the catalogue changes after that.
func TestCommonTermsFollowTheCatalogue(t *testing.T) {
	if testrig.Race {
		t.Skip("loads many films and has no goroutines")
	}
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		const n = 2100
		row := func(title string, i int) string {
			return fmt.Sprintf(`{"title":%q,"year":%d,"cast":[],"genres":["Drama"],"href":"page-%d"}`, title, 1960+i%60, i)
		}
		file := make([]string, n)
		for i := range file {
			file[i] = row(fmt.Sprint("Everyday ", i), i)
		}
		for part := range slices.Chunk(file, 700) { // an import of more films than that lists the terms itself
			c.load(t, rows(part...))
		}
		found := func() (out []string) {
			for _, sort := range []marquee.Sort{marquee.SortTitle, marquee.SortYearDesc} {
				for _, f := range []marquee.MovieFilter{{Query: "everyday"}, {Query: "e"}, {Query: "everyd", YearFrom: 1975}, {Genre: "Drama", Query: "everyday 7"}, {Genre: "Drama"}, {YearTo: 1970}} {
					f.Sort = sort
					p := c.find(t, f)
					f.Page.At = "end"
					out = append(out, fmt.Sprint(f.Query, p.Total, titles(p.Items), titles(c.find(t, f).Items)))
				}
			}
			return out
		}
		list := func(want bool) {
			t.Helper()
			if terms, err := c.store.ListCommonTerms(t.Context()); err != nil || terms > 0 != want {
				t.Fatalf("%d terms listed, %v", terms, err)
			}
		}
		before := found()
		list(true)
		list(false)
		if after := found(); !slices.Equal(before, after) {
			t.Errorf("with common terms: %q, want %q", after, before)
		}

		total := func(q string, want int) {
			t.Helper()
			if p := c.find(t, marquee.MovieFilter{Query: q}); p.Total != want {
				t.Errorf("%q finds %d films, want %d", q, p.Total, want)
			}
		}
		c.load(t, rows(row("Everyday again", n), row("Everyday again and again", n+1)))
		total("everyday", n+2)
		total("everyday again", 2)
		c.load(t, rows(`{"title":"Everyday 5","year":1965,"cast":["Somebody Everlasting"],"genres":["Comedy"],"href":"page-5"}`))
		total("everyday", n+2)
		total("everlasting", 1)
		if drama := c.find(t, marquee.MovieFilter{Genre: "Drama", Query: "every"}); drama.Total != n+1 {
			t.Errorf("%d films are dramas after one has become a comedy, want %d", drama.Total, n+1)
		}
	})
}
