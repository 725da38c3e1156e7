package store

import (
	"context"
	"maps"
	"slices"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/catalog"
)

// knownFilms are the films that a batch tells of and that are there already.
type knownFilms struct {
	byID    map[string]catalog.Film
	stored  map[string]string   // from an id in the batch to the id of the film that is there
	doubles map[string][]string // and to those of others that are there and are the same film
	aliases []aliasRow          // ids that were met for the first time for a film that is there
	later   map[string]bool     // ids of films that turn out to be what another one of the batch is
}

// aliasRow is another id by which a film has come.
type aliasRow struct {
	bun.BaseModel `bun:"table:movie_aliases"`

	ID      string `bun:"id"`
	MovieID string `bun:"movie_id"`
}

func (k knownFilms) film(f catalog.Film) (there catalog.Film, doubles []catalog.Film, ok bool) {
	id, ok := k.stored[f.ID]
	if !ok {
		return catalog.Film{}, nil, false
	}
	for _, d := range k.doubles[f.ID] {
		doubles = append(doubles, k.byID[d])
	}
	there, ok = k.byID[id]
	return there, doubles, ok
}

// unknown are those films of a batch that are not there as far as k knows.
func (k knownFilms) unknown(films []catalog.Film) []catalog.Film {
	var rest []catalog.Film
	for _, f := range films {
		if _, ok := k.stored[f.ID]; !ok {
			rest = append(rest, f)
		}
	}
	return rest
}

// knownFilms looks films up by their ids, then by ids they once came under,
// then by IMDb ids and by those of their page, and at last by title, year and
// people. A film that is known may turn out to be another one as well, by what
// is told of it now, but for people: see doublesByPeople.
func (s *Store) knownFilms(ctx context.Context, tx bun.Tx, films []catalog.Film) (knownFilms, error) {
	k := knownFilms{byID: map[string]catalog.Film{}, stored: map[string]string{}, doubles: map[string][]string{}, later: map[string]bool{}}
	for _, find := range []struct {
		by  func(context.Context, bun.Tx, *knownFilms, []catalog.Film) error
		all bool
	}{{by: findByID}, {by: findByAlias}, {findByIMDb, true}, {findByPage, true}, {by: findByPeople}} {
		rest := films
		if !find.all {
			rest = k.unknown(films)
		}
		if len(rest) == 0 {
			continue
		}
		if err := find.by(ctx, tx, &k, rest); err != nil {
			return k, err
		}
	}
	return k, nil
}

func findByID(ctx context.Context, tx bun.Tx, k *knownFilms, films []catalog.Film) error {
	ids := make([]string, 0, len(films))
	for _, f := range films {
		ids = append(ids, f.ID)
	}
	found, err := selectFilms(ctx, tx, "m.id IN (?)", bun.List(ids))
	for _, f := range found {
		k.byID[f.ID], k.stored[f.ID] = f, f.ID
	}
	return err
}

func findByAlias(ctx context.Context, tx bun.Tx, k *knownFilms, films []catalog.Film) error {
	ids := make([]string, 0, len(films))
	for _, f := range films {
		ids = append(ids, f.ID)
	}
	var aliases []aliasRow
	if err := tx.NewSelect().Model(&aliases).Where("id IN (?)", bun.List(ids)).Scan(ctx); err != nil || len(aliases) == 0 {
		return err
	}
	ids = ids[:0]
	for _, a := range aliases {
		ids = append(ids, a.MovieID)
		k.stored[a.ID] = a.MovieID
	}
	found, err := selectFilms(ctx, tx, "m.id IN (?)", bun.List(ids))
	for _, f := range found {
		k.byID[f.ID] = f
	}
	return err
}

