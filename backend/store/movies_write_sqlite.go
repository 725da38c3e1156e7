package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"

	"example.com/marquee/backend/catalog"
)

// sqliteFilms writes films a row at a time, with statements that are prepared
// once for a batch: there is no journey to spare.
type sqliteFilms struct{ tx *sql.Tx }

// rows runs write with prepared statements. It gets a context that does not
// end, because the driver would start a goroutine for each row to watch over
// one that does; whoever writes many rows looks at ctx himself.
func (w sqliteFilms) rows(ctx context.Context, sqls []string, write func(ctx context.Context, stmts []*sql.Stmt) error) (err error) {
	stmts := make([]*sql.Stmt, len(sqls))
	for i, text := range sqls {
		s, err := w.tx.PrepareContext(ctx, text)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.Close()) }()
		stmts[i] = s
	}
	return write(context.WithoutCancel(ctx), stmts)
}

const (
	sqliteAddTerms = "INSERT INTO movie_terms (rowid, terms) VALUES (?, ?)"
	sqliteAddGenre = "INSERT INTO movie_genres (movie_id, genre, year) VALUES (?, ?, ?)"
)

// marks are so many placeholders.
func marks(n int) string { return "(" + strings.TrimSuffix(strings.Repeat("?, ", n), ", ") + ")" }

func values(columns []filmColumn, r *movieRow) []any {
	out := make([]any, len(columns), len(columns)+1)
	for i, c := range columns {
		out[i] = c.value(r)
	}
	return out
}

// insert gives terms the number of their row. Numbers rise, and the index of
// terms is written out before every row that comes before the last one.
func (w sqliteFilms) insert(ctx context.Context, films []catalog.Film) error {
	sqls := []string{"INSERT INTO movies (" + names(filmColumns, "") + ") VALUES " + marks(len(filmColumns)), sqliteAddTerms, sqliteAddGenre}
	return w.rows(ctx, sqls, func(rowCtx context.Context, stmts []*sql.Stmt) error {
		for _, f := range films {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			r := toMovieRow(f)
			done, err := stmts[0].ExecContext(rowCtx, values(filmColumns, &r)...)
			if err != nil {
				return err
			}
			num, err := done.LastInsertId()
			if err != nil {
				return err
			}
			if err := addBeside(rowCtx, stmts[1], stmts[2], f, num); err != nil {
				return err
			}
		}
		return nil
	})
}

func addBeside(ctx context.Context, addTerms, addGenre *sql.Stmt, f catalog.Film, num int64) error {
	if _, err := addTerms.ExecContext(ctx, num, strings.Join(f.Terms, " ")); err != nil {
		return err
	}
	for _, g := range genresOf(f) {
		if _, err := addGenre.ExecContext(ctx, f.ID, g, f.Year); err != nil {
			return err
		}
	}
	return nil
}

// numbered is a film that is there and the number of its row.
type numbered struct {
	catalog.Film
	num int64
}

// replace takes all terms away before it adds the first ones, and goes by the
// numbers of rows, for the reason that insert gives.
func (w sqliteFilms) replace(ctx context.Context, films []catalog.Film) error {
	facts := filmColumns[1:]
	sqls := []string{
		"SELECT num FROM movies WHERE id = ?", "DELETE FROM movie_terms WHERE rowid = ?", "DELETE FROM movie_genres WHERE movie_id = ?",
		"UPDATE movies SET (" + names(facts, "") + ") = " + marks(len(facts)) + " WHERE num = ?", sqliteAddTerms, sqliteAddGenre,
	}
	return w.rows(ctx, sqls, func(rowCtx context.Context, stmts []*sql.Stmt) error {
		there := make([]numbered, len(films))
		for i, f := range films {
			there[i].Film = f
			if err := stmts[0].QueryRowContext(rowCtx, f.ID).Scan(&there[i].num); err != nil {
				return err
			}
		}
		slices.SortFunc(there, func(a, b numbered) int { return cmp.Compare(a.num, b.num) })
		for _, f := range there {
			if _, err := stmts[1].ExecContext(rowCtx, f.num); err != nil {
				return err
			}
			if _, err := stmts[2].ExecContext(rowCtx, f.ID); err != nil {
				return err
			}
		}
		for _, f := range there {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			r := toMovieRow(f.Film)
			if _, err := stmts[3].ExecContext(rowCtx, append(values(facts, &r), f.num)...); err != nil {
				return err
			}
			if err := addBeside(rowCtx, stmts[4], stmts[5], f.Film, f.num); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w sqliteFilms) tally(ctx context.Context, films []catalog.Film) error {
	sqls := []string{"UPDATE movies SET (" + names(tallyColumns, "") + ") = " + marks(len(tallyColumns)) + " WHERE id = ?"}
	return w.rows(ctx, sqls, func(rowCtx context.Context, stmts []*sql.Stmt) error {
		for _, f := range films {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			r := toMovieRow(f)
			if _, err := stmts[0].ExecContext(rowCtx, append(values(tallyColumns, &r), f.ID)...); err != nil {
				return err
			}
		}
		return nil
	})
}

func (w sqliteFilms) addWords(ctx context.Context, words []catalog.Word) error {
	sqls := []string{"INSERT INTO movie_words (spelling, backwards, middle, letters) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING"}
	return w.rows(ctx, sqls, func(rowCtx context.Context, stmts []*sql.Stmt) error {
		for _, word := range words {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if _, err := stmts[0].ExecContext(rowCtx, word.Spelling, word.Backwards, word.Middle, word.Letters); err != nil {
				return err
			}
		}
		return nil
	})
}
