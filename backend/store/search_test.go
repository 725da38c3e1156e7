package store

import (
	"bytes"
	"cmp"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/marquee/backend/catalog"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// The two hundred searches find what their words say, in the order they ask
// for, the same on both databases.
func TestSearchesFindWhatTheirWordsSay(t *testing.T) {
	skipUnderRace(t)
	const n = 2500 // enough for lists that are walked, and walked by decades
	maker := newFilmMaker(1)
	all := make([]catalog.Film, n)
	for i := range all {
		all[i] = maker.film(i)
	}
	found := map[searchCase]string{}
	for _, url := range []string{"sqlite:" + filepath.Join(t.TempDir(), "films.db"), testrig.Postgres(t)} {
		h := openHall(t, url, n, time.Minute)
		for _, c := range searchSet(t) {
			p := h.find(t, h.leadTo(t, c))
			got := strings.Join(idsOf(p.Items), " ") + " " + p.CorrectedQuery
			if other, ok := found[c]; ok && other != got {
				t.Errorf("%+v: the databases differ", c)
			}
			found[c] = got
			if want := whatShould(all, c.filter); p.CorrectedQuery == "" && (p.Total != totalOf(len(want), n) || !isPage(c.page, idsOf(p.Items), want)) {
				t.Errorf("%+v: %d films of %d, want those of %d", c, len(p.Items), p.Total, len(want))
			}
		}
	}
}

// totalOf is what is said of a list of so many films.
func totalOf(list, all int) int {
	if list == all {
		return all
	}
	return min(list, catalog.MostCounted)
}

func idsOf(movies []marquee.Movie) []string {
	out := make([]string, len(movies))
	for i, m := range movies {
		out[i] = m.ID
	}
	return out
}

// isPage reports whether ids are that page of a list.
func isPage(page string, ids, list []string) bool {
	const limit = 20
	switch page {
	case pageFirst:
		return slices.Equal(ids, list[:min(limit, len(list))])
	case pageEnd:
		return slices.Equal(ids, list[max(0, len(list)-limit):])
	case pageNext:
		list = list[min(1, len(list)):]
		return len(list) == 0 || slices.Equal(ids, list[:min(limit, len(list))])
	}
	if len(ids) == 0 {
		return len(list) == 0
	}
	at := slices.Index(list, ids[0])
	return at >= 0 && slices.Equal(ids, list[at:min(len(list), at+len(ids))])
}

// whatShould lists the ids of the films that a filter names, in its order.
func whatShould(all []catalog.Film, f marquee.MovieFilter) []string {
	var films []catalog.Film
	place := map[string]int{}
	for i, m := range all {
		if place[m.ID] = i; hasWords(m, f.Query) && (f.Genre == "" || slices.Contains(m.Genres, f.Genre)) &&
			m.Year >= f.YearFrom && (f.YearTo == 0 || m.Year <= f.YearTo) {
			films = append(films, m)
		}
	}
	rank := func(m catalog.Film) float64 {
		sum, count := rated(place[m.ID])
		if i := place[m.ID]; i < 200 { // the moviegoer's own
			sum, count = sum+1+i%10, count+1
		}
		return float64(sum) / float64(max(count, 1))
	}
	slices.SortFunc(films, func(a, b catalog.Film) int {
		var first int
		switch f.Sort {
		case marquee.SortYear:
			first = a.Year - b.Year
		case marquee.SortYearDesc:
			first = b.Year - a.Year
		case marquee.SortRating:
			first = cmp.Compare(rank(b), rank(a))
		}
		return cmp.Or(first, bytes.Compare(a.TitleKey, b.TitleKey), strings.Compare(a.ID, b.ID))
	})
	ids := make([]string, len(films))
	for i, m := range films {
		ids[i] = m.ID
	}
	return ids
}

// hasWords reports whether a film has every word of a query, the last one as
// the beginning of one.
func hasWords(m catalog.Film, query string) bool {
	typed := strings.Fields(query)
	for i, w := range typed {
		if !slices.ContainsFunc(m.Terms, func(t string) bool { return t == w || i == len(typed)-1 && strings.HasPrefix(t, w) }) {
			return false
		}
	}
	return true
}
