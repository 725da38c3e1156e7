package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/catalog"
)

// wordRow is a word of titles and names.
type wordRow struct {
	bun.BaseModel `bun:"table:movie_words"`

	Spelling  string `bun:"spelling"`
	Backwards string `bun:"backwards"`
	Middle    string `bun:"middle"`
	Letters   int    `bun:"letters"`
}

// wordsAtOnce keeps a statement below SQLite's bound of its text, 1 MB.
const wordsAtOnce = 2000

// addWords keeps the words of films. Most are there already.
func (s *Store) addWords(ctx context.Context, tx bun.Tx, films []catalog.Film) error {
	for words := range slices.Chunk(catalog.WordsOf(films), wordsAtOnce) {
		rows := make([]wordRow, len(words))
		for i, w := range words {
			rows[i] = wordRow{Spelling: w.Spelling, Backwards: w.Backwards, Middle: w.Middle, Letters: w.Letters}
		}
		if _, err := tx.NewInsert().Model(&rows).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// nearMost bounds how many words are looked at as candidates.
const nearMost = 20_000

// NearWords looks words up by what they share with the one that was typed, in
// an index each. No text sorts between a beginning and it with the last
// character of all that begins otherwise.
func (s *Store) NearWords(ctx context.Context, n catalog.Near) ([]string, error) {
	const last = "\U0010FFFF"
	letters, words := bun.List(n.Letters), []string{}
	const from = "SELECT spelling FROM movie_words WHERE "
	var c clause
	either := func(sql string, args ...any) {
		if c.sql != "" {
			c.sql += " UNION "
		}
		c.sql, c.args = c.sql+from+sql, append(c.args, args...)
	}
	either("letters IN (?) AND spelling >= ? AND spelling < ?", letters, n.Beginning, n.Beginning+last)
	either("letters IN (?) AND backwards >= ? AND backwards < ?", letters, n.Ending, n.Ending+last)
	if len(n.Middles) > 0 {
		either("letters IN (?) AND middle IN (?)", letters, bun.List(n.Middles))
	}
	if len(n.Swapped) > 0 {
		either("spelling IN (?)", bun.List(n.Swapped))
	}
	err := s.reader.NewRaw(c.sql+" LIMIT ?", append(c.args, nearMost)...).Scan(ctx, &words)
	return words, s.fail("look for near words", err)
}