func findByIMDb(ctx context.Context, tx bun.Tx, k *knownFilms, films []catalog.Film) error {
	said := map[string]string{}
	var ids []string
	for _, f := range films {
		if f.IMDbID != "" && k.byID[k.stored[f.ID]].IMDbID != f.IMDbID {
			said[f.IMDbID] = f.ID
			ids = append(ids, f.IMDbID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	// The second condition is that of the index.
	found, err := selectFilms(ctx, tx, "m.imdb_id IN (?) AND m.imdb_id <> '' ORDER BY m.id", bun.List(ids))
	for _, f := range found {
		k.recognise(said[f.IMDbID], f)
	}
	return err
}

// findByPage looks films up by the ids that they have with other years.
func findByPage(ctx context.Context, tx bun.Tx, k *knownFilms, films []catalog.Film) error {
	said := map[string]string{}
	var ids []string
	for _, f := range films {
		for _, id := range f.Also {
			said[id] = f.ID
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := selectFilms(ctx, tx, "m.id IN (?) ORDER BY m.id", bun.List(ids))
	for _, f := range found {
		k.recognise(said[f.ID], f)
	}
	return err
}

// findByPeople looks for films of the same title and year and has the rules
// compare them. Two that could be meant are none.
func findByPeople(ctx context.Context, tx bun.Tx, k *knownFilms, films []catalog.Film) error {
	meant, err := sameFilms(ctx, tx, films, "TRUE")
	for _, f := range films {
		if there, ok := meant[f.ID]; ok {
			k.recognise(f.ID, there)
		}
	}
	return err
}

// sameFilms returns, by the ids of films, the stored ones that the rules take
// for the same; where more than one could be meant, none.
func sameFilms(ctx context.Context, tx bun.Tx, films []catalog.Film, where string, args ...any) (map[string]catalog.Film, error) {
	keys := [][]byte{}
	byKey := map[string][]catalog.Film{}
	for _, f := range films {
		if len(f.Directors)+len(f.Cast) > 0 && !f.Patch {
			keys = append(keys, bytesOf(f.TitleKey))
			byKey[string(f.TitleKey)] = append(byKey[string(f.TitleKey)], f)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	found, err := selectFilms(ctx, tx, "m.title_key IN (?) AND "+where, append([]any{bun.List(keys)}, args...)...)
	if err != nil {
		return nil, err
	}
	meant, count := map[string]catalog.Film{}, map[string]int{}
	for _, there := range found {
		for _, f := range byKey[string(there.TitleKey)] {
			if there.ID != f.ID && catalog.SameFilm(there, f) {
				meant[f.ID] = there
				count[f.ID]++
			}
		}
	}
	maps.DeleteFunc(meant, func(id string, _ catalog.Film) bool { return count[id] > 1 })
	return meant, nil
}

// recognise notes that the film which comes under an id is there. If another one
// of the batch is that film already, it has to wait until that is saved: whether
// it still is the same then must not depend on where a batch ends.
func (k *knownFilms) recognise(id string, there catalog.Film) {
	if _, taken := k.byID[there.ID]; taken {
		if k.stored[id] != there.ID && !slices.Contains(k.doubles[id], there.ID) {
			k.later[id] = true
		}
		return
	}
	k.byID[there.ID] = there
	if _, known := k.stored[id]; known {
		k.doubles[id] = append(k.doubles[id], there.ID)
		return
	}
	k.stored[id] = there.ID
	k.aliases = append(k.aliases, aliasRow{ID: id, MovieID: there.ID})
}

func selectFilms(ctx context.Context, tx bun.Tx, where string, args ...any) ([]catalog.Film, error) {
	var rows []movieRow
	if err := tx.NewRaw("SELECT "+movieColumns+" FROM movies AS m WHERE "+where, args...).Scan(ctx, &rows); err != nil {
		return nil, err
	}
	films := make([]catalog.Film, len(rows))
	for i, r := range rows {
		var err error
		if films[i], err = r.film(); err != nil {
			return nil, err
		}
	}
	return films, nil
}

// addAliases keeps the ids under which films have come, so that the next time
// they need not be recognised.
func addAliases(ctx context.Context, tx bun.Tx, aliases []aliasRow) error {
	if len(aliases) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&aliases).On("CONFLICT DO NOTHING").Exec(ctx)
	return err
}

// StoredFilms returns of films what shows whether they are told of anew.
func (s *Store) StoredFilms(ctx context.Context, ids []string) (map[string]catalog.Stored, error) {
	const op = "look films up"
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []movieRow
	err := s.reader.NewRaw(`SELECT id, source, digest, directors, cast_names, imdb_sum, imdb_votes, movielens_sum, movielens_votes
		FROM movies WHERE id IN (?)`, bun.List(ids)).Scan(ctx, &rows)
	stored := make(map[string]catalog.Stored, len(rows))
	for _, r := range rows {
		f := catalog.Stored{
			Source: r.Source, Digest: r.Digest,
			IMDb: catalog.Tally{Sum: r.IMDbSum, Votes: r.IMDbVotes}, MovieLens: catalog.Tally{Sum: r.MovieLensSum, Votes: r.MovieLensVotes},
		}
		for to, from := range map[*[]string]listText{&f.Directors: r.Directors, &f.Cast: r.Cast} {
			if err == nil {
				*to, err = from.list()
			}
		}
		stored[r.ID] = f
	}
	return stored, s.fail(op, err)
}

// IMDbIDs returns IMDb ids of films in order.
func (s *Store) IMDbIDs(ctx context.Context, after string, limit int) ([]string, error) {
	ids := []string{}
	err := s.reader.NewRaw("SELECT imdb_id FROM movies WHERE imdb_id > ? AND imdb_id <> '' ORDER BY imdb_id LIMIT ?", after, limit).Scan(ctx, &ids)
	return ids, s.fail("list IMDb ids", err)
}
