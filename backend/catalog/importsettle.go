package catalog

import "context"

// settleFrom is how many films an import must have saved for the catalogue to
// be another one.
const settleFrom = 1000

// settle makes what was imported quick to find, now rather than within the
// minute in which a server notices (KeepCommonTerms), and whether one runs or not.
func (s *Service) settle(ctx context.Context, count *savedCount) error {
	if count.films < settleFrom {
		return nil
	}
	count.Settling()
	if _, err := s.store.ListCommonTerms(ctx); err != nil {
		return err
	}
	return s.store.LookAtFilms(ctx)
}

// savedCount counts the films that a Listener hears were saved.
type savedCount struct {
	Listener
	films int
}

// FileDone implements Listener, as does FilmsDone.
func (c *savedCount) FileDone(r FileReport) {
	if r.Films != nil {
		c.films += r.Films.Added + r.Films.Updated
	}
	c.Listener.FileDone(r)
}

func (c *savedCount) FilmsDone(source string, saved Saved) {
	c.films += saved.Added + saved.Updated
	c.Listener.FilmsDone(source, saved)
}
