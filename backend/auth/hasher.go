package auth

import (
	"context"
	"errors"
	"time"
	"unicode/utf8"

	"example.com/marquee/common/marquee"
	"golang.org/x/sync/semaphore"
)

// hashWait is how long a request waits for its turn to hash.
const hashWait = 2 * time.Second

// hasher hashes and checks passwords, a few at a time: each takes 19 MiB and
// tens of milliseconds of a core, and a flood of sign-ins must not take the
// machine. Those that wait are served in order; beyond a short queue, and
// after hashWait, the answer is CodeUnavailable.
type hasher struct {
	slots  *semaphore.Weighted // first come, first served
	places chan struct{}       // one for each that hashes or waits
	dummy  string
}

func newHasher(slots, queue int) *hasher {
	return &hasher{
		slots:  semaphore.NewWeighted(int64(slots)),
		places: make(chan struct{}, slots+queue),
		dummy:  dummyHash(),
	}
}

// enter waits for a turn; leave ends it.
func (h *hasher) enter(ctx context.Context) (leave func(), err error) {
	select {
	case h.places <- struct{}{}:
	default:
		return nil, marquee.Unavailable("hash a password", errors.New("the queue is full"))
	}
	ctx, cancel := context.WithTimeout(ctx, hashWait)
	defer cancel()
	if err := h.slots.Acquire(ctx, 1); err != nil {
		<-h.places
		return nil, marquee.Unavailable("wait to hash a password", err)
	}
	return func() { h.slots.Release(1); <-h.places }, nil
}

// hash returns the hash of a new password.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	return hashPassword(password), nil
}

// check reports whether the password has the stored hash. Without a hash that
// can be checked it does the same work and says no. fresh is a hash of today
// when the password is right and the stored one is not of today, "" otherwise.
func (h *hasher) check(ctx context.Context, stored, password string) (ok bool, fresh string, err error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return false, "", err
	}
	defer leave()
	if utf8.RuneCountInString(password) > marquee.PasswordMax {
		password, stored = "", "" // no account has one that long
	}
	ok, stale, err := checkPassword(stored, password)
	if err != nil {
		checkPassword(h.dummy, password)
		return false, "", nil
	}
	if ok && stale {
		fresh = hashPassword(password)
	}
	return ok, fresh, nil
}
