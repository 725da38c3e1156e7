package redisstore_test

import (
	"context"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"example.com/marquee/backend/redisstore"
)

// perMinute allows five at once and five in a minute.
var perMinute = redisstore.Limit{Rate: 5, Period: time.Minute, Burst: 5}

func spend(t *testing.T, s *redisstore.Store, key string, tries int) (allowed int, wait time.Duration) {
	t.Helper()
	for range tries {
		w, err := s.Allow(t.Context(), key, perMinute)
		if err != nil {
			t.Fatal(err)
		}
		if w == 0 {
			allowed++
		} else {
			wait = w
		}
	}
	return allowed, wait
}

func TestLimitIsSharedByProcesses(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		a, _ := spend(t, r.store, "k", 4)
		b, wait := spend(t, r.other, "k", 4)
		if a+b != 5 || wait <= 0 || wait > time.Minute {
			t.Errorf("%d allowed, wait %v", a+b, wait)
		}
		if n, _ := spend(t, r.store, "another", 1); n != 1 {
			t.Error("one key spends another's")
		}
	})
}

func TestLimitThatIsNone(t *testing.T) {
	r := inProcess(t)
	for _, l := range []redisstore.Limit{{}, {Rate: 1, Burst: 1}, {Rate: 1, Period: 1}, {Period: 1, Burst: 1}} {
		if _, err := r.store.Allow(t.Context(), "k", l); err == nil {
			t.Errorf("%+v was taken", l)
		}
	}
}

func TestAttack_LimitsWithRedisAway(t *testing.T) {
	m := miniredis.RunT(t)
	now := time.Now()
	s := redisstore.New(dial(t, "redis://"+m.Addr()), redisstore.Options{Word: "w", Clock: func() time.Time { return now }})
	if n, _ := spend(t, s, "twin", 20); n != 5 { // the twin: Redis is there
		t.Fatalf("%d allowed with Redis", n)
	}
	m.SetError("LOADING Redis is loading the dataset in memory")
	if n, wait := spend(t, s, "k", 1000); n != 5 || wait > time.Minute {
		t.Errorf("%d of 1000 allowed without Redis, wait %v", n, wait)
	}
	now = now.Add(12 * time.Second)
	if n, _ := spend(t, s, "k", 5); n != 1 {
		t.Errorf("%d allowed after a fifth of the period", n)
	}

	// A Redis that comes and goes hands out nothing fresh in this process.
	m.SetError("")
	now = now.Add(2 * time.Second)
	if n, _ := spend(t, s, "k", 10); n != 5 {
		t.Errorf("%d allowed by Redis again", n)
	}
	m.SetError("LOADING")
	if n, _ := spend(t, s, "k", 10); n != 0 {
		t.Errorf("%d allowed after Redis went again", n)
	}
}

// Somebody who hangs up before the answer is counted all the same.
func TestAttack_LimitOfCancelledRequests(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		for range 5 {
			if _, err := r.store.Allow(gone, "k", perMinute); err != nil {
				t.Fatal(err)
			}
		}
		if n, _ := spend(t, r.other, "k", 5); n != 0 {
			t.Errorf("%d allowed after five cancelled", n)
		}
	})
}

// A flood of names with Redis away must not eat the memory, nor open a limit.
func TestAttack_FloodOfNamesWithRedisAway(t *testing.T) {
	m := miniredis.RunT(t)
	m.SetError("LOADING")
	now := time.Now()
	s := redisstore.New(dial(t, "redis://"+m.Addr()), redisstore.Options{Word: "w", Clock: func() time.Time { return now }})
	allowed := 0
	for i := range 200_000 {
		w, err := s.Allow(t.Context(), time.Duration(i).String(), perMinute)
		if err != nil {
			t.Fatal(err)
		}
		if w == 0 {
			allowed++
		}
	}
	if most := 5 * (1 << 14); allowed > most {
		t.Errorf("%d allowed, the slots hold %d", allowed, most)
	}
	if n, _ := spend(t, s, "twin", 1); n > 1 {
		t.Error("open")
	}
}
