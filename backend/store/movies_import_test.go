package store_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"example.com/marquee/backend/catalog"
	"example.com/marquee/common/marquee"
)

// rows joins rows into a file.
func rows(rows ...string) string { return "[" + strings.Join(rows, ",\n") + "]" }

func zip(s string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(s))
	_ = z.Close()
	return b.Bytes()
}

// load imports a file of films, whole, and tells what became of them.
func (c *cinema) load(tb testing.TB, file string) catalog.Saved {
	tb.Helper()
	h := c.importing(tb, map[string]string{"films.json": file})
	if len(h.bad) > 0 {
		tb.Fatalf("%+v", h.bad)
	}
	return *h.files["films.json"].Films
}

func TestImportTwiceChangesNothing(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		file := rows(
			`{"title":"Superman II","year":1980,"cast":["Christopher Reeve",")"],"genres":["Action"],"href":"Superman_II","extract":"First. Second."}`,
			`{"title":"Superman III","year":1981,"cast":["Christopher Reeve"],"genres":["Action","Action"],"href":"Superman_II"}`,
			`{"title":"Hamlet","year":1990,"cast":["A Person"],"genres":[]}`,
			`{"title":"Hamlet","year":1990,"cast":["Another"],"genres":[]}`,
		)
		if got := c.load(t, file); got != (catalog.Saved{Added: 4}) {
			t.Fatalf("first: %+v", got)
		}
		before := c.find(t, marquee.MovieFilter{})
		if got := c.load(t, string(zip(file))); got != (catalog.Saved{Unchanged: 4}) {
			t.Fatalf("again, compressed: %+v", got)
		}
		if after := c.find(t, marquee.MovieFilter{}); !reflect.DeepEqual(after, before) || after.Total != 4 {
			t.Fatalf("after: %+v", after)
		}
		if got := before.Items[2]; got.Year != 1980 || !reflect.DeepEqual(got.Cast, []string{"Christopher Reeve"}) || got.Overview != "First. Second." {
			t.Errorf("the first film: %+v", got)
		}
	})
}

func TestImportOfACorrectedFileKeepsRatings(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		row := `{"title":"Hamlet","year":1990,"cast":["%s"],"genres":["%s"],"href":"Hamlet_(1990_film)"}`
		c.load(t, rows(fmt.Sprintf(row, "Somebody Else", "Dramma")))
		id := c.find(t, marquee.MovieFilter{}).Items[0].ID
		if err := c.RateMovie(c.person, id, 8); err != nil {
			t.Fatal(err)
		}
		if got := c.load(t, rows(fmt.Sprintf(row, "Mel Gibson", "Drama"))); got.Updated != 1 {
			t.Fatalf("%+v", got)
		}
		p := c.find(t, marquee.MovieFilter{Query: "gibson", Genre: "Drama"})
		if p.Total != 1 || p.Items[0].RatingAverage != 8 || p.Items[0].MyRating != 8 {
			t.Fatalf("%+v", p)
		}
		for _, f := range []marquee.MovieFilter{{Query: "somebody"}, {Genre: "Dramma"}} {
			if p := c.find(t, f); p.Total != 0 || len(p.Items) != 0 {
				t.Errorf("%+v still finds %v", f, titles(p.Items))
			}
		}
		if genres, err := c.Genres(c.person); err != nil || !reflect.DeepEqual(genres, []string{"Drama"}) {
			t.Errorf("genres: %v %v", genres, err)
		}
	})
}

// A context that ends in the middle leaves whole batches behind.
func TestImportCancelled(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		var many []string
		for i := range 1000 {
			many = append(many, fmt.Sprintf(`{"title":"Film %d","year":1990,"cast":[],"genres":["Drama"]}`, i))
		}
		ctx, cancel := context.WithCancel(t.Context())
		file := catalog.ImportFile{Name: "films.json", Reader: strings.NewReader(rows(many...))}
		err := c.ImportFiles(ctx, []catalog.ImportFile{file}, whenSaved(cancel))
		there := c.find(t, marquee.MovieFilter{}).Total
		if !marquee.IsCode(err, marquee.CodeUnavailable) || there == 0 || there == len(many) {
			t.Fatalf("%d films, %v", there, err)
		}
		if got := c.load(t, rows(many...)); got != (catalog.Saved{Added: len(many) - there, Unchanged: there}) {
			t.Errorf("then: %+v", got)
		}
	})
}

// A film that is a starter film is not changed by an import.
func TestImportLeavesStarterFilms(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		for range 2 {
			if err := c.LoadStarter(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		before := c.find(t, marquee.MovieFilter{Query: "alien scott"})
		if before.Total != 1 {
			t.Fatalf("found %v", titles(before.Items))
		}
		r := c.load(t, rows(`{"title":"Alien","year":1979,"cast":["and"],"genres":["Horror"],"href":"Alien_(film)"}`))
		if r.Unchanged != 1 {
			t.Errorf("%+v", r)
		}
		if after := c.find(t, marquee.MovieFilter{Query: "alien scott"}); !reflect.DeepEqual(after, before) {
			t.Errorf("%+v", after)
		}
	})
}

// Nor does it matter which came first.
func TestStarterFilmsTakeThePlaceOfImportedOnes(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		c.load(t, rows(`{"title":"Alien","year":1979,"cast":["Nobody"],"genres":["Horror"],"href":"Alien_(film)"}`))
		if err := c.LoadStarter(t.Context()); err != nil {
			t.Fatal(err)
		}
		if p := c.find(t, marquee.MovieFilter{Query: "alien nobody"}); p.Total != 0 {
			t.Errorf("still there: %+v", p.Items)
		}
		if p := c.find(t, marquee.MovieFilter{Query: "alien scott"}); p.Total != 1 {
			t.Errorf("%d films", p.Total)
		}
	})
}
