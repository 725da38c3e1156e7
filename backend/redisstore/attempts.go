package redisstore

import (
	"context"
	"time"

	"example.com/marquee/backend/auth"
)

var _ auth.Attempts = (*Store)(nil)

// Begin lets a try through and counts it as failed, or returns how long to
// wait. While Redis does not answer the counting is done in this process. The
// error is always nil.
func (s *Store) Begin(ctx context.Context, t auth.Try) (time.Duration, error) {
	var wait time.Duration
	answered := s.ask(ctx, func(ctx context.Context) error {
		us, err := s.scripts.begin.Run(ctx, s.client, tryKeys(t), s.beginArgs(t)...).Int64()
		wait = time.Duration(us) * time.Microsecond
		return err
	})
	if !answered {
		wait = s.localTries.begin(t)
	}
	return wait, nil
}

// Withdraw takes the count of a try back, where it was counted. The error is
// always nil.
func (s *Store) Withdraw(ctx context.Context, t auth.Try) error {
	answered := s.ask(ctx, func(ctx context.Context) error {
		return s.scripts.withdraw.Run(ctx, s.client, tryKeys(t)).Err()
	})
	if !answered {
		s.localTries.withdraw(t)
	}
	return nil
}

// Succeed forgets the failures of the caller and those in a row, in Redis and
// what was counted here while it was away. The error is always nil.
func (s *Store) Succeed(ctx context.Context, t auth.Try) error {
	s.localTries.succeed(t)
	s.ask(ctx, func(ctx context.Context) error { return s.client.Del(ctx, tryKeys(t)...).Err() })
	return nil
}

// tryKeys are the keys of the scripts, by which no name can be read.
func tryKeys(t auth.Try) []string {
	account := prefix(t.Account)
	return []string{account + "from:" + digest(t.Caller), account + "row", account + "lane"}
}

func (s *Store) beginArgs(t auth.Try) []any {
	var now any = ""
	if s.clock != nil {
		now = s.clock().UnixMicro()
	}
	stranger := ""
	if inLane(t) {
		stranger = digest(t.Stranger)
	}
	return []any{
		now, t.Pauses.Free, t.Pauses.First.Microseconds(), t.Pauses.Longest.Microseconds(),
		auth.Memory.Microseconds(), auth.MostMemory.Microseconds(),
		stranger, t.Lane.After, t.Lane.Every.Microseconds(), t.Lane.Places, t.Lane.Hold.Microseconds(),
	}
}

// inLane tells whether a try is one of those that share a lane.
func inLane(t auth.Try) bool { return t.Stranger != "" && t.Lane.After > 0 }
