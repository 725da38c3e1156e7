package auth

import (
	"context"
	"time"

	"example.com/marquee/common/marquee"
)

// forgetTimeout bounds the removal of copies, which goes on when the client
// that asked for an end has hung up.
const forgetTimeout = 2 * time.Second

// forget removes the copies of sessions that have ended in SQL, before the end
// is answered. CodeUnavailable if Redis did not answer: the ends stand, and
// until its lease runs out, 60 s at most, a copy may still be believed.
func (s *Service) forget(ctx context.Context, sessionIDs ...string) error {
	if len(sessionIDs) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), forgetTimeout)
	defer cancel()
	defer s.tellEnds(ctx, sessionIDs)
	if err := s.copies.Delete(ctx, sessionIDs...); err != nil {
		s.log.WarnContext(ctx, "copies of ended sessions stay until their lease is over",
			"sessions", len(sessionIDs), "error", err)
		return marquee.Unavailable("remove the copies of ended sessions", err)
	}
	return nil
}
