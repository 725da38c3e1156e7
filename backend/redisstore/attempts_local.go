package redisstore

import (
	"hash/maphash"
	"sync"
	"time"

	"example.com/marquee/backend/auth"
)

// localTries are the rules of scripts/begin.lua in this process, for while
// Redis is away; a test holds the two to the same answers. As with
// localLimits, memory is bounded by slots that several names may share.
type localTries struct {
	clock func() time.Time
	seed  maphash.Seed

	mu      sync.Mutex
	callers map[uint64]*failures
	rows    map[uint64]*row
}

// failures are what somebody failed, or what failed in a row on an account.
type failures struct {
	n     int
	at    time.Time // of the last
	until time.Time // the end of its pause
}

// row is an account with its slow lane.
type row struct {
	failures
	tail   time.Time            // where the next place begins
	places map[string]time.Time // of networks that wait
}

func newLocalTries(clock func() time.Time) *localTries {
	return &localTries{
		clock: clock, seed: maphash.MakeSeed(),
		callers: map[uint64]*failures{}, rows: map[uint64]*row{},
	}
}

// of returns what is remembered of a try's caller and account. The caller
// holds mu.
func (l *localTries) of(t auth.Try) (*failures, *row) {
	caller := maphash.String(l.seed, t.Account+"\x00"+t.Caller) % localSlots
	account := maphash.String(l.seed, t.Account) % localSlots
	if l.callers[caller] == nil {
		l.callers[caller] = &failures{}
	}
	if l.rows[account] == nil {
		l.rows[account] = &row{places: map[string]time.Time{}}
	}
	return l.callers[caller], l.rows[account]
}

func (l *localTries) begin(t auth.Try) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	caller, account := l.of(t)
	now := l.clock()
	caller.forget(now)
	account.forget(now)
	if wait := caller.until.Sub(now); wait > 0 {
		return wait
	}
	if inLane(t) && account.n >= t.Lane.After {
		if wait := account.turn(t, now); wait > 0 {
			return wait
		}
	}
	caller.add(now)
	caller.until = now.Add(pauseAfter(caller.n, t.Pauses))
	account.add(now)
	return 0
}

func (l *localTries) withdraw(t auth.Try) {
	l.mu.Lock()
	defer l.mu.Unlock()
	caller, account := l.of(t)
	caller.n, account.n = max(0, caller.n-1), max(0, account.n-1)
	caller.until = time.Time{}
}

func (l *localTries) succeed(t auth.Try) {
	l.mu.Lock()
	defer l.mu.Unlock()
	caller, account := l.of(t)
	*caller, *account = failures{}, row{places: map[string]time.Time{}}
}

// forget forgets what has been remembered long enough.
func (f *failures) forget(now time.Time) {
	if now.Sub(f.at) >= min(time.Duration(f.n)*auth.Memory, auth.MostMemory) {
		*f = failures{}
	}
}

func (f *failures) add(now time.Time) { f.n, f.at = f.n+1, now }

// pauseAfter is the pause after the n-th failure.
func pauseAfter(n int, p auth.Pauses) time.Duration {
	if n <= p.Free {
		return 0
	}
	pause := p.First
	for range n - p.Free - 1 {
		if pause *= 2; pause >= p.Longest {
			return p.Longest
		}
	}
	return min(pause, p.Longest)
}

// turn returns how long a stranger waits in the lane; 0 spends his place.
func (r *row) turn(t auth.Try, now time.Time) time.Duration {
	ahead := t.Lane.Every * time.Duration(t.Lane.Places)
	at, has := r.places[t.Stranger]
	if !has || !now.Before(at.Add(t.Lane.Hold)) {
		for network, at := range r.places {
			if !now.Before(at.Add(t.Lane.Hold)) {
				delete(r.places, network)
			}
		}
		if at = r.tail; at.Before(now) {
			at = now
		}
		if wait := at.Sub(now); wait > ahead {
			return wait - ahead
		}
		r.places[t.Stranger], r.tail = at, at.Add(t.Lane.Every)
	}
	if at.After(now) {
		return at.Sub(now)
	}
	delete(r.places, t.Stranger)
	return 0
}
