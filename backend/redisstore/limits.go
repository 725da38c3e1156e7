package redisstore

import (
	"context"
	"fmt"
	"time"

	"github.com/go-redis/redis_rate/v10"

	"example.com/marquee/common/marquee"
)

// Limit is the vocabulary's: Rate events per Period, and Burst of them at once.
type Limit = marquee.Limit

// Allow counts one event under key and returns 0 if it is within the limit,
// else how long to wait. Key may hold anything. While Redis does not answer
// the counting is done in this process: a limit is never lifted. The error is
// not nil only for a limit that is none.
func (s *Store) Allow(ctx context.Context, key string, l Limit) (time.Duration, error) {
	if l.Rate < 1 || l.Burst < 1 || l.Period <= 0 {
		return 0, fmt.Errorf("redisstore: limit of %d per %v, burst %d", l.Rate, l.Period, l.Burst)
	}
	if !s.local.inUse() {
		wait, err := s.allowShared(ctx, key, l)
		if err == nil {
			s.local.leave()
			return wait, nil
		}
		s.local.enter(err)
	}
	return s.local.allow(key, l), nil
}

func (s *Store) allowShared(ctx context.Context, key string, l Limit) (time.Duration, error) {
	// A caller who hangs up must neither go uncounted nor look like a Redis away.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerTime)
	defer cancel()
	r, err := s.limits.Allow(ctx, prefix(key), redis_rate.Limit{Rate: l.Rate, Burst: l.Burst, Period: l.Period})
	if err != nil {
		return 0, err
	}
	if r.Allowed > 0 {
		return 0, nil
	}
	return max(r.RetryAfter, time.Millisecond), nil
}
