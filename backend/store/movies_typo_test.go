package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/marquee/backend/catalog"
	"example.com/marquee/common/marquee"
)

func TestTyposAreForgiven(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		if err := c.LoadStarter(t.Context()); err != nil {
			t.Fatal(err)
		}
		for query, want := range map[string]struct{ query, title string }{
			"괴믈":          {"괴물", "The Host"},                                                                      // a wrong vowel
			"벌닝":          {"버닝", "Burning"},                                                                       // a consonant too many
			"parasiet":    {"parasite", "Parasite"},                                                                // two neighbours swapped
			"Rashomn":     {"rashomon", "Rashomon"},                                                                // one missing
			"burnning":    {"burning", "Burning"},                                                                  // one too many
			"caasblanaca": {"casablanca", "Casablanca"},                                                            // two typos
			"Jean Amelei": {"jean amelie", "Amélie"},                                                               // words that are known stay
			"올드 보이":       {"올드보이", "Oldboy"},                                                                      // a space too many
			"올드 보":        {"올드보", "Oldboy"},                                                                       // as it is being typed
			"박찬욱 올드 보이":   {"박찬욱 올드보이", "Oldboy"},                                                                  //
			"공동 경비 구역":    {"공동경비구역", "Joint Security Area"},                                                       // and two
			"potempkin":   {"potemkin", "Battleship Potemkin"},                                                     //
			"Strangelvoe": {"strangelove", "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb"}, //
		} {
			p := c.find(t, marquee.MovieFilter{Query: query})
			if p.CorrectedQuery != want.query || !slices.Contains(titles(p.Items), want.title) || p.Total != len(p.Items) {
				t.Errorf("%q is taken for %q and finds %q, total %d; want %q, %q", query, p.CorrectedQuery, titles(p.Items), p.Total, want.query, want.title)
			}
		}
		for _, query := range []string{"", "괴물", "burn", "Xqzvwk", "up", "괴물 버닝", "살인의 추억", "%", "1234", strings.Repeat("x", 100)} {
			if p := c.find(t, marquee.MovieFilter{Query: query}); p.CorrectedQuery != "" {
				t.Errorf("%q is taken for %q", query, p.CorrectedQuery)
			}
		}
		// A filter holds for what was meant as well.
		if p := c.find(t, marquee.MovieFilter{Query: "괴믈", YearTo: 1990}); p.CorrectedQuery != "" || len(p.Items) > 0 {
			t.Errorf("괴믈 before 1990: %q, %q", p.CorrectedQuery, titles(p.Items))
		}
	})
}

// What is found exactly comes first, each film once, on pages that lead to
// each other.
func TestPagesOfWhatWasMeant(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		var file []string
		for i := range 60 {
			file = append(file, fmt.Sprintf(`{"title":"Paris %02d","year":%d,"cast":[],"genres":["Drama"]}`, i, 1990+i%7))
		}
		file = append(file, `{"title":"Pairs","year":2000,"cast":[],"genres":["Drama"]}`, `{"title":"Pairs of Paris","year":2001,"cast":[],"genres":["Drama"]}`)
		c.load(t, rows(file...))
		for _, sort := range []marquee.Sort{marquee.SortTitle, marquee.SortYear, marquee.SortYearDesc, marquee.SortRating} {
			f := marquee.MovieFilter{Query: "pairs", Sort: sort, Genre: "Drama", Page: marquee.PageRequest{Limit: 7}}
			first := c.find(t, f)
			if first.CorrectedQuery != "paris" || first.Total != 62 || first.PrevCursor != nil {
				t.Fatalf("by %s: %q, total %d", sort, first.CorrectedQuery, first.Total)
			}
			for _, m := range first.Items[:2] {
				if !strings.HasPrefix(m.Title, "Pairs") {
					t.Errorf("by %s: %q comes first", sort, titles(first.Items))
				}
			}
			forward := c.walk(t, f, false)
			f.Page.At = "end"
			if last := c.find(t, f); last.CorrectedQuery != "paris" || last.NextCursor != nil {
				t.Errorf("by %s, the end: %q", sort, last.CorrectedQuery)
			}
			back := c.walk(t, f, true)
			slices.Reverse(back)
			if distinct := slices.Compact(slices.Sorted(slices.Values(forward))); len(distinct) != 62 || !slices.Equal(forward, back) {
				t.Errorf("by %s: %d films forward, %d of them distinct, %d back", sort, len(forward), len(distinct), len(back))
			}
			f.Page = marquee.PageRequest{Cursor: *first.NextCursor}
			f.Query = "paris"
			if _, err := c.FindMovies(c.person, f); !marquee.IsCode(err, marquee.CodeInvalid) {
				t.Errorf("by %s: the cursor is good for another query: %v", sort, err)
			}
		}
		at := c.find(t, marquee.MovieFilter{Query: "pairs", Page: marquee.PageRequest{At: "paris 30"}})
		if got := titles(at.Items); len(got) == 0 || got[0] != "Paris 30" || at.PrevCursor == nil {
			t.Errorf("letters lead to %q", got)
		}
	})
}

// watched counts the questions for near words and can keep them waiting.
type watched struct {
	catalog.Storage
	asked atomic.Int64
	stuck bool
	err   error
}

func (w *watched) NearWords(ctx context.Context, n catalog.Near) ([]string, error) {
	w.asked.Add(1)
	if w.stuck {
		<-ctx.Done()
		return nil, marquee.Unavailable("look for near words", ctx.Err())
	}
	if w.err != nil {
		return nil, w.err
	}
	return w.Storage.NearWords(ctx, n)
}

func (c *cinema) watch(wait time.Duration) *watched {
	w := &watched{Storage: c.store}
	c.Service = catalog.New(catalog.Deps{Store: w, CursorKey: []byte("0123456789abcdef0123456789abcdef"), TypoTime: wait})
	return w
}

// Near words are asked for only when fewer than five films are found.
func TestTyposAreLookedForOnlyWithoutResults(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		w := c.watch(time.Minute)
		var file []string
		for i := range 9 {
			name := map[bool]string{true: "Wallpaper", false: "Walpaper"}[i < 5]
			file = append(file, fmt.Sprintf(`{"title":"%s %d","year":1990,"cast":["Somebody"],"genres":[]}`, name, i))
		}
		c.load(t, rows(file...))
		for _, query := range []string{"", "wallpaper", "wall", "somebody", "some"} {
			if p := c.find(t, marquee.MovieFilter{Query: query}); w.asked.Load() > 0 || p.CorrectedQuery != "" {
				t.Errorf("%q: asked for near words", query)
			}
		}
		c.find(t, marquee.MovieFilter{Query: "walpaper"})
		if w.asked.Load() == 0 {
			t.Error("four films are found and near words not asked for")
		}
	})
}

// What takes too long, or fails, leaves the search as it is.
func TestTyposHaveATimeOfTheirOwn(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		if err := c.LoadStarter(t.Context()); err != nil {
			t.Fatal(err)
		}
		for name, set := range map[string]func(w *watched){
			"stuck":  func(w *watched) { w.stuck = true },
			"broken": func(w *watched) { w.err = marquee.Wrap(marquee.CodeInternal, "look", errors.New("no such table")) },
		} {
			w := c.watch(time.Millisecond)
			set(w)
			p, err := c.FindMovies(c.person, marquee.MovieFilter{Query: "parasiet"})
			if err != nil || len(p.Items) > 0 || p.CorrectedQuery != "" {
				t.Errorf("%s: %v, %q", name, err, p.CorrectedQuery)
			}
		}
	})
}
