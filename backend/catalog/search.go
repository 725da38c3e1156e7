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
	matches Matches // nil: all films
	total   int
}

func (s *Service) search(ctx context.Context, userID string, f marquee.MovieFilter) (results, error) {
	var at place
	var err error
	if f.Page.Cursor != "" {
		if at, err = s.cursors.read(bindingOfFilter(f), f.Page.Cursor); err != nil {
			return results{}, err
		}
	}
	r, err := s.results(ctx, userID, f)
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
	f.Query = r.meant
	more, err := s.store.FindMatches(ctx, selectionOf(f))
	if err != nil {
		return r, err
	}
	more = more.Without(r.matches)
	r.list, r.total = chained(r.list, s.lister(ctx, userID, f, more)), r.total+more.Count()
	return r, nil
}

// results finds what a filter names and says how it is listed.
func (s *Service) results(ctx context.Context, userID string, f marquee.MovieFilter) (r results, err error) {
	if selection := selectionOf(f); selection.Everything() {
		r.total, err = s.store.MovieCount(ctx)
	} else if r.matches, err = s.store.FindMatches(ctx, selection); err == nil {
		r.total = r.matches.Count()
	}
	r.list = s.lister(ctx, userID, f, r.matches)
	return r, err
}

func (s *Service) lister(ctx context.Context, userID string, f marquee.MovieFilter, m Matches) lister {
	return func(w Window) ([]Entry, error) {
		return s.store.ListMovies(ctx, userID, MovieQuery{Matches: m, Sort: f.Sort, Language: f.Language, Window: w})
	}
}
