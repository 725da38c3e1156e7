package store

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/schema"

	"example.com/marquee/backend/catalog"
)

// SaveFilms adds films or merges them with those that are there, in one
// transaction. Writers of films queue at the count of films, in all processes.
func (s *Store) SaveFilms(ctx context.Context, films []catalog.Film, mark catalog.Mark) (catalog.Saved, error) {
	var saved catalog.Saved
	err := s.inTx(ctx, "save films", func(ctx context.Context, tx bun.Tx) error {
		var total int64
		q := s.lockRow(tx.NewSelect().Table("catalogue").Column("value").Where("name = 'movies'"))
		if err := q.Scan(ctx, &total); err != nil {
			return err
		}
		known, err := s.knownFilms(ctx, tx, films)
		if err != nil {
			return err
		}
		w := work{}
		saved = w.sortOut(films, known)
		if err := s.insertFilms(ctx, tx, w.fresh); err != nil {
			return err
		}
		if err := s.replaceFilms(ctx, tx, w.changed); err != nil {
			return err
		}
		if err := s.setTallies(ctx, tx, w.tallied); err != nil {
			return err
		}
		if err := addAliases(ctx, tx, known.aliases); err != nil {
			return err
		}
		if err := s.addWords(ctx, tx, slices.Concat(w.fresh, w.changed)); err != nil {
			return err
		}
		if _, err := tx.NewRaw("UPDATE catalogue SET value = value + ? WHERE name = 'movies'", saved.Added).Exec(ctx); err != nil {
			return err
		}
		return writeMark(ctx, tx, mark)
	})
	return saved, err
}

// work is what films mean for the database.
type work struct{ fresh, changed, tallied []catalog.Film }

func (w *work) sortOut(films []catalog.Film, known knownFilms) (saved catalog.Saved) {
	for _, f := range films {
		there, ok := known.film(f)
		switch {
		case !ok && f.Patch:
			saved.Unknown++
			continue
		case !ok:
			saved.Added++
			w.fresh = append(w.fresh, f)
			continue
		}
		switch merged, change := catalog.Merge(there, f); change {
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
	return saved
}

// termedRow is for Postgres, where the terms are a column: to insert first and
// update after would write every row and index entry twice.
type termedRow struct {
	bun.BaseModel `bun:"table:movies"`
	movieRow
	Terms termsValue `bun:"terms,type:tsvector"`
}

func (s *Store) insertFilms(ctx context.Context, tx bun.Tx, films []catalog.Film) error {
	if len(films) == 0 {
		return nil
	}
	rows := make([]termedRow, len(films))
	for i, f := range films {
		rows[i] = termedRow{movieRow: toMovieRow(f), Terms: f.Terms}
	}
	q := tx.NewInsert().Model(&rows)
	if !s.onPostgres() {
		q = q.ExcludeColumn("terms")
	}
	if _, err := q.Exec(ctx); err != nil {
		return err
	}
	return s.addBeside(ctx, tx, films)
}

// termsValue is written as a tsvector without positions. The terms are lexemes
// already; to_tsvector would cut them again by the server's rules.
type termsValue []string

// AppendQuery implements schema.QueryAppender.
func (t termsValue) AppendQuery(gen schema.QueryGen, b []byte) ([]byte, error) {
	return gen.AppendQuery(b, "array_to_tsvector(CAST(? AS TEXT[]))", pgdialect.Array([]string(t))), nil
}

func (s *Store) replaceFilms(ctx context.Context, tx bun.Tx, films []catalog.Film) error {
	for _, f := range films {
		row := toMovieRow(f)
		q := tx.NewUpdate().Model(&row).ExcludeColumn("id").Where("id = ?", f.ID)
		if s.onPostgres() {
			q = q.Set("terms = ?", termsValue(f.Terms))
		}
		if _, err := q.Exec(ctx); err != nil {
			return err
		}
		if err := s.removeBeside(ctx, tx, f.ID); err != nil {
			return err
		}
	}
	return s.addBeside(ctx, tx, films)
}

// genreRow is one genre of a film.
type genreRow struct {
	bun.BaseModel `bun:"table:movie_genres"`

	MovieID string `bun:"movie_id"`
	Genre   string `bun:"genre"`
	Year    int    `bun:"year"`
}

// addBeside writes what lies beside the rows of films: genres and, on SQLite,
// the search index.
func (s *Store) addBeside(ctx context.Context, tx bun.Tx, films []catalog.Film) error {
	var rows []genreRow
	for _, f := range films {
		for i, g := range f.Genres {
			if !slices.Contains(f.Genres[:i], g) {
				rows = append(rows, genreRow{MovieID: f.ID, Genre: g, Year: f.Year})
			}
		}
	}
	if len(rows) > 0 {
		if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
			return err
		}
	}
	if s.onPostgres() {
		return nil
	}
	if len(films) == 0 {
		return nil
	}
	terms := make(map[string]string, len(films))
	for _, f := range films {
		terms[f.ID] = strings.Join(f.Terms, " ")
	}
	said, err := json.Marshal(terms)
	if err != nil {
		return err
	}
	// One statement, in the order of the rows: the index is written out after
	// every statement and before every row that comes before the last one.
	_, err = tx.NewRaw(`INSERT INTO movie_terms (rowid, terms)
		SELECT num, said.value FROM json_each(?) AS said CROSS JOIN movies ON movies.id = said.key ORDER BY num`, string(said)).Exec(ctx)
	return err
}

func (s *Store) removeBeside(ctx context.Context, tx bun.Tx, id string) error {
	if _, err := tx.NewRaw("DELETE FROM movie_genres WHERE movie_id = ?", id).Exec(ctx); err != nil || s.onPostgres() {
		return err
	}
	_, err := tx.NewRaw("DELETE FROM movie_terms WHERE rowid = (SELECT num FROM movies WHERE id = ?)", id).Exec(ctx)
	return err
}

// setTallies writes what other sites counted, which is beside everything else.
func (s *Store) setTallies(ctx context.Context, tx bun.Tx, films []catalog.Film) error {
	if len(films) == 0 {
		return nil
	}
	rows := make([]tallyRow, len(films))
	for i, f := range films {
		r := toMovieRow(f)
		rows[i] = tallyRow{ID: r.ID, IMDbSum: r.IMDbSum, IMDbVotes: r.IMDbVotes, MovieLensSum: r.MovieLensSum, MovieLensVotes: r.MovieLensVotes}
	}
	_, err := tx.NewUpdate().With("said", tx.NewValues(&rows)).Model((*tallyRow)(nil)).ModelTableExpr("movies").TableExpr("said").
		Set("imdb_sum = said.imdb_sum, imdb_votes = said.imdb_votes").
		Set("movielens_sum = said.movielens_sum, movielens_votes = said.movielens_votes").
		Where("movies.id = said.id").Exec(ctx)
	return err
}

// tallyRow is what other sites counted for a film.
type tallyRow struct {
	bun.BaseModel `bun:"table:movies"`

	ID             string `bun:"id"`
	IMDbSum        int64  `bun:"imdb_sum"`
	IMDbVotes      int64  `bun:"imdb_votes"`
	MovieLensSum   int64  `bun:"movielens_sum"`
	MovieLensVotes int64  `bun:"movielens_votes"`
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
