package redisstore_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/redisstore"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// rig is a Redis to test on. Two stores of it are two processes.
type rig struct {
	real          bool
	client        *redis.Client
	store         *redisstore.Store
	other         *redisstore.Store
	lease, ticket time.Duration
	// step lets time pass on a Redis whose clock is ours.
	step func()
}

// onBoth runs a test on the in-process Redis and on a real one.
func onBoth(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Run("in-process", func(t *testing.T) { test(t, inProcess(t)) })
	t.Run("real", func(t *testing.T) { test(t, onReal(t, testrig.Redis(t), time.Minute, time.Minute)) })
}

// onBothToTheEnd is onBoth for a test that waits for what runs out: short on a
// real server, whose clock is not ours, and long enough to be used before on
// a machine that does much else.
func onBothToTheEnd(t *testing.T, test func(t *testing.T, r *rig)) {
	t.Parallel() // they wait most of the time
	t.Run("in-process", func(t *testing.T) { test(t, inProcess(t)) })
	t.Run("real", func(t *testing.T) { test(t, onReal(t, testrig.Redis(t), 3*time.Second, 2*time.Second)) })
}

func inProcess(t *testing.T) *rig {
	t.Helper()
	m := miniredis.RunT(t)
	now := time.Now()
	m.SetTime(now)
	m.ClockTTL(true)
	r := &rig{
		client: dial(t, "redis://"+m.Addr()), lease: time.Minute, ticket: 5 * time.Second,
		step: func() { now = now.Add(100 * time.Millisecond); m.SetTime(now) },
	}
	o := redisstore.Options{Word: "word"}
	r.store, r.other = redisstore.New(r.client, o), redisstore.New(dial(t, "redis://"+m.Addr()), o)
	return r
}

func onReal(t *testing.T, url string, lease, ticket time.Duration) *rig {
	t.Helper()
	r := &rig{real: true, client: dial(t, url), lease: lease, ticket: ticket, step: func() {}}
	o := redisstore.Options{Lease: r.lease, TicketLife: r.ticket}
	r.store, r.other = redisstore.New(r.client, o), redisstore.New(dial(t, url), o)
	return r
}

// patience is how long a Redis that is there may take on a machine that does
// much else.
const patience = time.Minute

// dial connects to a Redis that is there.
func dial(t *testing.T, url string) *redis.Client { return dialWithin(t, url, patience) }

// dialWithin connects to one that counts as away after a time.
func dialWithin(t *testing.T, url string, answer time.Duration) *redis.Client {
	t.Helper()
	c, err := redisstore.Dial(url, answer)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// wait lets time pass until done, for at most patience of ours and 10 min of the
// rig's.
func (r *rig) wait(t *testing.T, what string, done func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for range 6000 {
		if done() {
			return
		}
		r.step()
		if !r.real {
			continue
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waited in vain: %s", what)
		}
	}
	t.Fatalf("waited in vain: %s", what)
}

var alice = auth.Alive{
	UserID: "alice", Seen: 3,
	IdleEnd:  time.Date(2030, 1, 2, 3, 4, 5, 678000, time.UTC),
	EndsAt:   time.Date(2031, 1, 2, 3, 4, 5, 0, time.UTC),
	AuthTime: time.Date(2029, 1, 2, 3, 4, 5, 0, time.UTC),
	AMR:      []string{"pwd", "otp"},
}

func ticketOf(t *testing.T, s *redisstore.Store, id string) string {
	t.Helper()
	_, ticket, err := s.Lookup(t.Context(), id)
	if err != nil || ticket == "" {
		t.Fatalf("no ticket: %q, %v", ticket, err)
	}
	return ticket
}

func fill(t *testing.T, s *redisstore.Store, id, ticket string) bool {
	t.Helper()
	ok, err := s.Fill(t.Context(), id, ticket, alice, time.Hour, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

// copied makes a copy of a session, once more where a busy machine let the
// ticket or the lease run out meanwhile.
func (r *rig) copied(t *testing.T, id string) {
	t.Helper()
	r.wait(t, "a copy", func() bool { return fill(t, r.store, id, ticketOf(t, r.store, id)) && hit(t, r.store, id) })
}

// hit tells whether the session has a live copy.
func hit(t *testing.T, s *redisstore.Store, id string) bool {
	t.Helper()
	a, ticket, err := s.Lookup(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if (a.UserID != "") == (ticket != "") {
		t.Fatalf("both or neither: %+v, %q", a, ticket)
	}
	return ticket == ""
}

func wantUnavailable(t *testing.T, what string, err error) {
	t.Helper()
	var e *marquee.Error
	if !errors.As(err, &e) || e.Code != marquee.CodeUnavailable || e.RetryAfter <= 0 {
		t.Errorf("%s: %v, want unavailable with a pause", what, err)
	}
}
