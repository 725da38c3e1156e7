package redisstore

import (
	"hash/maphash"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// localSlots bounds the memory of one limit. Keys that fall into one slot
	// share it: the limit is then stricter, never open. The seed is secret to
	// the process, so that nobody can aim at a slot.
	localSlots = 1 << 14
	// localPause is how long Redis is left alone after it did not answer, so
	// that requests do not queue up behind its timeout.
	localPause = time.Second
)

// localLimits keep limits in this process while Redis is away.
type localLimits struct {
	clock func() time.Time
	log   *slog.Logger
	seed  maphash.Seed

	mu    sync.Mutex
	away  bool
	until time.Time
	slots map[localSlot]*rate.Limiter
}

type localSlot struct {
	limit Limit
	n     uint64
}

func newLocalLimits(clock func() time.Time, log *slog.Logger) *localLimits {
	return &localLimits{clock: clock, log: log, seed: maphash.MakeSeed(), slots: map[localSlot]*rate.Limiter{}}
}

// inUse tells whether Redis failed so recently that it is not asked.
func (l *localLimits) inUse() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.away && l.clock().Before(l.until)
}

// enter begins a pause without Redis.
func (l *localLimits) enter(cause error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.away {
		l.log.Warn("Redis does not answer; limits are kept in this process", "err", cause)
	}
	l.away, l.until = true, l.clock().Add(localPause)
}

// leave notes that Redis answers. The counts stay: a Redis that comes and goes
// must not hand out fresh ones.
func (l *localLimits) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.away {
		l.log.Info("Redis answers again; limits are shared")
	}
	l.away = false
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
