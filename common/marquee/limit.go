package marquee

import (
	"context"
	"time"
)

// Limit allows Rate events per Period, and Burst of them at once.
type Limit struct {
	Rate   int
	Period time.Duration
	Burst  int
}

// Limiter counts events of many kinds, each under a key of its own.
type Limiter interface {
	// Allow counts one event under key. It returns 0 if the event is within
	// the limit, else how long to wait.
	Allow(ctx context.Context, key string, l Limit) (retryAfter time.Duration, err error)
}
