package store

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/catalog"
	"example.com/marquee/common/marquee"
)

// order is an order of films: the columns of its index, all ascending, since
// only then is "after this place" one comparison of rows.
type order struct {
	index   string
	columns []string
	// place is where a film stands in it.
	place func(r foundRow) catalog.Position
	// args are the values of columns at a place.
	args func(p catalog.Position) []any
}

func orderOf(sort marquee.Sort) order {
	numbered := func(index, column string, number func(foundRow) int64) order {
		return order{index, []string{column, "title_key", "id"},
			func(r foundRow) catalog.Position {
				return catalog.Position{Number: number(r), TitleKey: r.TitleKey, ID: r.ID}
			},
			func(p catalog.Position) []any { return []any{p.Number, bytesOf(p.TitleKey), p.ID} },
		}
	}
	switch sort {
	case marquee.SortYear:
		return numbered("movies_by_year", "year", func(r foundRow) int64 { return int64(r.Year) })
	case marquee.SortYearDesc:
		return numbered("movies_by_year_down", "year_down", func(r foundRow) int64 { return -int64(r.Year) })
	case marquee.SortRating:
		return numbered("movies_by_rating", "rating_rank", func(r foundRow) int64 { return r.Rank })
	}
	return order{"movies_by_title", []string{"title_key", "id"},
		func(r foundRow) catalog.Position { return catalog.Position{TitleKey: r.TitleKey, ID: r.ID} },
		func(p catalog.Position) []any { return []any{bytesOf(p.TitleKey), p.ID} },
	}
}

// bytesOf keeps an empty key from becoming NULL, which compares with nothing.
func bytesOf(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}

// ListMovies returns a window of films. The page is found first, by narrow
// columns; only its films are read and joined with what the person did.
func (s *Store) ListMovies(ctx context.Context, userID string, q catalog.MovieQuery) ([]catalog.Entry, error) {
	const op = "list films"
	if !storable(userID) {
		return nil, nil
	}
	o := orderOf(q.Sort)
	ids, err := s.pageOfMovies(ctx, q, o)
	if err != nil || len(ids) == 0 {
		return nil, s.fail(op, err)
	}
	sql := "SELECT " + foundColumns + " FROM movies AS m" + ownJoins + " WHERE m.id IN (?) ORDER BY " + strings.Join(directed("m.", o.columns, q.Backward), ", ")
	return s.entries(ctx, op, sql, []any{userID, userID, userID, bun.List(ids)}, q.Language, o.place)
}

// fewFilms is how many of a set are gathered and sorted, and fewShare what part
// of all films that may be: more are walked along the order's index.
const (
	fewFilms = 500
	fewShare = 200
)

// glanceMost is how many films of an order are looked at before a set is
// gathered that they might fill a page with: that takes as long as to gather
// some hundreds.
const glanceMost = 20_000

// pageOfMovies finds the ids of a page.
func (s *Store) pageOfMovies(ctx context.Context, q catalog.MovieQuery, o order) (ids []string, err error) {
	ways, err := s.waysToPage(ctx, q, o)
	for i := 0; i < len(ways) && len(ids) < q.Limit && err == nil; i++ {
		ids, err = s.idsOf(ctx, ways[i])
	}
	return ids, err
}

// waysToPage selects the ids of a page: a way that does not fill it leaves it to
// the next one.
func (s *Store) waysToPage(ctx context.Context, q catalog.MovieQuery, o order) ([]clause, error) {
	if q.Matches == nil {
		return []clause{s.walk(clause{}, q, o)}, nil
	}
	set, near, err := s.nearby(ctx, q.Matches.(filmSet), q)
	if err != nil {
		return nil, err
	}
	if !set.few() {
		c := s.masked(set)
		c.and(near.sql, near.args...)
		return []clause{s.walk(c, q, o)}, nil
	}
	ways := []clause{s.gather(set, q, o)}
	if n := set.Count(); n > fewFilms && set.among/n*q.Limit < glanceMost/2 {
		ways = slices.Insert(ways, 0, s.glance(set, near, q, o))
	}
	return ways, nil
}

// walk goes along the index of an order.
func (s *Store) walk(c clause, q catalog.MovieQuery, o order) clause {
	return page("m.id", s.along(o), c, q, o)
}

// glance walks no further than glanceMost films.
func (s *Store) glance(set filmSet, near clause, q catalog.MovieQuery, o order) clause {
	some := q
	some.Limit = glanceMost
	first := page("m.num, m."+strings.Join(o.columns, ", m."), s.along(o), near, some, o)
	q.From = nil
	c := page("m.id", "("+first.sql+") AS m", s.masked(set), q, o)
	c.args = append(first.args, c.args...)
	return c
}

// along names the films by the index of an order.
func (s *Store) along(o order) string {
	if s.onPostgres() {
		return "movies AS m"
	}
	return "movies AS m INDEXED BY " + o.index
}

func page(columns, from string, c clause, q catalog.MovieQuery, o order) clause {
	if q.From != nil {
		c.and(beyond("m.", o.columns, q.Backward), o.args(*q.From)...)
	}
	c.sql = "SELECT " + columns + " FROM " + from + c.where() + " ORDER BY " + strings.Join(directed("m.", o.columns, q.Backward), ", ") + " LIMIT ?"
	c.args = append(c.args, q.Limit)
	return c
}

