package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/catalog"
)

const (
	// commonFrom is how many films make a term a common one: of the terms that
	// are none a search reads about as many films at most.
	commonFrom = 1000
	// commonSample is how many films are looked at to guess how many a term has,
	// in so many places of the catalogue.
	commonSample       = 8192
	commonSamplePlaces = 64
	// commonStep is how many films are entered at once, others being held up.
	commonStep = 4096
	// termsAtOnce keeps a statement below SQLite's bound of its text, 1 MB.
	termsAtOnce = 2000
	// commonMark names the number of films there were when terms were listed last.
	commonMark = "common_terms"
)

// ListCommonTerms lists terms once there are enough films, and again when there
// are half as many more. From when a term is listed SaveFilms enters its films;
// those that are there already are entered step by step and, if that is broken
// off, once more at the next time.
func (s *Store) ListCommonTerms(ctx context.Context) (int, error) {
	const op = "list common terms"
	total, err := s.MovieCount(ctx)
	if err != nil {
		return 0, err
	}
	listed, err := s.CatalogueMark(ctx, commonMark)
	if err != nil {
		return 0, err
	}
	if total >= 2*commonFrom && total >= int(listed)*3/2 {
		terms, err := s.sampleTerms(ctx, total)
		if err != nil {
			return 0, s.fail(op, err)
		}
		if err := s.addCommonTerms(ctx, terms, total); err != nil {
			return 0, err
		}
	}
	terms, err := commonTerms(ctx, s.reader, " WHERE NOT complete")
	if err != nil || len(terms) == 0 {
		return 0, s.fail(op, err)
	}
	for after, more := int64(0), true; more; {
		if after, more, err = s.enterStep(ctx, terms, after); err != nil {
			return 0, err
		}
	}
	return len(terms), s.completeCommonTerms(ctx, terms)
}

// termSet are terms to be looked for.
type termSet map[string]bool

// commonTerms reads the listed terms.
func commonTerms(ctx context.Context, db bun.IDB, where string) (termSet, error) {
	var terms []string
	if err := db.NewRaw("SELECT term FROM common_terms"+where).Scan(ctx, &terms); err != nil {
		return nil, err
	}
	out := make(termSet, len(terms))
	for _, t := range terms {
		out[t] = true
	}
	return out, nil
}

// sampleTerms guesses from a sample which terms are common. Those of spans all
// count as such: a page is made of them.
func (s *Store) sampleTerms(ctx context.Context, total int) ([]string, error) {
	var last int64
	if err := s.reader.NewRaw("SELECT COALESCE(MAX(num), 0) FROM movies").Scan(ctx, &last); err != nil {
		return nil, err
	}
	films, seen := map[string]int{}, 0
	for place, after := int64(0), int64(0); place < commonSamplePlaces; place++ {
		some, err := filmsAfter(ctx, s.reader, max(after, last*place/commonSamplePlaces), commonSample/commonSamplePlaces)
		if err != nil {
			return nil, err
		}
		for _, f := range some {
			for _, t := range catalog.TermsOf(f.Film) {
				films[t]++
			}
			after, seen = f.num, seen+1
		}
	}
	out := catalog.SpanTerms()
	for t, n := range films {
		if n*total >= commonFrom*seen {
			out = append(out, t)
		}
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// addCommonTerms lists terms, between two batches of films.
func (s *Store) addCommonTerms(ctx context.Context, terms []string, total int) error {
	return s.inTx(ctx, "add common terms", func(ctx context.Context, tx bun.Tx) error {
		if err := s.holdMovieCount(ctx, tx); err != nil {
			return err
		}
		for some := range slices.Chunk(terms, termsAtOnce) {
			rows := make([]commonTermRow, len(some))
			for i, t := range some {
				rows[i].Term = t
			}
			if _, err := tx.NewInsert().Model(&rows).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
				return err
			}
		}
		return writeMark(ctx, tx, catalog.Mark{Name: commonMark, Value: int64(total)})
	})
}

// commonTermRow is a term that many films have.
type commonTermRow struct {
	bun.BaseModel `bun:"table:common_terms"`

	Term     string `bun:"term"`
	Complete bool   `bun:"complete"`
}

// enterStep enters the next films after a number under terms.
func (s *Store) enterStep(ctx context.Context, terms termSet, after int64) (last int64, more bool, err error) {
	err = s.inTx(ctx, "enter films under common terms", func(ctx context.Context, tx bun.Tx) error {
		if err := s.holdMovieCount(ctx, tx); err != nil {
			return err
		}
		films, err := filmsAfter(ctx, tx, after, commonStep)
		if err != nil {
			return err
		}
		e := entries{}
		for _, f := range films {
			e.add(terms, f)
			last = f.num
		}
		more = len(films) == commonStep
		return s.enter(ctx, tx, e)
	})
	return last, more, err
}

// completeCommonTerms has searches use the sets of terms.
func (s *Store) completeCommonTerms(ctx context.Context, terms termSet) error {
	all := make([]string, 0, len(terms))
	for t := range terms {
		all = append(all, t)
	}
	return s.inTx(ctx, "complete common terms", func(ctx context.Context, tx bun.Tx) error {
		for some := range slices.Chunk(all, termsAtOnce) {
			if _, err := tx.NewRaw("UPDATE common_terms SET complete = TRUE WHERE term IN (?)", bun.List(some)).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}
