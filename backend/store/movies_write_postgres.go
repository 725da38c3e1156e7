package store

import (
	"context"
	"database/sql"
	"strings"

	"example.com/marquee/backend/catalog"
)

// postgresFilms writes films as columns, an array each, with one statement for
// all rows of a table, which the driver keeps prepared.
type postgresFilms struct{ tx *sql.Tx }

// saidFilms is the rows of arrays with their terms, whose array is the last.
// They are lexemes already; to_tsvector would cut them again by the server's
// rules.
func saidFilms() string {
	return "(SELECT u.*, array_to_tsvector(string_to_array(u.joined, ' ')) AS terms FROM " +
		unnested(append(filmColumns[:len(filmColumns):len(filmColumns)], joinedTerms)) + " AS u (" + names(filmColumns, "") + ", joined)) AS said"
}

// joinedTerms is a column only while films are on their way: no term has a
// space in it.
var joinedTerms = filmColumn{name: "joined", text: func(*movieRow) string { return "" }}

func arrays(columns []filmColumn, films []catalog.Film) []any {
	rows := toMovieRows(films)
	out := make([]any, len(columns))
	for i, c := range columns {
		out[i] = c.array(rows)
	}
	return out
}

func withTerms(films []catalog.Film) []any {
	terms := make([]string, len(films))
	for i, f := range films {
		terms[i] = strings.Join(f.Terms, " ")
	}
	return append(arrays(filmColumns, films), terms)
}

func (w postgresFilms) insert(ctx context.Context, films []catalog.Film) error {
	sql := "INSERT INTO movies (" + names(filmColumns, "") + ", terms) SELECT " + names(filmColumns, "said.") + ", said.terms FROM " + saidFilms()
	if _, err := w.tx.ExecContext(ctx, sql, withTerms(films)...); err != nil {
		return err
	}
	return w.addGenres(ctx, films)
}

func (w postgresFilms) replace(ctx context.Context, films []catalog.Film) error {
	facts := filmColumns[1:]
	sql := "UPDATE movies SET (" + names(facts, "") + ", terms) = (" + names(facts, "said.") + ", said.terms) FROM " + saidFilms() + " WHERE movies.id = said.id"
	if _, err := w.tx.ExecContext(ctx, sql, withTerms(films)...); err != nil {
		return err
	}
	ids := make([]string, len(films))
	for i, f := range films {
		ids[i] = f.ID
	}
	if _, err := w.tx.ExecContext(ctx, "DELETE FROM movie_genres WHERE movie_id = ANY($1::text[])", ids); err != nil {
		return err
	}
	return w.addGenres(ctx, films)
}

func (w postgresFilms) addGenres(ctx context.Context, films []catalog.Film) error {
	var ids, genres []string
	var years []int64
	for _, f := range films {
		for _, g := range genresOf(f) {
			ids, genres, years = append(ids, f.ID), append(genres, g), append(years, int64(f.Year))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	_, err := w.tx.ExecContext(ctx, "INSERT INTO movie_genres (movie_id, genre, year) SELECT * FROM unnest($1::text[], $2::text[], $3::int[])", ids, genres, years)
	return err
}

func (w postgresFilms) tally(ctx context.Context, films []catalog.Film) error {
	columns := append(filmColumns[:1:1], tallyColumns...)
	sql := "UPDATE movies SET (" + names(tallyColumns, "") + ") = (" + names(tallyColumns, "said.") + ") FROM " +
		unnested(columns) + " AS said (" + names(columns, "") + ") WHERE movies.id = said.id"
	_, err := w.tx.ExecContext(ctx, sql, arrays(columns, films)...)
	return err
}

func (w postgresFilms) addWords(ctx context.Context, words []catalog.Word) error {
	n := len(words)
	spellings, backwards, middles, letters := make([]string, n), make([]string, n), make([]string, n), make([]int64, n)
	for i, word := range words {
		spellings[i], backwards[i], middles[i], letters[i] = word.Spelling, word.Backwards, word.Middle, int64(word.Letters)
	}
	_, err := w.tx.ExecContext(ctx, `INSERT INTO movie_words (spelling, backwards, middle, letters)
		SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::int[]) ON CONFLICT DO NOTHING`, spellings, backwards, middles, letters)
	return err
}
