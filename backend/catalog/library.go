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
	if err := marquee.Invalid(marquee.CheckLibrary(entries, s.clock())...); err != nil {
		return nil, err
	}
	named, err := s.store.FilmsNamed(ctx, namesOf(entries))
	if err != nil {
		return nil, err
	}
	films := byName(named)
	results := make([]marquee.LibraryResult, len(entries))
	var items []LibraryItem
	var places []int // of items among entries
	for i, e := range entries {
		results[i] = films.which(e.Title, e.Year)
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

// namedFilms are films by the keys of their titles and of their original titles.
type namedFilms struct{ titles, originals map[string][]NamedFilm }

func byName(films []NamedFilm) namedFilms {
	n := namedFilms{map[string][]NamedFilm{}, map[string][]NamedFilm{}}
	for _, f := range films {
		key := string(titleKey(f.Title, f.Year))
		n.titles[key] = append(n.titles[key], f)
		if f.OriginalTitle != "" {
			key = string(titleKey(f.OriginalTitle, f.Year))
			n.originals[key] = append(n.originals[key], f)
		}
	}
	return n
}

// which picks the film that an entry means. The year itself goes before its
// neighbours, the title before the original one; two films that are as good as
// each other are none.
func (n namedFilms) which(title string, year int) marquee.LibraryResult {
	here, before, after := titleKey(title, year), titleKey(title, year-yearsApart), titleKey(title, year+yearsApart)
	for _, ids := range [][]string{
		n.called(title, n.titles[string(here)]),
		n.called(title, n.originals[string(here)]),
		n.called(title, n.titles[string(before)], n.titles[string(after)], n.originals[string(before)], n.originals[string(after)]),
	} {
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

// called returns the ids of those films that have the title, once each: a key
// holds the beginning of a long title only.
func (n namedFilms) called(title string, lists ...[]NamedFilm) (ids []string) {
	for _, f := range slices.Concat(lists...) {
		if (sameTitle(f.Title, title) || sameTitle(f.OriginalTitle, title)) && !slices.Contains(ids, f.ID) {
			ids = append(ids, f.ID)
		}
	}
	return ids
}
