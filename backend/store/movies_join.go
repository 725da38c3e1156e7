package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/catalog"
	"example.com/marquee/common/marquee"
)

// joined is a film that turned out to be another one. It goes; what people did
// with it moves to the one that is kept, and its id stays as an alias of that,
// so that a page that is open, or a link somebody kept, still leads to the film.
type joined struct {
	gone catalog.Film
	kept string
}

// doublesByPeople looks among films that have changed for those that are
// another stored film by the people who are known now, and makes them one.
func (w *work) doublesByPeople(ctx context.Context, tx bun.Tx, k knownFilms) error {
	bySource := map[string][]catalog.Film{}
	for _, f := range w.changed {
		bySource[f.Source] = append(bySource[f.Source], f)
	}
	for source, films := range bySource {
		// A source never tells of a film twice; most films of a title and year
		// that are found are those that were asked for.
		meant, err := sameFilms(ctx, tx, films, "m.source <> ?", source)
		if err != nil {
			return err
		}
		for i, f := range w.changed {
			double, ok := meant[f.ID]
			if _, taken := k.byID[double.ID]; !ok || taken || f.Source != source {
				continue
			}
			k.byID[double.ID] = double
			kept, gone := catalog.Join(f, double)
			w.changed[i] = kept
			w.joined = append(w.joined, joined{gone, kept.ID})
		}
	}
	return nil
}

// keptID is the id of the film that an id leads to after films were joined.
func (w *work) keptID(id string) string {
	for _, j := range w.joined {
		if j.gone.ID == id {
			return w.keptID(j.kept)
		}
	}
	return id
}

// hold keeps others from the films that a transaction will write, in the order
// in which SaveLibrary holds its own, so that nobody waits in a circle. To films
// that go nothing new may refer meanwhile.
func (s *Store) hold(ctx context.Context, tx bun.Tx, w *work) error {
	var ids []string
	for _, f := range slices.Concat(w.changed, w.tallied) {
		ids = append(ids, f.ID)
	}
	for _, j := range w.joined {
		ids = append(ids, j.gone.ID)
	}
	if len(ids) == 0 || !s.onPostgres() {
		return nil
	}
	q := s.lockRow(tx.NewSelect().Table("movies").Column("id").Where("id IN (?)", bun.List(ids)).Order("id"))
	if len(w.joined) > 0 {
		q = q.For("UPDATE")
	}
	var held []string
	return q.Scan(ctx, &held)
}

// joinFilms moves what people did from films that go to those that are kept. Of
// two ratings of one person the newer one counts, a place on a watchlist is the
// older one, and of two viewings on one day one stays, a rewatch if either was.
func (s *Store) joinFilms(ctx context.Context, tx bun.Tx, w *work) error {
	for _, j := range w.joined {
		kept, gone := w.keptID(j.kept), j.gone.ID
		both := func(table, more string) string {
			return " EXISTS (SELECT 1 FROM " + table + " AS o WHERE o.movie_id = ? AND o.user_id = " + table + ".user_id" + more + ")"
		}
		for _, step := range []struct {
			sql  string
			args []any
		}{
			{"DELETE FROM ratings WHERE movie_id = ? AND" + both("ratings", " AND o.at > ratings.at"), []any{kept, gone}},
			{"DELETE FROM ratings WHERE movie_id = ? AND" + both("ratings", ""), []any{gone, kept}},
			{"UPDATE ratings SET movie_id = ? WHERE movie_id = ?", []any{kept, gone}},
			{`UPDATE movies SET rating_sum = (SELECT COALESCE(SUM(rating), 0) FROM ratings WHERE movie_id = movies.id),
				rating_count = (SELECT COUNT(*) FROM ratings WHERE movie_id = movies.id) WHERE id = ?`, []any{kept}},
			{"DELETE FROM watchlist WHERE movie_id = ? AND" + both("watchlist", " AND o.at < watchlist.at"), []any{kept, gone}},
			{"DELETE FROM watchlist WHERE movie_id = ? AND" + both("watchlist", ""), []any{gone, kept}},
			{"UPDATE watchlist SET movie_id = ? WHERE movie_id = ?", []any{kept, gone}},
			{"UPDATE watched SET rewatch = TRUE WHERE movie_id = ? AND" + both("watched", " AND o.watched_on = watched.watched_on AND o.rewatch"), []any{kept, gone}},
			{"DELETE FROM watched WHERE movie_id = ? AND" + both("watched", " AND o.watched_on = watched.watched_on"), []any{gone, kept}},
			{"UPDATE watched SET movie_id = ? WHERE movie_id = ?", []any{kept, gone}},
			{"UPDATE movie_aliases SET movie_id = ? WHERE movie_id = ?", []any{kept, gone}},
			{"INSERT INTO movie_aliases (id, movie_id) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET movie_id = excluded.movie_id", []any{gone, kept}},
		} {
			if _, err := tx.NewRaw(step.sql, step.args...).Exec(ctx); err != nil {
				return err
			}
		}
		if !s.onPostgres() { // its terms lie beside the films
			if _, err := tx.NewRaw("DELETE FROM movie_terms WHERE rowid = (SELECT num FROM movies WHERE id = ?)", gone).Exec(ctx); err != nil {
				return err
			}
		}
		if _, err := tx.NewRaw("DELETE FROM movies WHERE id = ?", gone).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// byFilmID does something with a film. If there is none of that id, but one into
// which it was joined, it does it with that.
func (s *Store) byFilmID(ctx context.Context, op, id string, do func(id string) error) error {
	err := do(id)
	if !marquee.IsCode(err, marquee.CodeNotFound) {
		return err
	}
	var kept []string
	if err := s.reader.NewRaw("SELECT movie_id FROM movie_aliases WHERE id = ?", id).Scan(ctx, &kept); err != nil {
		return s.fail(op, err)
	}
	if len(kept) == 0 {
		return err
	}
	return do(kept[0])
}
