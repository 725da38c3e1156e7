package store

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/catalog"
	"example.com/marquee/common/marquee"
)

// fillHall saves made films, with ratings and what the moviegoer did, unless
// they are there.
func fillHall(tb testing.TB, s *Store, n int) {
	tb.Helper()
	if there, err := s.MovieCount(tb.Context()); err != nil || there == n {
		if err != nil {
			tb.Fatal(err)
		}
		return
	}
	began := time.Now()
	indexAgain := func() {}
	if s.onPostgres() {
		indexAgain = withoutIndexes(tb, s)
	}
	ids := saveMade(tb, s, n)
	indexAgain()
	if _, err := s.CreateAccount(tb.Context(), auth.Account{User: marquee.User{ID: "moviegoer", Username: "moviegoer", Email: "m@example.org", IsActive: true}}); err != nil {
		tb.Fatal(err)
	}
	for i, id := range ids[:min(n, 200)] {
		if err := s.SetRating(tb.Context(), "moviegoer", id, 1+i%10); err != nil {
			tb.Fatal(err)
		}
	}
	if s.onPostgres() {
		unbounded(tb, s, "VACUUM ANALYZE")
	}
	tb.Logf("%d films loaded in %v", n, time.Since(began).Round(time.Second))
}

// saveMade saves made films with their ratings and returns their ids.
func saveMade(tb testing.TB, s *Store, n int) []string {
	tb.Helper()
	maker, ids := newFilmMaker(1), make([]string, 0, n)
	for batch := range slices.Chunk(make([]catalog.Film, n), 1000) {
		var ratings []string
		var args []any
		for i := range batch {
			batch[i] = maker.film(len(ids))
			if sum, count := rated(len(ids)); count > 0 {
				ratings, args = append(ratings, "(?, ?, ?)"), append(args, batch[i].ID, sum, count)
			}
			ids = append(ids, batch[i].ID)
		}
		if _, err := s.SaveFilms(tb.Context(), batch, catalog.Mark{}); err != nil {
			tb.Fatal(err)
		}
		clear(batch)
		err := s.inTx(tb.Context(), "rate", func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw("WITH v (id, s, c) AS (VALUES "+strings.Join(ratings, ", ")+
				") UPDATE movies SET rating_sum = v.s, rating_count = v.c FROM v WHERE movies.id = v.id", args...).Exec(ctx)
			return err
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	return ids
}

// withoutIndexes drops the indexes of films until they are asked for again:
// made at once they take a fraction of the time.
func withoutIndexes(tb testing.TB, s *Store) (again func()) {
	tb.Helper()
	var indexes []struct {
		Name string `bun:"indexname"`
		Made string `bun:"indexdef"`
	}
	err := s.db.NewRaw("SELECT indexname, indexdef FROM pg_indexes WHERE tablename IN ('movies', 'movie_genres', 'movie_words') AND indexname NOT LIKE '%_pkey'").Scan(tb.Context(), &indexes)
	if err != nil {
		tb.Fatal(err)
	}
	for _, i := range indexes {
		unbounded(tb, s, "DROP INDEX "+i.Name)
	}
	return func() {
		for _, i := range indexes {
			unbounded(tb, s, "SET maintenance_work_mem = '512MB'; "+i.Made)
		}
	}
}

// unbounded runs a statement without a time limit.
func unbounded(tb testing.TB, s *Store, sql string) {
	tb.Helper()
	db, err := s.engine.migrator()
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(tb.Context(), sql); err != nil {
		tb.Fatal(err)
	}
}
