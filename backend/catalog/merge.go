package catalog

import (
	"cmp"
	"slices"
)

// The sources of films, as Film.Source names them.
const (
	sourceStarter   = "starter"
	sourceIMDb      = "imdb"
	sourceWikipedia = "wikipedia"
	sourceMovieLens = "movielens"
)

// rank orders sources by precedence, the first one 0: the starter films were
// written by hand, IMDb's tables are kept, Wikipedia's lists were scraped, and
// MovieLens knows little more than titles. So the order in which files are
// imported makes no difference to what a film says.
func rank(source string) int {
	return slices.Index([]string{sourceStarter, sourceIMDb, sourceWikipedia, sourceMovieLens, source}, source)
}

// Change says what a merge changed.
type Change int

// The changes, each including those before it.
const (
	ChangeNone    Change = iota
	ChangeTallies        // what other sites counted, and nothing else
	ChangeFilm
)

// Merge returns what becomes of a film that is there when a source tells of it,
// and what is different then. The film keeps its id.
//
// The source that brought the film, or one that takes precedence, replaces what
// it says something about; another one adds what is missing, as does the same
// one where it tells of the film a second time, with another year. What sites
// counted is always the newest that was said.
func Merge(there, said Film) (Film, Change) {
	out, change := there, ChangeNone
	switch {
	case said.Source != there.Source && rank(said.Source) > rank(there.Source) || said.Source != there.Source && said.Patch,
		retold(there, said):
		out = fill(there, said)
	case said.Patch:
		out = withPeople(there, said)
	case said.Digest != there.Digest || differ(there.Directors, said.Directors) || differ(there.Cast, said.Cast):
		out = fill(said, there)
		out.ID, out.Source, out.Digest = there.ID, said.Source, said.Digest
		out.IMDb, out.MovieLens = there.IMDb, there.MovieLens
		change = ChangeFilm
	}
	if change != ChangeFilm && !sameFacts(there, out) {
		change = ChangeFilm
	}
	if change == ChangeFilm {
		out = derive(out)
	}
	for _, t := range []struct {
		said *Tally
		out  **Tally
	}{{said.IMDb, &out.IMDb}, {said.MovieLens, &out.MovieLens}} {
		if t.said != nil && (*t.out == nil || *t.said != **t.out) {
			*t.out, change = t.said, max(change, ChangeTallies)
		}
	}
	return out, change
}

// retold reports whether a source without ids of its own tells of a film once
// more: the year is kept that it was stored with.
func retold(there, said Film) bool {
	return said.Source == there.Source && said.ID != there.ID && said.IMDbID == "" && said.Year != there.Year
}

// Join makes one film of two that are stored. The one whose source takes
// precedence is kept, else the first, and has what it lacks from the other.
func Join(a, b Film) (kept, gone Film) {
	kept, gone = a, b
	if rank(b.Source) < rank(a.Source) {
		kept, gone = b, a
	}
	kept = fill(kept, gone)
	kept.IMDb, kept.MovieLens = counted(kept.IMDb, gone.IMDb), counted(kept.MovieLens, gone.MovieLens)
	return derive(kept), gone
}

// counted is the tally in which there is something.
func counted(a, b *Tally) *Tally {
	if (a == nil || a.Votes == 0) && b != nil {
		return b
	}
	return a
}

// says reports whether Merge would change nothing: the source that brought the
// film says the same again. Of another source it does not know.
func (there Stored) says(f Film) bool {
	same := func(said *Tally, stored Tally) bool { return said == nil || *said == stored }
	people := func(said, stored []string) bool {
		if f.Patch {
			return said == nil || slices.Equal(stored, said)
		}
		return !differ(stored, said)
	}
	return f.Source == there.Source && (f.Patch || f.Digest == there.Digest) &&
		people(f.Directors, there.Directors) && people(f.Cast, there.Cast) &&
		same(f.IMDb, there.IMDb) && same(f.MovieLens, there.MovieLens)
}

// withPeople is a film with the people who are told of it.
func withPeople(f, said Film) Film {
	if said.Directors != nil {
		f.Directors = said.Directors
	}
	if said.Cast != nil {
		f.Cast = said.Cast
	}
	return f
}

// fill returns f with what it lacks taken from another telling of it. A list
// that says there is none is kept by the source whose film it is, and counts as
// lacking where the film is stored and another source knows better.
func fill(f, from Film) Film {
	f.IMDbID = cmp.Or(f.IMDbID, from.IMDbID)
	f.Page = cmp.Or(f.Page, from.Page)
	f.OriginalTitle = cmp.Or(f.OriginalTitle, from.OriginalTitle)
	f.RuntimeMinutes = cmp.Or(f.RuntimeMinutes, from.RuntimeMinutes)
	f.OverviewEN = cmp.Or(f.OverviewEN, from.OverviewEN)
	f.OverviewKO = cmp.Or(f.OverviewKO, from.OverviewKO)
	same := f.Source == from.Source
	for _, l := range []struct {
		to   *[]string
		from []string
	}{{&f.Countries, from.Countries}, {&f.Languages, from.Languages}, {&f.Genres, from.Genres}, {&f.Directors, from.Directors}, {&f.Cast, from.Cast}} {
		if *l.to == nil || len(*l.to) == 0 && !same {
			*l.to = l.from
		}
	}
	return f
}

// sameFacts compares two tellings of a stored film but for tallies.
func sameFacts(a, b Film) bool {
	return a.IMDbID == b.IMDbID && a.Page == b.Page && a.OriginalTitle == b.OriginalTitle && a.RuntimeMinutes == b.RuntimeMinutes &&
		a.OverviewEN == b.OverviewEN && a.OverviewKO == b.OverviewKO &&
		slices.Equal(a.Countries, b.Countries) && slices.Equal(a.Languages, b.Languages) && slices.Equal(a.Genres, b.Genres) &&
		slices.Equal(a.Directors, b.Directors) && slices.Equal(a.Cast, b.Cast)
}

// differ leaves it to the digest to tell of a list that has become empty: the
// people of a film may have come from elsewhere since.
func differ(there, said []string) bool { return len(said) > 0 && !slices.Equal(there, said) }

// SameFilm recognises a film that two sources tell of where no id says so:
// titles are the same but for case, accents and a leading article, the years
// are equal, and a director or an actor is in both. A source that knows its
// films by ids of its own never tells of one twice, and two IMDb ids are two
// films.
//
// It finds less than there is, since sources disagree about years by one, and
// claims nothing that is not so: a film of the same name and year with a person
// in common is the same film.
func SameFilm(a, b Film) bool {
	if a.Source == b.Source || a.IMDbID != "" && b.IMDbID != "" && a.IMDbID != b.IMDbID || a.Year != b.Year ||
		!slices.Equal(words(withoutArticle(a.Title)), words(withoutArticle(b.Title))) {
		return false
	}
	names := map[string]bool{}
	for _, p := range append(append([]string{}, a.Directors...), a.Cast...) {
		names[fold(p)] = true
	}
	return slices.ContainsFunc(append(append([]string{}, b.Directors...), b.Cast...), func(p string) bool { return names[fold(p)] })
}
