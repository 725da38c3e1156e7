package store

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/uptrace/bun"

	"example.com/marquee/backend/catalog"
)

// filmSet is the numbers of films, among how many films they are looked for, and
// the years they are from, where those are bounded.
type filmSet struct {
	films            *roaring.Bitmap
	among            int
	yearFrom, yearTo int
}

// Count implements catalog.Matches.
func (f filmSet) Count() int { return int(f.films.GetCardinality()) }

// Without implements catalog.Matches.
func (f filmSet) Without(others catalog.Matches) catalog.Matches {
	f.films = roaring.AndNot(f.films, others.(filmSet).films)
	return f
}

func (f filmSet) few() bool {
	n := f.Count()
	return n <= fewFilms || n <= f.among/fewShare
}

// bits has bit n%8 of byte n/8 set for each number n, as get_bit of Postgres
// counts them (PostgreSQL manual, 9.5).
func (f filmSet) bits() []byte {
	words := f.films.ToDense()
	out := make([]byte, 0, len(words)*8)
	for _, w := range words {
		out = binary.LittleEndian.AppendUint64(out, w)
	}
	return out
}

// flags has byte n set for each number n.
func (f filmSet) flags() []byte {
	out := make([]byte, f.films.Maximum()+1)
	for n := f.films.Iterator(); n.HasNext(); {
		out[n.Next()] = 1
	}
	return out
}

// FindMatches intersects the sets of the terms that many films have with what
// the index finds for the others.
func (s *Store) FindMatches(ctx context.Context, sel catalog.Selection) (catalog.Matches, error) {
	const op = "find films"
	if sel.Nothing {
		return filmSet{films: roaring.New()}, nil
	}
	byYear := sel.YearFrom != 0 || sel.YearTo != 0
	var years []string
	if byYear {
		years = sel.YearTerms()
	}
	wanted := slices.Concat(sel.Terms, years)
	if sel.Prefix != "" {
		wanted = append(wanted, catalog.BeginningTerm(sel.Prefix))
	}
	common, err := s.commonSets(ctx, wanted)
	if err != nil {
		return nil, s.fail(op, err)
	}
	var sets []*roaring.Bitmap
	rest := catalog.Selection{YearFrom: sel.YearFrom, YearTo: sel.YearTo}
	for _, t := range sel.Terms {
		if set := common[t]; set != nil {
			sets = append(sets, set)
		} else {
			rest.Terms = append(rest.Terms, t)
		}
	}
	if set := common[catalog.BeginningTerm(sel.Prefix)]; sel.Prefix != "" && set != nil {
		sets = append(sets, set)
	} else {
		rest.Prefix = sel.Prefix
	}
	if set := union(common, years); byYear && set != nil {
		sets, rest.YearFrom, rest.YearTo = append(sets, set), 0, 0
	}
	if !rest.Everything() {
		found, err := s.lookUp(ctx, rest)
		if err != nil {
			return nil, s.fail(op, err)
		}
		sets = append(sets, found)
	}
	films := roaring.FastAnd(sets...)
	return filmSet{films, maximum(films), sel.YearFrom, sel.YearTo}, nil
}

// maximum is the largest number of a set, 0 if it is empty.
func maximum(films *roaring.Bitmap) int {
	if films.IsEmpty() {
		return 0
	}
	return int(films.Maximum())
}

// union joins the sets of terms, nil if one of them is missing.
func union(sets map[string]*roaring.Bitmap, terms []string) *roaring.Bitmap {
	var all []*roaring.Bitmap
	for _, t := range terms {
		if sets[t] == nil {
			return nil
		}
		all = append(all, sets[t])
	}
	return roaring.FastOr(all...)
}

// lookUp asks the index for the films of a selection.
func (s *Store) lookUp(ctx context.Context, sel catalog.Selection) (*roaring.Bitmap, error) {
	c := s.looking(sel)
	rows, err := s.reader.QueryContext(ctx, c.sql, c.args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	found := roaring.New()
	for rows.Next() {
		var n uint32
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		found.Add(n)
	}
	return found, rows.Err()
}

func (s *Store) looking(sel catalog.Selection) clause {
	var c clause
	from := "movies AS m"
	if match := s.termsMatch(sel); match != "" && s.onPostgres() {
		c.and("m.terms @@ CAST(? AS TSQUERY)", match)
	} else if match != "" {
		c.and("movie_terms MATCH ?", match)
		from = "movie_terms CROSS JOIN movies AS m ON m.num = movie_terms.rowid" // CROSS keeps the order of the two
	}
	addYears(&c, "m.year", sel)
	c.sql = "SELECT m.num FROM " + from + c.where()
	return c
}

// commonSets reads the sets of those of terms that many films have.
func (s *Store) commonSets(ctx context.Context, terms []string) (map[string]*roaring.Bitmap, error) {
	sets := map[string]*roaring.Bitmap{}
	if len(terms) == 0 {
		return sets, nil
	}
	rows, err := s.reader.QueryContext(ctx, `SELECT t.term, f.films FROM common_terms AS t LEFT JOIN common_films AS f ON f.term = t.term
		WHERE t.term IN (?) AND t.complete`, bun.List(terms))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	blocks := map[string][]*roaring.Bitmap{}
	for rows.Next() {
		var term string
		var films []byte
		if err := rows.Scan(&term, &films); err != nil {
			return nil, err
		}
		block := roaring.New()
		if films != nil {
			if _, err := block.FromBuffer(films); err != nil {
				return nil, err
			}
		}
		blocks[term] = append(blocks[term], block)
	}
	for term, parts := range blocks {
		sets[term] = roaring.FastOr(parts...)
	}
	return sets, rows.Err()
}
