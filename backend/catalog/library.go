package catalog

import (
	"context"
	"slices"

	"example.com/marquee/common/marquee"
)

// SaveLibrary finds the film of each entry and brings all of them in. An entry
// whose film is not known, or of which there are two, is left out and says so.
func (s *Service) SaveLibrary(ctx context.Context, entries []marquee.LibraryEntry) ([]marquee.LibraryResult, error) {
	a, err := marquee.ActorFrom(ctx)
	if err != nil {
		return nil, err
	}
	if err := marquee.Invalid(marquee.CheckLibrary(entries)...); err != nil {
		return nil, err
	}
	named, err := s.store.FilmsNamed(ctx, namesOf(entries))
	if err != nil {
		return nil, err
	}
	results := make([]marquee.LibraryResult, len(entries))
	var items []LibraryItem
	var places []int // of items among entries
	for i, e := range entries {
		results[i] = whichFilm(named, e.Title, e.Year)
		if results[i].MovieID != "" {
			items, places = append(items, LibraryItem{MovieID: results[i].MovieID, LibraryEntry: e}), append(places, i)
		}
	}
	changed, err := s.store.SaveLibrary(ctx, a.UserID, items)
	if err != nil {
		return nil, err
	}
	for k, i := range places {
		results[i].Outcome = marquee.LibraryUnchanged
		if changed[k] {
			results[i].Outcome = marquee.LibrarySaved
		}
	}
	return results, nil
}

// yearsApart is how far the year of an entry may be from the film's: lists
// differ between the first showing at a festival and in cinemas.
const yearsApart = 1

// namesOf are the keys under which the films of entries can be.
func namesOf(entries []marquee.LibraryEntry) [][]byte {
	type name struct {
		title string
		year  int
	}
	seen := map[name]bool{}
	var keys [][]byte
	for _, e := range entries {
		for year := e.Year - yearsApart; year <= e.Year+yearsApart; year++ {
			if n := (name{e.Title, year}); !seen[n] {
				seen[n] = true
				keys = append(keys, titleKey(e.Title, year))
			}
		}
	}
	return keys
}

// whichFilm picks the film that an entry means. The year itself goes before
// its neighbours, the title before the original one; two films that are as
// good as each other are none.
func whichFilm(films []NamedFilm, title string, year int) marquee.LibraryResult {
	called := func(apart int, original bool) (ids []string) {
		for _, f := range films {
			name := f.Title
			if original {
				name = f.OriginalTitle
			}
			if d := f.Year - year; max(d, -d) == apart && name != "" && sameTitle(name, title) && !slices.Contains(ids, f.ID) {
				ids = append(ids, f.ID)
			}
		}
		return ids
	}
	near := called(yearsApart, false)
	for _, id := range called(yearsApart, true) {
		if !slices.Contains(near, id) {
			near = append(near, id)
		}
	}
	for _, ids := range [][]string{called(0, false), called(0, true), near} {
		switch len(ids) {
		case 0:
		case 1:
			return marquee.LibraryResult{MovieID: ids[0]}
		default:
			return marquee.LibraryResult{Outcome: marquee.LibraryAmbiguous}
		}
	}
	return marquee.LibraryResult{Outcome: marquee.LibraryNotFound}
}
