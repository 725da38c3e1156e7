package catalog

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"io"
	"slices"

	"example.com/marquee/common/marquee"
)

// imdbImport is an import of IMDb's tables under way. Each table is read once;
// what is wanted of it goes into a sorter by the film's number, and then all of
// them are walked side by side. No table need be sorted.
type imdbImport struct {
	films   numberSet // those of title.basics
	wanted  numberSet // these and those that are there
	rated   numberSet
	people  numberSet // with a credit in a wanted film
	titles  *sorter   // by film
	ratings *sorter   // by film
	credits *sorter   // by person
	names   *sorter   // by person
	cast    *sorter   // names by film
	hear    Listener
}

func (s *Service) importIMDb(ctx context.Context, files map[kind][]*table, hear Listener) error {
	if !given(files, kindIMDbNames) {
		unusable(files[kindIMDbPrincipals], errNoNames)
		files[kindIMDbPrincipals] = nil
	} else if !given(files, kindIMDbPrincipals) {
		unusable(files[kindIMDbNames], errNoPrincipals)
		files[kindIMDbNames] = nil
	}
	if !given(files, kindIMDbTitles) && !given(files, kindIMDbRatings) && !given(files, kindIMDbPrincipals) {
		return nil
	}
	i := imdbImport{titles: newSorter(), ratings: newSorter(), credits: newSorter(), names: newSorter(), cast: newSorter(), hear: hear}
	for _, c := range []io.Closer{i.titles, i.ratings, i.credits, i.names, i.cast} {
		defer c.Close()
	}
	if err := each(ctx, files[kindIMDbTitles], i.title); err != nil {
		return err
	}
	if err := s.wantStored(ctx, &i); err != nil {
		return err
	}
	for _, part := range []struct {
		kind kind
		take func(tableRow) (bool, *BadRow, error)
	}{{kindIMDbRatings, i.rating}, {kindIMDbPrincipals, i.credit}, {kindIMDbNames, i.name}} {
		if err := each(ctx, files[part.kind], part.take); err != nil {
			return err
		}
	}
	if err := i.join(ctx); err != nil {
		return err
	}
	save := s.newSaver()
	err := save.end(ctx, i.save(ctx, save))
	hear.FilmsDone(sourceIMDb, save.total)
	return err
}

// wantStored wants ratings and people of the films that are there as well.
func (s *Service) wantStored(ctx context.Context, i *imdbImport) error {
	const page = 10_000
	for after := ""; ; {
		ids, err := s.store.IMDbIDs(ctx, after, page)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if n, ok := imdbNumber(id, "tt"); ok {
				i.wanted.add(n)
			}
			after = id
		}
		if len(ids) < page {
			return nil
		}
	}
}

// titleRecord is what is kept of a row of title.basics while it is sorted.
type titleRecord struct {
	Title    string   `json:"t"`
	Original string   `json:"o,omitempty"`
	Year     int      `json:"y"`
	Runtime  int      `json:"r,omitempty"`
	Genres   []string `json:"g,omitempty"`
}

func (i *imdbImport) title(r tableRow) (bool, *BadRow, error) {
	f, ok, bad := imdbTitle(r)
	if !ok {
		return false, bad, nil
	}
	n, _ := imdbNumber(f.IMDbID, "tt") // was read there
	if !i.films.add(n) {
		return false, refused(ReasonRepeated, "%s was there before", f.IMDbID), nil
	}
	i.wanted.add(n)
	text, err := json.Marshal(titleRecord{f.Title, f.OriginalTitle, f.Year, f.RuntimeMinutes, f.Genres})
	if err != nil {
		return false, nil, err
	}
	return true, nil, onScratch(i.titles.Put(numberKey(n), text))
}

func (i *imdbImport) rating(r tableRow) (bool, *BadRow, error) {
	n, t, bad := imdbRating(r)
	if bad != nil || !i.wanted.has(n) {
		return false, bad, nil
	}
	if !i.rated.add(n) {
		return false, refused(ReasonRepeated, "%s was there before", formatIMDb(n)), nil
	}
	value := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(t.Sum)), uint64(t.Votes))
	return true, nil, onScratch(i.ratings.Put(numberKey(n), value))
}

