package auth

import (
	"context"
	"runtime"
	"time"
	"unicode/utf8"

	"example.com/marquee/common/marquee"
)

// DefaultHashSlots leaves one of the processors that Go may use to everything
// else. A hash never gives its processor up by itself: where all of them hash, a
// refresh waits for 10 ms, until the scheduler takes one away, whenever it
// has asked the database for something.
func DefaultHashSlots() int { return max(1, runtime.GOMAXPROCS(0)-1) }

// hashWait is how long a request waits for its turn to hash.
const hashWait = 2 * time.Second

// hasher hashes and checks passwords, a few at a time: each takes 19 MiB and
// tens of milliseconds of a core, and a flood of sign-ins must not take the
// machine. The networks that wait are served in turn (turns); where the queue
// is full, and after hashWait, the answer is CodeUnavailable. Every address is
// that of who asks, "" for the operator.
type hasher struct {
	turns *turns
	cost  HashCost // of new hashes
	dummy string
}

func newHasher(slots, queue int, cost HashCost) *hasher {
	// A quarter for one network: enough for a room full of people that opens
	// its laptops at once.
	return &hasher{turns: newTurns(slots, queue, (queue+3)/4), cost: cost, dummy: dummyHash(cost)}
}

// enter waits for a turn; leave ends it.
func (h *hasher) enter(ctx context.Context, address string) (leave func(), err error) {
	t, err := h.turns.join(marquee.Subnet(address))
	if err != nil {
		return nil, marquee.Unavailable("hash a password", err)
	}
	ctx, cancel := context.WithTimeout(ctx, hashWait)
	defer cancel()
	select {
	case err = <-t.called:
	case <-ctx.Done():
		h.turns.abandon(t)
		err = ctx.Err()
	}
	if err != nil {
		return nil, marquee.Unavailable("wait to hash a password", err)
	}
	return h.leave, nil
}

// leave gives the slot on. While others wait for it, what the last hash used
// is collected first: else the collector, which lets garbage grow to what is
// live, would make a flood of sign-ins take several times the memory of the
// hashes that run.
func (h *hasher) leave() {
	if h.turns.crowded() {
		runtime.GC()
	}
	h.turns.leave()
}

// hash returns the hash of a new password.
func (h *hasher) hash(ctx context.Context, address, password string) (string, error) {
	leave, err := h.enter(ctx, address)
	if err != nil {
		return "", err
	}
	defer leave()
	return hashPassword(password, h.cost), nil
}

// check reports whether the password has the stored hash. Without a hash that
// can be checked it does the same work and says no. fresh is a hash of today
// when the password is right and the stored one is not of today, "" otherwise.
func (h *hasher) check(ctx context.Context, address, stored, password string) (ok bool, fresh string, err error) {
	leave, err := h.enter(ctx, address)
	if err != nil {
		return false, "", err
	}
	defer leave()
	if utf8.RuneCountInString(password) > marquee.PasswordMax {
		password, stored = "", "" // no account has one that long
	}
	ok, stale, err := checkPassword(stored, password, h.cost)
	if err != nil {
		checkPassword(h.dummy, password, h.cost)
		return false, "", nil
	}
	if ok && stale {
		fresh = hashPassword(password, h.cost)
	}
	return ok, fresh, nil
}
