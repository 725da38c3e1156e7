package catalog

import (
	"context"
	"time"
)

// commonPause is how long a catalogue that has grown waits for its common terms
// to be listed: until then searches find the same, slower.
const commonPause = time.Minute

// KeepCommonTerms has the storage list common terms, at once and then every
// minute, until ctx ends. An import of many films has done it already; here it is
// for one that was cut off, and for many small ones.
func (s *Service) KeepCommonTerms(ctx context.Context) {
	for {
		n, err := s.store.ListCommonTerms(ctx)
		if err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "searches for common words stay slow until the next round", "error", err)
		}
		if n > 0 {
			s.log.InfoContext(ctx, "searches for common words are quick now", "terms", n)
		}
		select {
		case <-time.After(commonPause):
		case <-ctx.Done():
			return
		}
	}
}
