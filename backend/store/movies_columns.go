package store

import (
	"slices"
	"strconv"
	"strings"

	"example.com/marquee/backend/catalog"
)

// filmColumn is a column of films as it is written: one of text, number and
// bytes takes it from a row.
type filmColumn struct {
	name   string
	text   func(r *movieRow) string
	number func(r *movieRow) int64
	bytes  func(r *movieRow) []byte // nil is NULL
}

// filmColumns are all that a source can say of a film; the id is the first.
var filmColumns = []filmColumn{
	{name: "id", text: func(r *movieRow) string { return r.ID }},
	{name: "source", text: func(r *movieRow) string { return r.Source }},
	{name: "digest", text: func(r *movieRow) string { return r.Digest }},
	{name: "imdb_id", text: func(r *movieRow) string { return r.IMDbID }},
	{name: "wikipedia_page", text: func(r *movieRow) string { return r.Page }},
	{name: "title", text: func(r *movieRow) string { return r.Title }},
	{name: "original_title", text: func(r *movieRow) string { return r.OriginalTitle }},
	{name: "title_key", bytes: func(r *movieRow) []byte { return r.TitleKey }},
	{name: "original_key", bytes: func(r *movieRow) []byte { return r.OriginalKey }},
	{name: "year", number: func(r *movieRow) int64 { return int64(r.Year) }},
	{name: "runtime_minutes", number: func(r *movieRow) int64 { return int64(r.RuntimeMinutes) }},
	{name: "countries", text: func(r *movieRow) string { return string(r.Countries) }},
	{name: "languages", text: func(r *movieRow) string { return string(r.Languages) }},
	{name: "genres", text: func(r *movieRow) string { return string(r.Genres) }},
	{name: "directors", text: func(r *movieRow) string { return string(r.Directors) }},
	{name: "cast_names", text: func(r *movieRow) string { return string(r.Cast) }},
	{name: "overview_en", text: func(r *movieRow) string { return r.OverviewEN }},
	{name: "overview_ko", text: func(r *movieRow) string { return r.OverviewKO }},
	{name: "imdb_sum", number: func(r *movieRow) int64 { return r.IMDbSum }},
	{name: "imdb_votes", number: func(r *movieRow) int64 { return r.IMDbVotes }},
	{name: "movielens_sum", number: func(r *movieRow) int64 { return r.MovieLensSum }},
	{name: "movielens_votes", number: func(r *movieRow) int64 { return r.MovieLensVotes }},
}

// tallyColumns are the last of filmColumns.
var tallyColumns = filmColumns[len(filmColumns)-4:]

// names lists columns, each with something in front.
func names(columns []filmColumn, prefix string) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = prefix + c.name
	}
	return strings.Join(list, ", ")
}

// value takes a column from a row.
func (c filmColumn) value(r *movieRow) any {
	switch {
	case c.text != nil:
		return c.text(r)
	case c.number != nil:
		return c.number(r)
	case c.bytes(r) == nil:
		return nil
	}
	return c.bytes(r)
}

// array takes a column from rows, as an array of Postgres.
func (c filmColumn) array(rows []movieRow) any {
	switch {
	case c.text != nil:
		return each(rows, c.text)
	case c.number != nil:
		return each(rows, c.number)
	}
	return each(rows, c.bytes)
}

func each[T any](rows []movieRow, value func(*movieRow) T) []T {
	out := make([]T, len(rows))
	for i := range rows {
		out[i] = value(&rows[i])
	}
	return out
}

// unnested spells rows of arrays for Postgres: unnest($1::text[], …).
func unnested(columns []filmColumn) string {
	list := make([]string, len(columns))
	for i, c := range columns {
		kind := "::text[]"
		switch {
		case c.number != nil:
			kind = "::bigint[]"
		case c.bytes != nil:
			kind = "::bytea[]"
		}
		list[i] = "$" + strconv.Itoa(i+1) + kind
	}
	return "unnest(" + strings.Join(list, ", ") + ")"
}

func toMovieRows(films []catalog.Film) []movieRow {
	rows := make([]movieRow, len(films))
	for i, f := range films {
		rows[i] = toMovieRow(f)
	}
	return rows
}

// genresOf lists the genres of a film, each once: they are a key.
func genresOf(f catalog.Film) []string {
	var out []string
	for i, g := range f.Genres {
		if !slices.Contains(f.Genres[:i], g) {
			out = append(out, g)
		}
	}
	return out
}
