package redisstore

import (
	"hash/maphash"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// localSlots bounds the memory of one limit. Keys that fall into one slot
// share it: the limit is then stricter, never open. The seed is secret to the
// process, so that nobody can aim at a slot.
const localSlots = 1 << 14

// localLimits keep limits in this process while Redis is away.
type localLimits struct {
	clock func() time.Time
	seed  maphash.Seed

	mu    sync.Mutex
	slots map[localSlot]*rate.Limiter
}

type localSlot struct {
	limit Limit
	n     uint64
}

func newLocalLimits(clock func() time.Time) *localLimits {
	return &localLimits{clock: clock, seed: maphash.MakeSeed(), slots: map[localSlot]*rate.Limiter{}}
}

func (l *localLimits) allow(key string, limit Limit) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	slot := localSlot{limit, maphash.String(l.seed, key) % localSlots}
	bucket := l.slots[slot]
	if bucket == nil {
		perSecond := rate.Limit(float64(limit.Rate) / limit.Period.Seconds())
		bucket = rate.NewLimiter(perSecond, limit.Burst)
		l.slots[slot] = bucket
	}
	now := l.clock()
	r := bucket.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait > 0 {
		r.CancelAt(now)
	}
	return wait
}
