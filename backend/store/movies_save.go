package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/catalog"
)

// SaveFilms adds films or merges them with those that are there, in one
// transaction. Writers of films queue at the count of films, in all processes.
func (s *Store) SaveFilms(ctx context.Context, films []catalog.Film, mark catalog.Mark) (catalog.Saved, error) {
	var saved catalog.Saved
	var words []catalog.Word
	err := s.inTx(ctx, "save films", func(ctx context.Context, tx bun.Tx) error {
		if err := s.bulk(ctx, tx); err != nil {
			return err
		}
		if err := s.holdMovieCount(ctx, tx); err != nil {
			return err
		}
		all, later, err := s.saveTogether(ctx, tx, films)
		if err != nil {
			return err
		}
		for _, f := range later {
			// Alone there is nobody to wait for.
			one, _, err := s.saveTogether(ctx, tx, []catalog.Film{f})
			if err != nil {
				return err
			}
			all.add(one)
		}
		saved, words = all.saved, all.words
		if _, err := tx.NewRaw("UPDATE catalogue SET value = value + ? WHERE name = 'movies'", saved.Added-len(all.joined)).Exec(ctx); err != nil {
			return err
		}
		return writeMark(ctx, tx, mark)
	})
	if err == nil {
		s.words.add(words)
	}
	return saved, err
}

// saveTogether saves films of which no two are one. It leaves those for later
// that turn out to be what another of them is.
func (s *Store) saveTogether(ctx context.Context, tx bun.Tx, films []catalog.Film) (w work, later []catalog.Film, err error) {
	known, err := s.knownFilms(ctx, tx, films)
	if err != nil {
		return w, nil, err
	}
	later = w.sortOut(films, known)
	if err := w.doublesByPeople(ctx, tx, known); err != nil {
		return w, nil, err
	}
	if err := s.hold(ctx, tx, &w); err != nil {
		return w, nil, err
	}
	if err := s.leaveCommonFilms(ctx, tx, w.leaving()); err != nil {
		return w, nil, err
	}
	if err := s.joinFilms(ctx, tx, &w); err != nil {
		return w, nil, err
	}
	w.words = catalog.WordsOf(slices.Concat(w.fresh, w.changed), s.words.has)
	if err := w.write(ctx, s.filmWriter(tx)); err != nil {
		return w, nil, err
	}
	for i, a := range known.aliases {
		known.aliases[i].MovieID = w.keptID(a.MovieID)
	}
	if err := addAliases(ctx, tx, known.aliases); err != nil {
		return w, nil, err
	}
	return w, later, s.enterCommonFilms(ctx, tx, slices.Concat(w.fresh, w.changed))
}

// bulk makes the transaction one of an import. What Postgres knows of the size
// of a table is old while it grows by thousands of rows a second, and it would
// read all of it to find a few. Waiting for another import, or bringing a full
// list of terms into their index on a busy machine, may take its time.
func (s *Store) bulk(ctx context.Context, tx bun.Tx) error {
	if !s.onPostgres() {
		return nil
	}
	_, err := tx.ExecContext(ctx, "SET LOCAL enable_seqscan = off; SET LOCAL statement_timeout = '60s'")
	return err
}

// holdMovieCount keeps others from saving films until the transaction ends.
func (s *Store) holdMovieCount(ctx context.Context, tx bun.Tx) error {
	var total int64
	return s.lockRow(tx.NewSelect().Table("catalogue").Column("value").Where("name = 'movies'")).Scan(ctx, &total)
}

// work is what films mean for the database.
type work struct {
	fresh, changed, tallied []catalog.Film
	joined                  []joined
	words                   []catalog.Word
	saved                   catalog.Saved
}

// add counts what was done after w.
func (w *work) add(after work) {
	w.joined = append(w.joined, after.joined...)
	w.words = append(w.words, after.words...)
	w.saved.Added += after.saved.Added
	w.saved.Updated += after.saved.Updated
	w.saved.Unchanged += after.saved.Unchanged
	w.saved.Unknown += after.saved.Unknown
}

// leaving are the ids of stored films that will not be as they are.
func (w *work) leaving() []string {
	var ids []string
	for _, f := range w.changed {
		ids = append(ids, f.ID)
	}
	for _, j := range w.joined {
		ids = append(ids, j.gone.ID)
	}
	return ids
}

// sortOut finds out what is to be done for films, but for those that have to
// wait.
func (w *work) sortOut(films []catalog.Film, known knownFilms) (later []catalog.Film) {
	saved := &w.saved
	for _, f := range films {
		there, doubles, ok := known.film(f)
		switch {
		case known.later[f.ID]:
			later = append(later, f)
			continue
		case !ok && f.Patch:
			saved.Unknown++
			continue
		case !ok:
			saved.Added++
			w.fresh = append(w.fresh, f)
			continue
		}
		for _, d := range doubles {
			kept, gone := catalog.Join(there, d)
			w.joined = append(w.joined, joined{gone, kept.ID})
			there = kept
		}
		merged, change := catalog.Merge(there, f)
		if len(doubles) > 0 {
			change = catalog.ChangeFilm
		}
		switch change {
		case catalog.ChangeNone:
			saved.Unchanged++
		case catalog.ChangeTallies:
			saved.Updated++
			w.tallied = append(w.tallied, merged)
		case catalog.ChangeFilm:
			saved.Updated++
			w.changed = append(w.changed, merged)
		}
	}
	return later
}

// filmWriter writes films within a transaction, many at once. The two
// databases want opposite things here: Postgres few statements, since each is a
// journey, SQLite one row in each, since a statement of many rows keeps a copy
// of every page it touches, in case it must be taken back alone. Rows go in
// without bun, which would spell a million films out as SQL.
type filmWriter interface {
	// insert adds films that are not there.
	insert(ctx context.Context, films []catalog.Film) error
	// replace writes all of films but their ids and our own people's ratings.
	replace(ctx context.Context, films []catalog.Film) error
	// tally writes what other sites counted, which is beside everything else.
	tally(ctx context.Context, films []catalog.Film) error
	// addWords keeps words. Most are there already.
	addWords(ctx context.Context, words []catalog.Word) error
}

func (s *Store) filmWriter(tx bun.Tx) filmWriter {
	if s.onPostgres() {
		return postgresFilms{tx.Tx}
	}
	return sqliteFilms{tx.Tx}
}

func (w *work) write(ctx context.Context, to filmWriter) error {
	for _, part := range []struct {
		write func(context.Context, []catalog.Film) error
		films []catalog.Film
	}{{to.insert, w.fresh}, {to.replace, w.changed}, {to.tally, w.tallied}} {
		if len(part.films) == 0 {
			continue
		}
		if err := part.write(ctx, part.films); err != nil {
			return err
		}
	}
	if len(w.words) > 0 {
		return to.addWords(ctx, w.words)
	}
	return nil
}

func writeMark(ctx context.Context, tx bun.Tx, m catalog.Mark) error {
	if m.Name == "" {
		return nil
	}
	_, err := tx.NewRaw(`INSERT INTO catalogue (name, value) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value`, m.Name, m.Value).Exec(ctx)
	return err
}

// CatalogueMark returns the number last written under name, 0 for none.
func (s *Store) CatalogueMark(ctx context.Context, name string) (int64, error) {
	var values []int64
	err := s.reader.NewRaw("SELECT value FROM catalogue WHERE name = ?", name).Scan(ctx, &values)
	if err != nil || len(values) == 0 {
		return 0, s.fail("read a mark of the catalogue", err)
	}
	return values[0], nil
}
