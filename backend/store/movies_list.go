package store

import (
	"context"
	"strings"

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
// columns; only its films are joined with what the person did.
func (s *Store) ListMovies(ctx context.Context, userID string, q catalog.MovieQuery) ([]catalog.Entry, error) {
	if !storable(userID) || !storable(q.Genre) {
		return nil, nil
	}
	o := orderOf(q.Sort)
	page := s.pageOfMovies(q, o)
	outer := strings.Join(directed("m.", o.columns, q.Backward), ", ")
	sql := "SELECT " + foundColumns + " FROM (" + page.sql + ") AS page JOIN movies AS m ON m.id = page.id" +
		ownJoins + " ORDER BY " + outer
	return s.entries(ctx, "list films", sql, append(page.args, userID, userID, userID), q.Language, o.place)
}

// pageOfMovies selects the ids of a page: few films are gathered and sorted,
// many are walked along the order's index.
func (s *Store) pageOfMovies(q catalog.MovieQuery, o order) clause {
	c := s.filtering(q.Selection, q.Sort)
	with, from, alias := "", "movies AS m", "m."
	switch {
	case q.Few:
		c = s.matching(q.Selection)
		with = "WITH few AS MATERIALIZED (SELECT m." + strings.Join(o.columns, ", m.") + " FROM movies AS m" + c.where() + ") "
		from, alias, c.sql = "few", "few.", ""
	case !s.onPostgres():
		from += " INDEXED BY " + o.index
	}
	if q.From != nil {
		c.and(beyond(alias, o.columns, q.Backward), o.args(*q.From)...)
	}
	c.sql = with + "SELECT " + alias + "id FROM " + from + c.where() +
		" ORDER BY " + strings.Join(directed(alias, o.columns, q.Backward), ", ") + " LIMIT ?"
	c.args = append(c.args, q.Limit)
	return c
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

// CountMovies counts a selection up to one above most.
func (s *Store) CountMovies(ctx context.Context, sel catalog.Selection, most int) (int, error) {
	const op = "count films"
	var n int
	if sel.Everything() {
		err := s.reader.NewRaw("SELECT value FROM catalogue WHERE name = 'movies'").Scan(ctx, &n)
		return n, s.fail(op, err)
	}
	if !storable(sel.Genre) {
		return 0, nil
	}
	c := s.counting(sel)
	err := s.reader.NewRaw("SELECT COUNT(*) FROM (SELECT 1 FROM "+c.sql+" LIMIT ?) AS counted", append(c.args, most+1)...).Scan(ctx, &n)
	return n, s.fail(op, err)
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
