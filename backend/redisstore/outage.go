package redisstore

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// outagePause is how long Redis is left alone after it did not answer, so
// that requests do not queue up behind its timeout.
const outagePause = time.Second

// outage knows whether what is counted is counted in this process. What was
// counted here stays when Redis answers again: one that comes and goes must
// not hand out fresh counts.
type outage struct {
	clock func() time.Time
	log   *slog.Logger

	mu    sync.Mutex
	away  bool
	until time.Time
}

// ask asks Redis, unless it failed a moment ago, and reports whether it
// answered.
func (s *Store) ask(ctx context.Context, question func(ctx context.Context) error) bool {
	if s.outage.resting() {
		return false
	}
	// A caller who hangs up must neither go uncounted nor look like a Redis away.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.answer)
	defer cancel()
	err := question(ctx)
	s.outage.note(err)
	return err == nil
}

func (o *outage) resting() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.away && o.clock().Before(o.until)
}

// note notes how an exchange went; err is nil if Redis answered.
func (o *outage) note(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case err != nil && !o.away:
		o.log.Warn("Redis does not answer; limits are kept in this process", "err", err)
	case err == nil && o.away:
		o.log.Info("Redis answers again; limits are shared")
	}
	if o.away = err != nil; o.away {
		o.until = o.clock().Add(outagePause)
	}
}
