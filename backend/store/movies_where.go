package store

import (
	"strings"

	"example.com/marquee/backend/catalog"
	"example.com/marquee/common/marquee"
)

// clause is a piece of SQL with its arguments.
type clause struct {
	sql  string
	args []any
}

func (c *clause) and(sql string, args ...any) {
	if c.sql != "" {
		c.sql += " AND "
	}
	c.sql += sql
	c.args = append(c.args, args...)
}

// where is " WHERE ..." or "" for an empty clause.
func (c *clause) where() string {
	if c.sql == "" {
		return ""
	}
	return " WHERE " + c.sql
}

// matching selects films so that the database begins at whatever index finds
// them best: for counting, and for selections known to be small.
func (s *Store) matching(sel catalog.Selection) clause {
	var c clause
	if sel.Nothing {
		c.and("FALSE")
	}
	if m := s.termsMatch(sel); m != "" {
		if s.onPostgres() {
			c.and("m.terms @@ CAST(? AS TSQUERY)", m)
		} else {
			c.and("m.num IN (SELECT rowid FROM movie_terms WHERE movie_terms MATCH ?)", m)
		}
	}
	if sel.Genre != "" {
		g := clause{"g.genre = ?", []any{sel.Genre}}
		addYears(&g, "g.year", sel) // the index of genres has the years as well
		c.and("m.id IN (SELECT g.movie_id FROM movie_genres AS g WHERE "+g.sql+")", g.args...)
		return c
	}
	addYears(&c, "m.year", sel)
	return c
}

// counting is a FROM and WHERE that yields a row for each film of a selection
// and can stop early: it reads the narrowest table that knows.
func (s *Store) counting(sel catalog.Selection) clause {
	m := s.termsMatch(sel)
	var c clause
	switch {
	case sel.Nothing || m != "" && sel.Genre != "":
	case sel.Genre != "":
		c.and("g.genre = ?", sel.Genre)
		addYears(&c, "g.year", sel)
		c.sql = "movie_genres AS g" + c.where()
		return c
	case m != "" && !s.onPostgres():
		c.and("movie_terms MATCH ?", m)
		from := "movie_terms"
		if sel.YearFrom != 0 || sel.YearTo != 0 {
			addYears(&c, "m.year", sel)
			from += " CROSS JOIN movies AS m ON m.num = movie_terms.rowid" // CROSS keeps the order of the two
		}
		c.sql = from + c.where()
		return c
	}
	c = s.matching(sel)
	c.sql = "movies AS m" + c.where()
	return c
}

// filtering selects the same films while an order's index is walked: no part
// of it may tempt the database to begin elsewhere and sort. A scalar subquery
// and IS TRUE cannot be looked up in an index; Postgres still estimates the
// latter rightly, which it would not do for an expression like "year + 0".
func (s *Store) filtering(sel catalog.Selection, sort marquee.Sort) clause {
	var c clause
	if sel.Nothing {
		c.and("FALSE")
	}
	if m := s.termsMatch(sel); m != "" {
		if s.onPostgres() {
			c.and("(m.terms @@ CAST(? AS TSQUERY)) IS TRUE", m)
		} else if sel.Prefix != "" {
			// FTS5 would join the lists of all words with that beginning again for
			// each film; this does it once.
			c.and("m.num IN (SELECT rowid FROM movie_terms WHERE movie_terms MATCH ?)", m)
		} else {
			c.and("(SELECT TRUE FROM movie_terms WHERE rowid = m.num AND movie_terms MATCH ?)", m)
		}
	}
	if sel.Genre != "" {
		c.and("(SELECT TRUE FROM movie_genres AS g WHERE g.movie_id = m.id AND g.genre = ?)", sel.Genre)
	}
	switch sort {
	case marquee.SortYear: // the bounds are where the walk begins and ends
		addYears(&c, "m.year", sel)
	case marquee.SortYearDesc:
		addYears(&c, "m.year_down", catalog.Selection{YearFrom: -sel.YearTo, YearTo: -sel.YearFrom})
	default:
		var years clause
		addYears(&years, "m.year", sel)
		if years.sql != "" {
			c.and("("+years.sql+") IS TRUE", years.args...)
		}
	}
	return c
}

func addYears(c *clause, column string, sel catalog.Selection) {
	if sel.YearFrom != 0 {
		c.and(column+" >= ?", sel.YearFrom)
	}
	if sel.YearTo != 0 {
		c.and(column+" <= ?", sel.YearTo)
	}
}

// termsMatch is the selection's search in the language of the database's
// index, "" for none. Every term is quoted, so that nothing in it is an
// operator.
func (s *Store) termsMatch(sel catalog.Selection) string {
	quote, and, prefix := quoteFTS, " AND ", "*"
	if s.onPostgres() {
		quote, and, prefix = quoteLexeme, " & ", ":*"
	}
	var parts []string
	for _, t := range sel.Terms {
		parts = append(parts, quote(t))
	}
	if sel.Prefix != "" {
		parts = append(parts, quote(sel.Prefix)+prefix)
	}
	return strings.Join(parts, and)
}

// quoteFTS quotes a string of SQLite's FTS5 (sqlite.org/fts5.html, 3.1).
func quoteFTS(t string) string { return `"` + strings.ReplaceAll(t, `"`, `""`) + `"` }

// quoteLexeme quotes a lexeme of a tsquery (PostgreSQL manual, 8.11.2).
func quoteLexeme(t string) string {
	return "'" + strings.NewReplacer(`'`, `''`, `\`, `\\`).Replace(t) + "'"
}
