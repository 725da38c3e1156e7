package store_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// generated are rows of films with many equal titles and years, so that pages
// break inside ties.
func generated(n int, seed uint64) string {
	r := rand.New(rand.NewPCG(seed, 1))
	words := []string{"Up", "It", "The", "A", "괴물", "버닝", "봄", "Été", "Ocean's", "8½", "O'Hara", "100%", "$", "寄生獣", "Spider-Man", "night"}
	genres := []string{"Drama", "Comedy", "Horror", "Film-Noir", "Sci Fi"}
	out := make([]string, n)
	for i := range out {
		title := words[r.IntN(len(words))]
		for range r.IntN(3) {
			title += " " + words[r.IntN(len(words))]
		}
		out[i] = fmt.Sprintf(`{"title":%q,"year":%d,"cast":["Person %d"],"genres":[%q,%q],"href":"page-%d"}`,
			title, 1990+r.IntN(5), r.IntN(20), genres[r.IntN(5)], genres[r.IntN(5)], i)
	}
	return rows(out...)
}

// filters are every sort with some selections.
func filters() []marquee.MovieFilter {
	var out []marquee.MovieFilter
	for _, sort := range []marquee.Sort{marquee.SortTitle, marquee.SortYear, marquee.SortYearDesc, marquee.SortRating} {
		for _, f := range []marquee.MovieFilter{
			{}, {Genre: "Drama"}, {YearFrom: 1991, YearTo: 1993}, {YearTo: 1992, Genre: "Horror"},
			{Query: "u"}, {Query: "괴"}, {Query: "person 1"}, {Query: "night", Genre: "Comedy", YearFrom: 1992}, {Query: "$"},
		} {
			f.Sort = sort
			out = append(out, f)
		}
	}
	return out
}

// walk follows one kind of cursor from a page to the end and returns the ids.
func (c *cinema) walk(tb testing.TB, f marquee.MovieFilter, backward bool) []string {
	tb.Helper()
	var ids []string
	for range 1000 {
		p := c.find(tb, f)
		page := make([]string, len(p.Items))
		for i, m := range p.Items {
			page[i] = m.ID
		}
		next := p.NextCursor
		if backward {
			next = p.PrevCursor
			slices.Reverse(page)
		}
		ids = append(ids, page...)
		if next == nil {
			return ids
		}
		f.Page.At, f.Page.Cursor = "", *next
	}
	tb.Fatalf("%+v: no end", f)
	return nil
}

// Walking forward and back visits every film of a selection once, in the same
// order, and both databases agree on it.
func TestWalksVisitEveryFilmOnce(t *testing.T) {
	n := 450
	if testrig.Race {
		n = 120
	}
	orders := map[string]map[string][]string{}
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		c.load(t, generated(n, 7))
		for i, id := range c.walk(t, marquee.MovieFilter{Page: marquee.PageRequest{Limit: 100}}, false) {
			if i%3 == 0 {
				if err := c.RateMovie(c.person, id, 1+i%10); err != nil {
					t.Fatal(err)
				}
			}
		}
		orders[t.Name()] = map[string][]string{}
		for i, f := range filters() {
			f.Page.Limit = 1 + (i*7)%37
			total := c.find(t, f).Total
			forward := c.walk(t, f, false)
			f.Page.At = "end"
			back := c.walk(t, f, true)
			slices.Reverse(back)
			name := fmt.Sprintf("%+v", f)
			if !slices.Equal(forward, back) {
				t.Errorf("%s: forward %d films, back %d, or another order", name, len(forward), len(back))
			}
			if distinct := slices.Compact(slices.Sorted(slices.Values(forward))); len(distinct) != len(forward) || len(forward) != total || total == 0 {
				t.Errorf("%s: %d films, %d distinct, total %d", name, len(forward), len(distinct), total)
			}
			orders[t.Name()][name] = forward
		}
	})
	if testrig.ServersAlone() {
		return // with nothing to compare
	}
	lite, pg := orders[t.Name()+"/sqlite"], orders[t.Name()+"/postgres"]
	for name, ids := range pg {
		if !slices.Equal(ids, lite[name]) {
			t.Errorf("%s: the databases differ", name)
		}
	}
}

// Turning back in the middle shows the page before, both directions marked.
func TestTurningBack(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		c.load(t, generated(50, 3))
		f := marquee.MovieFilter{Page: marquee.PageRequest{Limit: 10}}
		first := c.find(t, f)
		if first.PrevCursor != nil || first.NextCursor == nil || first.Total != 50 || first.TotalIs != marquee.TotalExact {
			t.Fatalf("first page: %+v", first)
		}
		f.Page.Cursor = *first.NextCursor
		second := c.find(t, f)
		f.Page.Cursor = *second.PrevCursor
		again := c.find(t, f)
		if !slices.Equal(titles(again.Items), titles(first.Items)) || again.PrevCursor != nil || again.NextCursor == nil {
			t.Errorf("first again: %v, %v", titles(again.Items), again.PrevCursor)
		}
	})
}

// Letters lead to the first title at or after them, whatever their case and
// article, and the films before are one page back.
func TestLettersLeadToTitles(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		var file []string
		for _, title := range []string{"Alpha", "The Beta", "Élan", "Zulu", "가을", "괴물"} {
			file = append(file, fmt.Sprintf(`{"title":%q,"year":2000,"cast":[],"genres":[]}`, title))
		}
		c.load(t, rows(file...))
		for at, want := range map[string]string{
			"b": "The Beta Élan Zulu 가을 괴물", "the b": "The Beta Élan Zulu 가을 괴물", "EL": "Élan Zulu 가을 괴물", "f": "Zulu 가을 괴물",
			"가": "가을 괴물", "고": "괴물", "": "Alpha The Beta Élan Zulu 가을 괴물", "漢": "Alpha The Beta Élan Zulu 가을 괴물",
		} {
			p := c.find(t, marquee.MovieFilter{Page: marquee.PageRequest{At: at}})
			if got := strings.Join(titles(p.Items), " "); got != want {
				t.Errorf("at %q: %s", at, got)
			}
			if before := len(p.Items) < 6; before != (p.PrevCursor != nil) {
				t.Errorf("at %q: a page before: %v", at, p.PrevCursor != nil)
			}
		}
	})
}
