package store

import (
	"strings"

	"example.com/marquee/backend/catalog"
)

// clause is a piece of SQL with its arguments.
type clause struct {
	sql  string
	args []any
}

func (c *clause) and(sql string, args ...any) {
	if sql == "" {
		return
	}
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
