package store

import (
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"example.com/marquee/backend/catalog"
	"example.com/marquee/common/marquee"
)

// spansFirst is how many spans are read first, and each time twice as many: most
// pages are full after one or two.
const spansFirst = 2

// nearby leaves the films out of a page in the order of titles or years that it
// need not see before it is full, as far as terms tell them, and says where in
// that order the others are. What is searched for can begin, or end, with certain
// letters or a certain time, as Korean names and silent films do: a walk would
// pass all films on the other side of it before the first that counts.
func (s *Store) nearby(ctx context.Context, set filmSet, q catalog.MovieQuery) (filmSet, clause, error) {
	var where clause
	if set.Count() <= fewFilms {
		return set, where, nil
	}
	switch q.Sort {
	case marquee.SortTitle:
		near, spans, err := s.nearTitles(ctx, set, q)
		if len(spans) > 0 {
			where.and("m.title_key >= ?", spans[0].From)
			if end := spans[len(spans)-1].To; end != nil {
				where.and("m.title_key < ?", end)
			}
		}
		return near, where, err
	case marquee.SortYear, marquee.SortYearDesc:
		near, spans, err := s.nearYears(ctx, set, q)
		if len(spans) == 0 {
			return near, where, err
		}
		from, to := max(spans[0].From, set.yearFrom), spans[len(spans)-1].To
		if set.yearTo != 0 {
			to = min(to, set.yearTo)
		}
		if q.Sort == marquee.SortYear {
			where.and("m.year BETWEEN ? AND ?", from, to)
		} else {
			where.and("m.year_down BETWEEN ? AND ?", -to, -from)
		}
		return near, where, err
	}
	return set, where, nil
}

func (s *Store) nearTitles(ctx context.Context, set filmSet, q catalog.MovieQuery) (filmSet, []catalog.Titles, error) {
	spans := catalog.TitleSpans()
	first := -1
	if q.From != nil {
		first = slices.IndexFunc(spans, func(t catalog.Titles) bool { return t.Has(q.From.TitleKey) })
	}
	return soonest(ctx, s, set, spans, func(t catalog.Titles) string { return t.Term }, first, q.Backward, q.Limit)
}

func (s *Store) nearYears(ctx context.Context, set filmSet, q catalog.MovieQuery) (filmSet, []catalog.Years, error) {
	spans := slices.DeleteFunc(catalog.Decades(), func(y catalog.Years) bool {
		return y.To < set.yearFrom || set.yearTo != 0 && y.From > set.yearTo
	})
	first := -1
	if q.From != nil {
		year := int(max(q.From.Number, -q.From.Number))
		first = slices.IndexFunc(spans, func(y catalog.Years) bool { return y.From <= year && year <= y.To })
	}
	down := (q.Sort == marquee.SortYearDesc) != q.Backward
	return soonest(ctx, s, set, spans, func(y catalog.Years) string { return y.Term }, first, down, q.Limit)
}

// soonest keeps the films of a set that are in the spans which a page of limit
// films sees first, with those spans; all films and no span where the films of
// some span are not known. Spans are given and returned in their order; the page
// begins within span first, unless that is negative, and goes down or up.
func soonest[T any](ctx context.Context, s *Store, set filmSet, spans []T, term func(T) string, first int, down bool, limit int) (filmSet, []T, error) {
	spans = slices.Clone(spans)
	if down {
		slices.Reverse(spans)
		first = len(spans) - 1 - first
	}
	within := first >= 0 && first < len(spans)
	if within {
		spans = spans[first:]
	}
	var parts []*roaring.Bitmap
	var kept []T
	n, among, most := 0, 0, spansFirst
	for begin := 0; begin < len(spans) && n < limit; begin, most = begin+most, most*2 {
		some := spans[begin:min(begin+most, len(spans))]
		terms := make([]string, len(some))
		for i, span := range some {
			terms[i] = term(span)
		}
		films, err := s.commonSets(ctx, terms)
		if err != nil || len(films) < len(some) {
			return set, nil, err
		}
		for i := 0; i < len(some) && n < limit; i++ {
			all := films[terms[i]]
			part := roaring.And(set.films, all)
			if part.IsEmpty() && kept == nil {
				continue
			}
			parts, kept, among = append(parts, part), append(kept, some[i]), among+int(all.GetCardinality())
			if begin+i > 0 || !within { // of the span of a place some may lie behind it
				n += int(part.GetCardinality())
			}
		}
	}
	if down {
		slices.Reverse(kept)
	}
	set.films, set.among = roaring.FastOr(parts...), among
	return set, kept, nil
}
