package store_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"example.com/marquee/common/marquee"
)

// entries walks the diary, three entries a page, as "date film" with a star
// for a rewatch.
func (c *cinema) entries(tb testing.TB, ids []string, month marquee.Month) []string {
	tb.Helper()
	var out []string
	f := marquee.DiaryFilter{Month: month, Page: marquee.PageRequest{Limit: 3}}
	for {
		page, err := c.Diary(c.person, f)
		must(tb, err)
		for _, m := range page.Items {
			e := fmt.Sprint(*m.WatchedOn, " ", slices.Index(ids, m.ID))
			if m.Rewatch {
				e += "*"
			}
			if m.NotedAt == nil {
				tb.Errorf("%s: no moment of the entry", e)
			}
			out = append(out, e)
		}
		if page.NextCursor == nil {
			if page.Total != len(out) {
				tb.Errorf("%q: total %d, listed %d", month, page.Total, len(out))
			}
			return out
		}
		f.Page.Cursor = *page.NextCursor
	}
}

func TestAFilmIsWatchedMoreThanOnce(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		ids := c.shelf(t, 2)
		for range 2 { // twice changes nothing
			for _, on := range []marquee.Date{"2026-10-31", "2024-02-29", "2026-11-24", "2026-11-01"} {
				must(t, c.MarkWatched(c.person, ids[0], on))
			}
			must(t, c.MarkWatched(c.person, ids[1], "2026-11-01"), c.MarkWatched(c.somebody(t), ids[0], "2020-01-01"))
		}
		all := []string{"2026-11-24 0*", "2026-11-01 1", "2026-11-01 0*", "2026-10-31 0*", "2024-02-29 0"}
		if got := c.entries(t, ids, ""); !slices.Equal(got, all) {
			t.Errorf("%v\nwant %v", got, all)
		}
		for month, want := range map[marquee.Month][]string{"2026-11": all[:3], "2026-10": all[3:4], "2024-02": all[4:], "2026-12": nil} {
			if got := c.entries(t, ids, month); !slices.Equal(got, want) {
				t.Errorf("%s: %v, want %v", month, got, want)
			}
		}
		months, err := c.DiaryMonths(c.person)
		must(t, err)
		if want := []marquee.MonthCount{{Month: "2026-11", Count: 3}, {Month: "2026-10", Count: 1}, {Month: "2024-02", Count: 1}}; !slices.Equal(months, want) {
			t.Errorf("%v, want %v", months, want)
		}
		m, err := c.FindMovie(c.person, ids[0], "")
		if err != nil || m.WatchCount != 4 || *m.WatchedOn != "2026-11-24" || m.Rewatch || m.NotedAt != nil {
			t.Errorf("%+v %v", m, err)
		}

		must(t, c.UnmarkWatched(c.person, ids[0], "2026-11-24"), c.UnmarkWatched(c.person, ids[0], "2026-11-24"), c.UnmarkWatched(c.person, ids[0], "2024-02-29"))
		viewings, err := c.Viewings(c.person, ids[0])
		if want := []marquee.Viewing{{WatchedOn: "2026-11-01", Rewatch: true}, {WatchedOn: "2026-10-31"}}; err != nil || !slices.Equal(viewings, want) {
			t.Errorf("%v %v, want %v", viewings, err, want)
		}
		if m, err = c.FindMovie(c.person, ids[0], ""); err != nil || m.WatchCount != 2 || *m.WatchedOn != "2026-11-01" {
			t.Errorf("%+v %v", m, err)
		}
		must(t, c.UnmarkWatched(c.person, ids[0], ""))
		if viewings, err = c.Viewings(c.person, ids[0]); err != nil || len(viewings) != 0 {
			t.Errorf("%v %v", viewings, err)
		}
		if got := c.entries(t, ids, ""); !slices.Equal(got, all[1:2]) {
			t.Errorf("%v, want %v", got, all[1:2])
		}
	})
}

// somebody is a context that acts for another person, made once a test.
func (c *cinema) somebody(tb testing.TB) context.Context {
	if c.other == nil {
		c.other = c.register(tb, "somebody")
	}
	return c.other
}

func TestADiaryRefusesBadMonths(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		for _, month := range []marquee.Month{"2026", "2026-13", "2026-1", "1500-01", "2026-11-01", "' OR 1=1"} {
			if _, err := c.Diary(c.person, marquee.DiaryFilter{Month: month}); !marquee.IsCode(err, marquee.CodeInvalid) {
				t.Errorf("%q: %v", month, err)
			}
		}
		id := c.shelf(t, 1)[0]
		if err := c.UnmarkWatched(c.person, id, "yesterday"); !marquee.IsCode(err, marquee.CodeInvalid) {
			t.Errorf("%v", err)
		}
		must(t, c.MarkWatched(c.person, id, "2026-11-01"), c.MarkWatched(c.person, id, "2026-11-02"))
		page, err := c.Diary(c.person, marquee.DiaryFilter{Month: "2026-11", Page: marquee.PageRequest{Limit: 1}})
		must(t, err)
		if _, err := c.Diary(c.person, marquee.DiaryFilter{Page: marquee.PageRequest{Cursor: *page.NextCursor}}); !marquee.IsCode(err, marquee.CodeInvalid) {
			t.Errorf("a month's cursor in the whole diary: %v", err)
		}
	})
}

// Ratings set, changed and taken back by several people at once, each of them
// at two places: the film's sum and count are those of the rows that remain.
func TestRatingsAndUnratingsAtOnce(t *testing.T) {
	onBothDatabases(t, func(t *testing.T, c *cinema) {
		id := c.shelf(t, 1)[0]
		people := []context.Context{c.person}
		for i := range 5 {
			people = append(people, c.register(t, fmt.Sprintf("person%d", i)))
		}
		var wg sync.WaitGroup
		for i, person := range people {
			for k := range 2 {
				wg.Go(func() {
					for n := range 8 {
						if err := c.RateMovie(person, id, 1+(i+3*k+n)%10); err != nil {
							t.Error(err)
						}
						if (i+k+n)%3 == 0 {
							if err := c.UnrateMovie(person, id); err != nil {
								t.Error(err)
							}
						}
					}
				})
			}
		}
		wg.Wait()
		sum, count := 0, 0
		for _, person := range people {
			m, err := c.FindMovie(person, id, "")
			must(t, err)
			sum, count = sum+m.MyRating, count+min(m.MyRating, 1)
		}
		m, err := c.FindMovie(c.person, id, "")
		must(t, err)
		if m.RatingCount != count || count > 0 && m.RatingAverage != float64(sum)/float64(count) {
			t.Errorf("%d ratings, average %v; the rows are %d with the sum %d", m.RatingCount, m.RatingAverage, count, sum)
		}
		for _, person := range people {
			must(t, c.UnrateMovie(person, id))
		}
		if m, err = c.FindMovie(c.person, id, ""); err != nil || m.RatingCount != 0 || m.RatingAverage != 0 {
			t.Errorf("without ratings: %d, average %v (%v)", m.RatingCount, m.RatingAverage, err)
		}
	})
}
