package httpapi

import (
	"context"
	"time"

	"example.com/marquee/common/marquee"
)

// Limits bound how often something may be tried.
type Limits struct {
	Off bool // no limits at all; for load tests

	Register    marquee.Limit // accounts made, per address
	Login       marquee.Limit // sign-ins, per address
	LoginName   marquee.Limit // sign-ins, per address and name
	DeadRefresh marquee.Limit // repetitions of a refused refresh token, per address and token
	Password    marquee.Limit // changes that give the current password, per account
}

// DefaultLimits are the limits of a service on the open Internet.
func DefaultLimits() Limits {
	return Limits{
		Register:    marquee.Limit{Rate: 20, Period: time.Hour, Burst: 10},
		Login:       marquee.Limit{Rate: 60, Period: time.Minute, Burst: 60},
		LoginName:   marquee.Limit{Rate: 10, Period: time.Minute, Burst: 10},
		DeadRefresh: marquee.Limit{Rate: 5, Period: time.Minute, Burst: 5},
		Password:    marquee.Limit{Rate: 10, Period: time.Minute, Burst: 10},
	}
}

// limit counts one event of what under parts. CodeTooManyRequests above the
// limit; CodeUnavailable when it could not be counted: a limit is never
// lifted because a part is away.
func (s *server) limit(ctx context.Context, l marquee.Limit, what string, parts ...string) error {
	if s.cfg.Limits.Off || s.Limiter == nil {
		return nil
	}
	wait, err := s.Limiter.Allow(ctx, marquee.LimitKey(what, parts...), l)
	switch {
	case err != nil:
		return marquee.Unavailable("limit "+what, err)
	case wait > 0:
		return &marquee.Error{Code: marquee.CodeTooManyRequests, RetryAfter: wait}
	}
	return nil
}
