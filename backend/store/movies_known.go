package store

import (
	"context"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/catalog"
)

// knownFilms are the films that a batch tells of and that are there already.
type knownFilms struct {
	byID    map[string]catalog.Film
	stored  map[string]string // from an id or an IMDb id in the batch to the id of the film that is there
	aliases []aliasRow        // ids that were met for the first time for a film that is there
}

// aliasRow is another id by which a film has come.
type aliasRow struct {
	bun.BaseModel `bun:"table:movie_aliases"`

	ID      string `bun:"id"`
	MovieID string `bun:"movie_id"`
}

func (k knownFilms) film(f catalog.Film) (catalog.Film, bool) {
	id, ok := k.stored[f.ID]
	if !ok {
		return catalog.Film{}, false
	}
	there, ok := k.byID[id]
	return there, ok
}

// knownFilms looks films up by their ids, then by ids they once came under,
// then by IMDb ids, and at last by title, year and people. Each question is
// asked for those films alone to which the ones before had no answer.
func (s *Store) knownFilms(ctx context.Context, tx bun.Tx, films []catalog.Film) (knownFilms, error) {
	k := knownFilms{byID: map[string]catalog.Film{}, stored: map[string]string{}}
	for _, find := range []func(context.Context, bun.Tx, *knownFilms, []catalog.Film) error{findByID, findByAlias, findByIMDb, findByPeople} {
		var rest []catalog.Film
		for _, f := range films {
			if _, ok := k.stored[f.ID]; !ok {
				rest = append(rest, f)
			}
		}
		if len(rest) == 0 {
			break
		}
		if err := find(ctx, tx, &k, rest); err != nil {
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
		if f.IMDbID != "" {
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

// findByPeople looks for films of the same title and year and has the rules
// compare them. Two that could be meant are none.
func findByPeople(ctx context.Context, tx bun.Tx, k *knownFilms, films []catalog.Film) error {
	keys := [][]byte{}
	byKey := map[string][]catalog.Film{}
	for _, f := range films {
		if len(f.Directors)+len(f.Cast) > 0 && !f.Patch {
			keys = append(keys, bytesOf(f.TitleKey))
			byKey[string(f.TitleKey)] = append(byKey[string(f.TitleKey)], f)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	found, err := selectFilms(ctx, tx, "m.title_key IN (?)", bun.List(keys))
	if err != nil {
		return err
	}
	meant := map[string][]catalog.Film{}
	for _, there := range found {
		for _, f := range byKey[string(there.TitleKey)] {
			if catalog.SameFilm(there, f) {
				meant[f.ID] = append(meant[f.ID], there)
			}
		}
	}
	for id, films := range meant {
		if len(films) == 1 {
			k.recognise(id, films[0])
		}
	}
	return nil
}

// recognise notes that the film which comes under an id is there, unless
// another one of the batch is that film.
func (k *knownFilms) recognise(id string, there catalog.Film) {
	_, known := k.stored[id]
	_, taken := k.byID[there.ID]
	if known || taken {
		return
	}
	k.byID[there.ID], k.stored[id] = there, there.ID
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
