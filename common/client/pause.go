package client

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
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
func pause(ctx context.Context, d time.Duration) error { return pauseUntil(ctx, d, nil) }

// pauseUntil is pause that early cuts short.
func pauseUntil(ctx context.Context, d time.Duration, early <-chan struct{}) error {
	t := time.NewTimer(d/2 + rand.N(d/2))
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-early:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// occasion is something that happens time and again.
type occasion struct {
	mu   sync.Mutex
	next chan struct{} // nil while nobody waits
}

// wait returns a channel that is closed the next time.
func (o *occasion) wait() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.next == nil {
		o.next = make(chan struct{})
	}
	return o.next
}

// happens tells those who wait.
func (o *occasion) happens() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.next != nil {
		close(o.next)
		o.next = nil
	}
}

func retryAfterOf(err error) time.Duration {
	var e *marquee.Error
	if errors.As(err, &e) {
		return e.RetryAfter
	}
	return 0
}
