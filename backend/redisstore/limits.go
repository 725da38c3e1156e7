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
	var wait time.Duration
	answered := s.ask(ctx, func(ctx context.Context) error {
		r, err := s.limits.Allow(ctx, prefix(key), redis_rate.Limit{Rate: l.Rate, Burst: l.Burst, Period: l.Period})
		if err == nil && r.Allowed == 0 {
			wait = max(r.RetryAfter, time.Millisecond)
		}
		return err
	})
	if !answered {
		wait = s.localLimits.allow(key, l)
	}
	return wait, nil
}
