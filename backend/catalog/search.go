package catalog

import (
	"context"

	"example.com/marquee/common/marquee"
)

// results are the films of a search in their order: those that its words find
// and, where these are next to none, those of the words that may have been
// meant after them.
type results struct {
	browse
	total int
	exact bool // total was not counted and is no bound
}

func (s *Service) search(ctx context.Context, userID string, f marquee.MovieFilter) (results, error) {
	var at place
	var err error
	if f.Page.Cursor != "" {
		if at, err = s.cursors.read(bindingOfFilter(f), f.Page.Cursor); err != nil {
			return results{}, err
		}
	}
	r, err := s.results(ctx, userID, f, selectionOf(f), at.counted)
	if err != nil {
		return r, err
	}
	r.cursors, r.binding, r.request, r.meant = s.cursors, bindingOfFilter(f), f.Page, at.meant
	if f.Page.Cursor == "" && r.total < typosBelow && f.Query != "" {
		r.meant = s.meant(ctx, f, r.total)
	}
	last := 0
	if r.meant != "" {
		if r, err = s.withMeant(ctx, userID, f, r); err != nil {
			return r, err
		}
		last = 1
	}
	r.jump = func(letters string) *Position { return &Position{TitleKey: lettersKey(letters), Part: last} }
	return r, nil
}

// withMeant adds the films of what was meant, but those that are there.
func (s *Service) withMeant(ctx context.Context, userID string, f marquee.MovieFilter, r results) (results, error) {
	there, err := r.list(Window{Limit: typosBelow})
	if err != nil {
		return r, err
	}
	f.Query = r.meant
	selection := selectionOf(f)
	for _, e := range there {
		selection.Except = append(selection.Except, e.ID)
	}
	more, err := s.results(ctx, userID, f, selection, 0)
	if err != nil {
		return r, err
	}
	r.list, r.total, r.counted = chained(r.list, more.list), r.total+more.total, 0
	return r, nil
}

// results counts a selection, unless it is known how many there are, and
// chooses how it is listed.
func (s *Service) results(ctx context.Context, userID string, f marquee.MovieFilter, selection Selection, n int) (results, error) {
	var err error
	if n == 0 || selection.Everything() {
		if n, err = s.store.CountMovies(ctx, selection, MostCounted); err != nil {
			return results{}, err
		}
	}
	q := MovieQuery{Selection: selection, Sort: f.Sort, Language: f.Language, Few: n <= MostCounted && !selection.Everything()}
	r := results{browse: browse{counted: n}, total: n, exact: selection.Everything()}
	r.list = func(w Window) ([]Entry, error) {
		q := q
		q.Window = w
		return s.store.ListMovies(ctx, userID, q)
	}
	if byYear := f.Sort == marquee.SortYear || f.Sort == marquee.SortYearDesc; byYear && !q.Few && selection.Narrows() {
		r.list = s.byDecades(ctx, userID, q)
	}
	return r, nil
}
