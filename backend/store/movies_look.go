package store

import (
	"context"
	"errors"
)

// filmTables are those that an import fills.
const filmTables = "movies, movie_genres, movie_words, movie_aliases, common_terms, common_films, catalogue"

// LookAtFilms implements catalog.Storage. Postgres lays down which pages all
// may see (index-only scans read the table for any other) and how often values
// occur. That is no transaction's, and has a pool without the time limit of a
// statement; a table that belongs to somebody else it leaves out with a warning. SQLite
// is left as it is: the plans that were tested (TestPlans) are those it makes
// without statistics.
func (s *Store) LookAtFilms(ctx context.Context) error {
	if !s.onPostgres() {
		return nil
	}
	const op = "look at the films"
	db, err := s.engine.migrator()
	if err != nil {
		return s.fail(op, err)
	}
	_, err = db.ExecContext(ctx, "VACUUM (ANALYZE) "+filmTables)
	return s.fail(op, errors.Join(err, db.Close()))
}
