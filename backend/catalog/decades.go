package catalog

import (
	"context"
	"slices"

	"example.com/marquee/common/marquee"
)

// span is a run of years.
type span struct{ from, to int }

// spans cut the years in which films can be of into decades, the first and
// the last ones, which have few films, together.
func spans() []span {
	out := []span{{yearFirst, 1919}}
	for y := 1920; y <= 2020; y += 10 {
		out = append(out, span{y, y + 9})
	}
	return append(out, span{2030, yearLast})
}

// byDecades lists films by their year, a decade after the other. What is
// searched for can begin, or end, with a certain time, as Korean names and
// silent films do: one walk along the years would read every film on the other
// side of it before the first that counts.
func (s *Service) byDecades(ctx context.Context, userID string, q MovieQuery) lister {
	decades := spans()
	if q.Sort == marquee.SortYearDesc {
		slices.Reverse(decades)
	}
	return func(w Window) ([]Entry, error) {
		order := slices.Clone(decades)
		if w.Backward {
			slices.Reverse(order)
		}
		var out []Entry
		for _, d := range order[firstSpan(order, w.From):] {
			q := q
			q.Selection = within(q.Selection, d)
			if q.Nothing {
				continue
			}
			q.Window = Window{From: w.From, Backward: w.Backward, Limit: w.Limit - len(out)}
			n, err := s.store.CountMovies(ctx, q.Selection, MostCounted)
			if err != nil {
				return nil, err
			}
			if n == 0 {
				continue
			}
			q.Few = n <= MostCounted
			found, err := s.store.ListMovies(ctx, userID, q)
			if err != nil {
				return nil, err
			}
			if out = append(out, found...); len(out) == w.Limit {
				break
			}
		}
		return out, nil
	}
}

// firstSpan is the index of the span in which a place lies, 0 for none.
func firstSpan(order []span, at *Position) int {
	if at == nil {
		return 0
	}
	year := max(at.Number, -at.Number)
	return max(0, slices.IndexFunc(order, func(d span) bool { return int64(d.from) <= year && year <= int64(d.to) }))
}

// within bounds a selection by a span as well.
func within(s Selection, d span) Selection {
	s.YearFrom = max(s.YearFrom, d.from)
	if s.YearTo == 0 || s.YearTo > d.to {
		s.YearTo = d.to
	}
	if s.YearFrom > s.YearTo {
		s.Nothing = true
	}
	return s.withYearTerms()
}
