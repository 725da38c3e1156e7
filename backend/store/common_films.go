package store

import (
	"context"
	"database/sql"
	"maps"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/uptrace/bun"

	"example.com/marquee/backend/catalog"
)

// numberedFilms reads films with their numbers.
func numberedFilms(ctx context.Context, db bun.IDB, where string, args ...any) ([]numbered, error) {
	var rows []struct {
		movieRow
		Num int64 `bun:"num"`
	}
	if err := db.NewRaw("SELECT m.num, "+movieColumns+" FROM movies AS m WHERE "+where, args...).Scan(ctx, &rows); err != nil {
		return nil, err
	}
	films := make([]numbered, len(rows))
	for i, r := range rows {
		var err error
		films[i].num = r.Num
		if films[i].Film, err = r.film(); err != nil {
			return nil, err
		}
	}
	return films, nil
}

// filmsAfter reads the next films after a number.
func filmsAfter(ctx context.Context, db bun.IDB, after int64, limit int) ([]numbered, error) {
	return numberedFilms(ctx, db, "m.num > ? ORDER BY m.num LIMIT ?", after, limit)
}

// leaveCommonFilms takes films, as they are stored, out of the sets of common
// terms. Another film may get the number of one that goes.
func (s *Store) leaveCommonFilms(ctx context.Context, tx bun.Tx, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	terms, err := commonTerms(ctx, tx, "")
	if err != nil || len(terms) == 0 {
		return err
	}
	films, err := numberedFilms(ctx, tx, "m.id IN (?)", bun.List(ids))
	if err != nil {
		return err
	}
	e := entries{}
	for _, f := range films {
		e.remove(terms, f)
	}
	return s.enter(ctx, tx, e)
}

// enterCommonFilms enters films, once they are stored, into the sets of common
// terms.
func (s *Store) enterCommonFilms(ctx context.Context, tx bun.Tx, films []catalog.Film) error {
	if len(films) == 0 {
		return nil
	}
	terms, err := commonTerms(ctx, tx, "")
	if err != nil || len(terms) == 0 {
		return err
	}
	byID := make(map[string]catalog.Film, len(films))
	for _, f := range films {
		byID[f.ID] = f
	}
	var rows []struct {
		ID  string `bun:"id"`
		Num int64  `bun:"num"`
	}
	if err := tx.NewRaw("SELECT id, num FROM movies WHERE id IN (?)", bun.List(slices.Collect(maps.Keys(byID)))).Scan(ctx, &rows); err != nil {
		return err
	}
	e := entries{}
	for _, r := range rows {
		e.add(terms, numbered{byID[r.ID], r.Num})
	}
	return s.enter(ctx, tx, e)
}

// blockBits is how many bits of a number say where in its block a film is.
const blockBits = 16

// entries are changes of sets, by block and term.
type entries map[int64]map[string]*change

// change is numbers that leave a set and numbers that are in it afterwards.
type change struct{ out, in []uint32 }

func (e entries) of(term string, num int64) *change {
	block := e[num>>blockBits]
	if block == nil {
		block = map[string]*change{}
		e[num>>blockBits] = block
	}
	if block[term] == nil {
		block[term] = &change{}
	}
	return block[term]
}

func (e entries) add(terms termSet, f numbered) {
	for _, t := range catalog.TermsOf(f.Film) {
		if terms[t] {
			c := e.of(t, f.num)
			c.in = append(c.in, uint32(f.num))
		}
	}
}

func (e entries) remove(terms termSet, f numbered) {
	for _, t := range catalog.TermsOf(f.Film) {
		if terms[t] {
			c := e.of(t, f.num)
			c.out = append(c.out, uint32(f.num))
		}
	}
}

// enter makes changes.
func (s *Store) enter(ctx context.Context, tx bun.Tx, e entries) error {
	for block, changes := range e {
		for terms := range slices.Chunk(slices.Sorted(maps.Keys(changes)), termsAtOnce) {
			sets, err := blocksOf(ctx, tx, block, terms)
			if err != nil {
				return err
			}
			films := make([][]byte, len(terms))
			for i, t := range terms {
				set := sets[t]
				if set == nil {
					set = roaring.New()
				}
				for _, n := range changes[t].out {
					set.Remove(n)
				}
				set.AddMany(changes[t].in)
				if films[i], err = set.ToBytes(); err != nil {
					return err
				}
			}
			if err := s.writeBlocks(ctx, tx.Tx, block, terms, films); err != nil {
				return err
			}
		}
	}
	return nil
}

// blocksOf reads a block of the sets of terms, of those that have films in it.
func blocksOf(ctx context.Context, tx bun.Tx, block int64, terms []string) (map[string]*roaring.Bitmap, error) {
	rows, err := tx.QueryContext(ctx, "SELECT term, films FROM common_films WHERE block = ? AND term IN (?)", block, bun.List(terms))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	sets := map[string]*roaring.Bitmap{}
	for rows.Next() {
		var term string
		var films []byte
		if err := rows.Scan(&term, &films); err != nil {
			return nil, err
		}
		sets[term] = roaring.New()
		if err := sets[term].UnmarshalBinary(films); err != nil {
			return nil, err
		}
	}
	return sets, rows.Err()
}

// writeBlocks goes around bun, which would spell the sets out as SQL.
func (s *Store) writeBlocks(ctx context.Context, tx *sql.Tx, block int64, terms []string, films [][]byte) error {
	const replace = " ON CONFLICT (term, block) DO UPDATE SET films = excluded.films"
	if s.onPostgres() {
		_, err := tx.ExecContext(ctx, "INSERT INTO common_films (term, block, films) SELECT said.term, $2, said.films FROM unnest($1::text[], $3::bytea[]) AS said (term, films)"+replace,
			terms, block, films)
		return err
	}
	insert, err := tx.PrepareContext(ctx, "INSERT INTO common_films (term, block, films) VALUES (?, ?, ?)"+replace)
	if err != nil {
		return err
	}
	defer insert.Close()
	for i, t := range terms {
		if _, err := insert.ExecContext(ctx, t, block, films[i]); err != nil {
			return err
		}
	}
	return nil
}
