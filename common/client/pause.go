package client

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"example.com/marquee/common/marquee"
)

// Pauses before the one more try, jittered to between half and all of it.
const (
	readPause    = 200 * time.Millisecond
	refreshPause = 400 * time.Millisecond
)

// pause waits between half of d and d; it returns the error of ctx if that
// ends first.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d/2 + rand.N(d/2))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func retryAfterOf(err error) time.Duration {
	var e *marquee.Error
	if errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}
