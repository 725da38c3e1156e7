package catalog

import (
	"context"
	"maps"
	"slices"
	"time"
)

// Films are saved in batches, each one transaction. A batch grows while it is
// quick and shrinks when it is not: on SQLite nobody signs in meanwhile, and
// on any database a larger one spares little more.
const (
	batchFirst = 250
	batchLeast = 250
	batchMost  = 2000
	batchTime  = 400 * time.Millisecond
)

// saver collects films and saves them in batches. While one is being saved the
// next one is read and made ready.
type saver struct {
	store Storage
	clock func() time.Time
	size  int
	films []Film
	ids   map[string]bool // of the batch, which must not repeat in a transaction
	total Saved
	saved func()       // is called after each batch
	under chan outcome // of the batch that is being saved; nil: there is none
}

// outcome is what became of a batch.
type outcome struct {
	Saved
	films int
	took  time.Duration
	err   error
}

func (s *Service) newSaver() *saver {
	return &saver{store: s.store, clock: time.Now, size: batchFirst, ids: map[string]bool{}, saved: func() {}}
}

// add puts a film into the batch, its digest worked out. Of two with one id the
// first one stands. One that is told of a second time finds the first one stored.
func (s *saver) add(ctx context.Context, f Film) error {
	if s.ids[f.ID] {
		s.total.Unchanged++
		return nil
	}
	if slices.ContainsFunc(f.Also, func(id string) bool { return s.ids[id] }) {
		if err := s.begin(ctx); err != nil {
			return err
		}
	}
	s.ids[f.ID] = true
	s.films = append(s.films, f)
	if len(s.films) < s.size {
		return nil
	}
	return s.begin(ctx)
}

// end saves what there is, unless err has ended the import before, and waits
// until all is saved. It returns the first error.
func (s *saver) end(ctx context.Context, err error) error {
	if err == nil {
		err = s.begin(ctx)
	}
	return firstOf(err, s.wait())
}

// begin has the batch saved, once the one before is.
func (s *saver) begin(ctx context.Context) error {
	films, err := s.news(ctx)
	if err = firstOf(s.wait(), err); err != nil || len(films) == 0 {
		return err
	}
	done := make(chan outcome, 1)
	s.under = done
	go func() {
		began := s.clock()
		saved, err := s.store.SaveFilms(ctx, films, Mark{})
		done <- outcome{Saved: saved, films: len(films), took: s.clock().Sub(began), err: err}
	}()
	return nil
}

// news takes the batch and leaves out of it what is stored as it is said. The
// rest is finished here, where no transaction is held up by it.
func (s *saver) news(ctx context.Context) ([]Film, error) {
	if len(s.films) == 0 {
		return nil, nil
	}
	stored, err := s.store.StoredFilms(ctx, slices.Collect(maps.Keys(s.ids)))
	if err != nil {
		return nil, err
	}
	films := make([]Film, 0, len(s.films))
	for _, f := range s.films {
		switch there, ok := stored[f.ID]; {
		case ok && there.says(f):
			s.total.Unchanged++
			continue
		case !f.Patch:
			f = derive(f)
		}
		films = append(films, f)
	}
	if len(films) == 0 {
		s.size = min(batchMost, s.size*3/2)
		s.saved()
	}
	s.films = s.films[:0]
	clear(s.ids)
	return films, nil
}

// wait waits for the batch that is being saved.
func (s *saver) wait() error {
	if s.under == nil {
		return nil
	}
	done := <-s.under
	s.under = nil
	if done.err != nil {
		return done.err
	}
	s.total.Added += done.Added
	s.total.Updated += done.Updated
	s.total.Unchanged += done.Unchanged
	s.total.Unknown += done.Unknown
	switch {
	case done.took > batchTime:
		s.size = max(batchLeast, s.size/2)
	case done.took < batchTime/2 && done.films >= s.size/2:
		s.size = min(batchMost, s.size*3/2)
	}
	s.saved()
	return nil
}