func (i *imdbImport) credit(r tableRow) (bool, *BadRow, error) {
	c, ok, bad := imdbCredit(r)
	if !ok || !i.wanted.has(c.film) {
		return false, bad, nil
	}
	i.people.add(c.person)
	return true, nil, onScratch(i.credits.Put(numberKey(c.person), c.key()))
}

func (i *imdbImport) name(r tableRow) (bool, *BadRow, error) {
	n, valid := imdbNumber(r.field("nconst"), "nm")
	if !valid {
		return false, refused(ReasonBadID, "%q is no id of a person", r.field("nconst")), nil
	}
	if !i.people.has(n) {
		return false, nil, nil
	}
	name := tidy(r.field("primaryName"), nameMax)
	if name == "" {
		return false, refused(ReasonMissingName, "the row has no name"), nil
	}
	return true, nil, onScratch(i.names.Put(numberKey(n), []byte(name)))
}

// join puts names in the place of people's numbers.
func (i *imdbImport) join(ctx context.Context) error {
	credits, err := i.credits.walk()
	if err != nil {
		return err
	}
	names, err := i.names.walk()
	if err != nil {
		return err
	}
	var person uint32
	var name []byte
	for ; credits.more; credits.next() {
		if err := ctx.Err(); err != nil {
			return marquee.Unavailable("import films", err)
		}
		n := credits.number()
		for names.more && names.number() < n {
			names.next()
		}
		if n != person {
			person, name = n, nil
			if names.more && names.number() == n {
				name = bytes.Clone(names.Value())
			}
		}
		if name == nil {
			continue // of somebody who is in no table of names
		}
		if err := onScratch(i.cast.Put(credits.Value(), name)); err != nil {
			return err
		}
	}
	return onScratch(firstOf(credits.Err(), names.Err(), i.credits.Close(), i.names.Close()))
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// save walks over films, ratings and people side by side.
func (i *imdbImport) save(ctx context.Context, to *saver) error {
	var walks [3]*sorted
	for at, s := range []*sorter{i.titles, i.ratings, i.cast} {
		w, err := s.walk()
		if err != nil {
			return err
		}
		walks[at] = w
	}
	titles, ratings, cast := walks[0], walks[1], walks[2]
	films := 0
	to.saved = func() {
		i.hear.Progress(Progress{Name: sourceIMDb, Films: true, Done: int64(films), Total: int64(i.films.size), Rows: films, Saved: to.total})
	}
	for titles.more || ratings.more || cast.more {
		if err := ctx.Err(); err != nil {
			return marquee.Unavailable("import films", err)
		}
		n := uint32(imdbMax)
		for _, w := range walks {
			if w.more {
				n = min(n, w.number())
			}
		}
		f, err := assemble(n, titles, ratings, cast)
		if err != nil {
			return err
		}
		films++
		if err := to.add(ctx, f); err != nil {
			return err
		}
	}
	return onScratch(firstOf(titles.Err(), ratings.Err(), cast.Err()))
}

// assemble makes the film of a number of what there is about it, and goes on
// behind it.
func assemble(n uint32, titles, ratings, cast *sorted) (Film, error) {
	f := Film{Movie: marquee.Movie{ID: idOfIMDb(formatIMDb(n))}, IMDbID: formatIMDb(n), Source: sourceIMDb, Patch: true}
	if titles.more && titles.number() == n {
		var t titleRecord
		if err := json.Unmarshal(titles.Value(), &t); err != nil {
			return f, onScratch(err)
		}
		f.Title, f.OriginalTitle, f.Year, f.RuntimeMinutes, f.Genres, f.Patch = t.Title, t.Original, t.Year, t.Runtime, t.Genres, false
		f = withDigest(f) // without people, who come from another table
		titles.next()
	}
	if ratings.more && ratings.number() == n {
		v := ratings.Value()
		f.IMDb = &Tally{Sum: int64(binary.BigEndian.Uint64(v)), Votes: int64(binary.BigEndian.Uint64(v[8:]))}
		ratings.next()
	}
	for ; cast.more && cast.number() == n; cast.next() {
		list, most := &f.Cast, imdbCastMax
		if cast.Key()[4] == didDirect {
			list, most = &f.Directors, imdbNamesMost
		}
		if name := string(cast.Value()); len(*list) < most && !slices.Contains(*list, name) {
			*list = append(*list, name)
		}
	}
	return f, nil
}
