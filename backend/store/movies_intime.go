package store

import (
	"context"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"example.com/marquee/backend/catalog"
	"example.com/marquee/common/marquee"
)

// inTime leaves the decades out of a page in the order of years that it need
// not see before it is full, and of a set that is gathered the years too. What
// is searched for can begin, or end, with a certain time, as Korean names and
// silent films do: a walk would pass all films on the other side of it before
// the first that counts.
func (s *Store) inTime(ctx context.Context, set filmSet, q catalog.MovieQuery) (filmSet, clause, error) {
	var years clause
	if set.Count() <= fewFilms || q.Sort != marquee.SortYear && q.Sort != marquee.SortYearDesc {
		return set, years, nil
	}
	soon, spans, err := s.soonest(ctx, set, catalog.Decades(), q)
	if err != nil || spans == nil {
		return set, years, err
	}
	if soon.few() && soon.Count() > fewFilms {
		var single []catalog.Span
		for _, d := range spans {
			single = append(single, d.Years()...)
		}
		soon, spans, err = s.soonest(ctx, soon, single, q)
	}
	if err != nil || len(spans) == 0 {
		return soon, years, err
	}
	if q.Sort == marquee.SortYear {
		years.and("m.year BETWEEN ? AND ?", spans[0].From, spans[len(spans)-1].To)
	} else {
		years.and("m.year_down BETWEEN ? AND ?", -spans[len(spans)-1].To, -spans[0].From)
	}
	return soon, years, nil
}

// soonest keeps the films of a set that are in the spans which a page sees
// first, with those spans; all films and nil where the films of some span are
// not known. Spans are given and returned in the order of time.
func (s *Store) soonest(ctx context.Context, set filmSet, spans []catalog.Span, q catalog.MovieQuery) (filmSet, []catalog.Span, error) {
	down := (q.Sort == marquee.SortYearDesc) != q.Backward
	if down {
		slices.Reverse(spans)
	}
	if q.From != nil {
		year := int(max(q.From.Number, -q.From.Number))
		spans = spans[max(0, slices.IndexFunc(spans, func(d catalog.Span) bool { return d.From <= year && year <= d.To })):]
	}
	terms := make([]string, len(spans))
	for i, d := range spans {
		terms[i] = d.Term
	}
	films, err := s.commonSets(ctx, terms)
	if err != nil || len(films) < len(spans) {
		return set, nil, err
	}
	var parts []*roaring.Bitmap
	kept, n := []catalog.Span{}, 0
	for i, d := range spans {
		part := roaring.And(set.films, films[d.Term])
		if part.IsEmpty() {
			continue
		}
		parts, kept = append(parts, part), append(kept, d)
		if i > 0 || q.From == nil { // of the span of a place some may lie behind it
			n += int(part.GetCardinality())
		}
		if n >= q.Limit {
			break
		}
	}
	if down {
		slices.Reverse(kept)
	}
	return filmSet{roaring.FastOr(parts...)}, kept, nil
}
