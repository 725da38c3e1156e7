package catalog

import (
	"context"
	"time"
)

// Films are saved in batches, each one transaction. A batch grows while it is
// quick and shrinks when it is not: on SQLite nobody signs in meanwhile, and
// on any database a larger one spares little more.
const (
	batchFirst = 250
	batchLeast = 250
	batchMost  = 2000
	batchTime  = 100 * time.Millisecond
)

// saver collects films and saves them in batches.
type saver struct {
	store Storage
	clock func() time.Time
	size  int
	films []Film
	ids   map[string]bool // of the batch, which must not repeat in a transaction
	total Saved
	saved func() // is called after each batch
}

func (s *Service) newSaver() *saver {
	return &saver{store: s.store, clock: time.Now, size: batchFirst, ids: map[string]bool{}, saved: func() {}}
}

// add puts a film into the batch. Of two with one id the first one stands.
func (s *saver) add(ctx context.Context, f Film) error {
	if s.ids[f.ID] {
		s.total.Unchanged++
		return nil
	}
	s.ids[f.ID] = true
	s.films = append(s.films, f)
	if len(s.films) < s.size {
		return nil
	}
	return s.flush(ctx)
}

// flush saves what there is.
func (s *saver) flush(ctx context.Context) error {
	if len(s.films) == 0 {
		return nil
	}
	began := s.clock()
	done, err := s.store.SaveFilms(ctx, s.films, Mark{})
	if err != nil {
		return err
	}
	s.total.Added += done.Added
	s.total.Updated += done.Updated
	s.total.Unchanged += done.Unchanged
	s.total.Unknown += done.Unknown
	switch took := s.clock().Sub(began); {
	case took > batchTime:
		s.size = max(batchLeast, s.size/2)
	case took < batchTime/2 && len(s.films) == s.size:
		s.size = min(batchMost, s.size*3/2)
	}
	s.films = s.films[:0]
	clear(s.ids)
	s.saved()
	return nil
}