// gather reads the films of a set by their numbers and sorts them. Postgres
// would rather walk the order's index and compare each film with all numbers, if
// it knew as little of films as it does after an import: hence MATERIALIZED.
func (s *Store) gather(set filmSet, q catalog.MovieQuery, o order) clause {
	said, _ := json.Marshal(set.films.ToArray()) // numbers always marshal
	if !s.onPostgres() {
		return page("m.id", "movies AS m", clause{"m.num IN (SELECT value FROM json_each(?))", []any{string(said)}}, q, o)
	}
	c := page("m.id", "few AS m", clause{args: []any{"{" + strings.Trim(string(said), "[]") + "}"}}, q, o)
	c.sql = "WITH few AS MATERIALIZED (SELECT m." + strings.Join(o.columns, ", m.") +
		" FROM unnest(CAST(? AS INTEGER[])) AS n (num) JOIN movies AS m ON m.num = n.num) " + c.sql
	return c
}

// masked leaves all but the films of a set out of a walk. The mask is a value
// beside the statement, since a million bits are too long for its text. CASE
// looks at the number first, which may lie beyond the mask, and keeps the
// database from beginning anywhere but at the order's index.
func (s *Store) masked(set filmSet) (c clause) {
	if s.onPostgres() {
		mask := set.bits()
		c.and("CASE WHEN m.num < CAST(? AS INTEGER) THEN get_bit(CAST(? AS BYTEA), m.num) = 1 END", len(mask)*8, mask)
		return c
	}
	c.and("substr(?, m.num + 1, 1) = x'01'", set.flags()) // SQLite reads bytes, no bits
	return c
}

// idsOf runs a query of ids with its arguments beside its text: they may be
// long, and a text that stays the same is parsed and planned once.
func (s *Store) idsOf(ctx context.Context, c clause) ([]string, error) {
	sql := c.sql
	if s.onPostgres() {
		for i := range c.args {
			sql = strings.Replace(sql, "?", "$"+strconv.Itoa(i+1), 1)
		}
	}
	rows, err := s.reader.DB.QueryContext(ctx, sql, c.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, rows.Err()
}

// beyond compares a row with a place, to be given as arguments.
func beyond(alias string, columns []string, backward bool) string {
	sign := " > "
	if backward {
		sign = " < "
	}
	return "(" + alias + strings.Join(columns, ", "+alias) + ")" + sign + "(" + strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ") + ")"
}

func directed(alias string, columns []string, backward bool) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = alias + c
		if backward {
			out[i] += " DESC"
		}
	}
	return out
}

// entries runs a query of foundRows.
func (s *Store) entries(ctx context.Context, op, sql string, args []any, language string, place func(foundRow) catalog.Position) ([]catalog.Entry, error) {
	var rows []foundRow
	if err := s.reader.NewRaw(sql, args...).Scan(ctx, &rows); err != nil {
		return nil, s.fail(op, err)
	}
	out := make([]catalog.Entry, len(rows))
	for i, r := range rows {
		m, err := r.movie(language)
		if err != nil {
			return nil, s.fail(op, err)
		}
		out[i] = catalog.Entry{Movie: m, At: place(r)}
	}
	return out, nil
}

// MovieCount is how many films there are.
func (s *Store) MovieCount(ctx context.Context) (int, error) {
	n, err := s.CatalogueMark(ctx, "movies")
	return int(n), err
}

// MovieByID returns one film with what the person did with it.
func (s *Store) MovieByID(ctx context.Context, userID, id, language string) (marquee.Movie, error) {
	const op = "read a film"
	if !storable(userID) || !storable(id) {
		return marquee.Movie{}, marquee.E(marquee.CodeNotFound)
	}
	var m marquee.Movie
	err := s.byFilmID(ctx, op, id, func(id string) error {
		found, err := s.entries(ctx, op, "SELECT "+foundColumns+" FROM movies AS m"+ownJoins+" WHERE m.id = ?", []any{userID, userID, userID, id}, language,
			func(foundRow) catalog.Position { return catalog.Position{} })
		if err == nil && len(found) == 0 {
			return marquee.E(marquee.CodeNotFound)
		}
		if err == nil {
			m = found[0].Movie
		}
		return err
	})
	return m, err
}

// GenresInUse hops along the index from one genre to the next: a DISTINCT
// would read an entry for every film.
func (s *Store) GenresInUse(ctx context.Context) ([]string, error) {
	genres := []string{}
	err := s.reader.NewRaw(`WITH RECURSIVE hop(genre) AS (
		SELECT MIN(genre) FROM movie_genres
		UNION ALL
		SELECT (SELECT MIN(g.genre) FROM movie_genres AS g WHERE g.genre > hop.genre) FROM hop WHERE hop.genre IS NOT NULL
	) SELECT genre FROM hop WHERE genre IS NOT NULL`).Scan(ctx, &genres)
	return genres, s.fail("list genres", err)
}
