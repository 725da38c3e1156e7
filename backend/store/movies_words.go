package store

import (
	"context"
	"sync"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/catalog"
)

// wordsKept bounds the words that are known to be there, a few dozen bytes each.
const wordsKept = 200_000

// knownWords are spellings of words that are there, since none is ever taken
// away: of the words of a film hardly one is new.
type knownWords struct {
	mu    sync.Mutex
	words map[string]bool
}

func (k *knownWords) has(spelling string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.words[spelling]
}

// add is told of words once the transaction that added them has been committed.
func (k *knownWords) add(words []catalog.Word) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.words == nil || len(k.words) > wordsKept {
		k.words = map[string]bool{}
	}
	for _, w := range words {
		k.words[w.Spelling] = true
	}
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
