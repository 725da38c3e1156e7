package store

import (
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

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
	c := excluding(sel)
	if m := s.termsMatch(sel, sel.YearTerms); m != "" {
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
	if len(sel.YearTerms) == 0 {
		addYears(&c, "m.year", sel)
	}
	return c
}

// excluding leaves out what a selection leaves out by name.
func excluding(sel catalog.Selection) clause {
	var c clause
	if sel.Nothing {
		c.and("FALSE")
	}
	if len(sel.Except) > 0 {
		c.and("m.id NOT IN (?)", bun.List(sel.Except))
	}
	return c
}

// counting is a FROM and WHERE that yields a row for each film of a selection
// and can stop early: it reads the narrowest table that knows.
func (s *Store) counting(sel catalog.Selection) clause {
	m := s.termsMatch(sel, sel.YearTerms)
	var c clause
	switch {
	case sel.Nothing || len(sel.Except) > 0 || m != "" && sel.Genre != "":
	case sel.Genre != "":
		c.and("g.genre = ?", sel.Genre)
		addYears(&c, "g.year", sel)
		c.sql = "movie_genres AS g" + c.where()
		return c
	case m != "" && !s.onPostgres():
		c.and("movie_terms MATCH ?", m)
		from := "movie_terms"
		if len(sel.YearTerms) == 0 && (sel.YearFrom != 0 || sel.YearTo != 0) {
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
	c := excluding(sel)
	if m := s.termsMatch(sel, nil); m != "" {
		if s.onPostgres() {
			c.and("(m.terms @@ CAST(? AS TSQUERY)) IS TRUE", m)
		} else if utf8.RuneCountInString(sel.Prefix) > ftsPrefix {
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

// ftsPrefix is the longest beginning of words that movie_terms keeps a list for.
const ftsPrefix = 5

// termsMatch is the selection's search in the language of the database's
// index, "" for none; of anyOf one must be there. Every term is quoted, so that
// nothing in it is an operator.
func (s *Store) termsMatch(sel catalog.Selection, anyOf []string) string {
	quote, and, or, prefix := quoteFTS, " AND ", " OR ", "*"
	if s.onPostgres() {
		quote, and, or, prefix = quoteLexeme, " & ", " | ", ":*"
	}
	var parts, any []string
	for _, t := range anyOf {
		any = append(any, quote(t))
	}
	if len(any) > 0 {
		parts = append(parts, "("+strings.Join(any, or)+")")
	}
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
