package store_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"example.com/marquee/common/marquee"
)

func TestSearchFindsShortKoreanAndMarkedWords(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		if err := c.LoadStarter(t.Context()); err != nil {
			t.Fatal(err)
		}
		c.load(t, rows(
			`{"title":"Up","year":2009,"cast":["Ed Asner"],"genres":["Animated"]}`,
			`{"title":"It","year":2017,"cast":[],"genres":["Horror"]}`,
			`{"title":"R.I.P.D.","year":2013,"cast":[],"genres":["Action"]}`,
			`{"title":"Spider-Man","year":2002,"cast":["Zo\u00eb Kravitz"],"genres":["Superhero"]}`,
			`{"title":"$","year":1971,"cast":[],"genres":["Crime"]}`,
			`{"title":"100%","year":1999,"cast":[],"genres":[]}`,
		))
		for query, want := range map[string]string{
			"괴물": "The Host", "버닝": "Burning", "기생": "Parasite", "살인의 추": "Memories of Murder", "살인의추": "Memories of Murder",
			"버": "Burning", "up": "Up", "IT": "It", "ripd": "R.I.P.D.", "r i p": "R.I.P.D.", "spiderman": "Spider-Man", "spider-m": "Spider-Man",
			"zoe krav spider": "", "spider zoe krav": "Spider-Man", "amelie": "Amélie", "ＡＭÉＬＩＥ": "Amélie", "8½": "8½", "$": "$", "100%": "100%",
			"羅生門": "Rashomon", "bong joon host": "The Host", "dr strangelove worry": "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb",
			"괴물 버닝": "", "burn": "Burning", "rning": "",
		} {
			p := c.find(t, marquee.MovieFilter{Query: query})
			got := titles(p.Items)
			if want == "" && len(got) > 0 && p.CorrectedQuery == "" || want != "" && !slices.Contains(got, want) || p.Total != len(got) {
				t.Errorf("%q finds %q, total %d; want %q", query, got, p.Total, want)
			}
		}
	})
}

// Nothing in a query is an operator of LIKE, FTS5, tsquery or SQL.
func TestAttack_QueryWithOperators(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		if err := c.LoadStarter(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, q := range []string{
			"%", "_", `\`, "%%%", `'`, `"`, `''`, `""`, "*", "?", "??", "?0", "a:*", "' OR 1=1 --", `" OR "`, "NOT", "NEAR(", "^", "-", "+", "(", ")", "|", "&", "!", "<->", ":*",
			"terms:x", "zz OR host", "zz | host", "host AND NOT", "\uE002Drama", "\uE001h", strings.Repeat("(", 100), "\u202e", "\u0301", "😀",
			"'; DROP TABLE movies; --", `\' OR`, `$1`, "%s%n", "host\tNOT\nzz",
		} {
			p, err := c.FindMovies(c.person, marquee.MovieFilter{Query: q, Genre: ""})
			if err != nil {
				t.Errorf("%q: %v", q, err)
			}
			for _, m := range p.Items {
				if !mentions(m, cmp.Or(p.CorrectedQuery, q)) {
					t.Errorf("%q finds %q", q, m.Title)
				}
			}
		}
		for _, genre := range []string{"' OR '1'='1", "Dra%", "?", `\`, "drama", "\u202e"} {
			if p := c.find(t, marquee.MovieFilter{Genre: genre}); len(p.Items) > 0 {
				t.Errorf("genre %q finds %q", genre, titles(p.Items))
			}
		}
	})
}

// mentions reports whether every run of letters in q is in the film.
func mentions(m marquee.Movie, q string) bool {
	text := strings.ToLower(fmt.Sprint(m.Title, m.OriginalTitle, m.Directors, m.Cast))
	for _, w := range strings.FieldsFunc(strings.ToLower(q), func(r rune) bool { return r < 'a' || r > 'z' }) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return strings.ContainsAny(strings.ToLower(q), "abcdefghijklmnopqrstuvwxyz0123456789")
}

// The twin: the same words without operators find the film.
func TestQueryWithoutOperators(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		if err := c.LoadStarter(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, q := range []string{"host", "host 괴물", "the host"} {
			if p := c.find(t, marquee.MovieFilter{Query: q}); !slices.Contains(titles(p.Items), "The Host") {
				t.Errorf("%q finds %q", q, titles(p.Items))
			}
		}
		if p := c.find(t, marquee.MovieFilter{Genre: "Drama"}); len(p.Items) == 0 {
			t.Error("genre Drama finds nothing")
		}
	})
}

func TestFiltersThatCannotBe(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		for field, f := range map[string]marquee.MovieFilter{
			"q":         {Query: strings.Repeat("가", 101)},
			"genre":     {Genre: "a\x00b"},
			"year_from": {YearFrom: -1},
			"year_to":   {YearFrom: 2000, YearTo: 1999},
			"sort":      {Sort: "rating"},
			"at":        {Sort: marquee.SortYear, Page: marquee.PageRequest{At: "b"}},
			"limit":     {Page: marquee.PageRequest{Limit: 101}},
			"cursor":    {Page: marquee.PageRequest{Cursor: "x"}},
		} {
			_, err := c.FindMovies(c.person, f)
			if !marquee.IsCode(err, marquee.CodeInvalid) || !strings.Contains(err.Error(), " "+field+"=") {
				t.Errorf("%s: %v", field, err)
			}
		}
		if _, err := c.FindMovies(t.Context(), marquee.MovieFilter{}); !marquee.IsCode(err, marquee.CodeUnauthenticated) {
			t.Errorf("nobody: %v", err)
		}
	})
}
