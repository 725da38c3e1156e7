package app_test

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/marquee/backend/app"
)

// movedClock is the machine's clock with a step in it.
type movedClock struct{ ahead atomic.Int64 }

func (c *movedClock) Now() time.Time        { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *movedClock) step(to time.Duration) { c.ahead.Store(int64(to)) }

// serveBy starts a process of the world that goes by a clock.
func (w *world) serveBy(c *movedClock) {
	w.Helper()
	a, err := app.New(w.Context(), load(w, w.environ), app.Options{Log: slog.New(slog.DiscardHandler), DrainPause: time.Millisecond, Clock: c.Now, HashCost: cheap()})
	check(w, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(w.Context()))
	var run sync.WaitGroup
	run.Go(func() {
		if err := a.Run(ctx); err != nil {
			w.Errorf("end: %v", err)
		}
	})
	w.Cleanup(func() { cancel(); run.Wait() })
	w.bases = append(w.bases, a.URL())
}

// accepted reports whether an access token is good at a process.
func (w *world) accepted(token, base string) bool {
	w.Helper()
	status := w.until("an answer", func() int { return w.send(http.MethodGet, base+"/api/v1/users/me", token, "").status })
	if status != http.StatusOK && status != http.StatusUnauthorized {
		w.Errorf("status %d", status)
	}
	return status == http.StatusOK
}

// The clock of the service steps: an access token is good from its time, less
// the leeway, to the end of its life and the leeway, and never at another time;
// sessions go on.
func TestFault_F11_ClockSteps(t *testing.T) {
	w := newWorld(t)
	c := &movedClock{}
	w.serveBy(c)
	base := w.bases[0]
	s := w.login()
	token := s.held.AccessToken
	for _, step := range []struct {
		to   time.Duration
		good bool
	}{
		{0, true},
		{time.Hour, false},
		{29 * time.Minute, true},
		{31 * time.Minute, false},
		{-time.Hour, false}, // it is from the future
		{-10 * time.Second, true},
		{0, true},
	} {
		c.step(step.to)
		if got := w.accepted(token, base); got != step.good {
			t.Errorf("with the clock at %v a token of 0 is good: %v", step.to, got)
		}
		// Whatever the clock did, the session is there and gives a good pair.
		w.untilOK("a refresh after a step", func() int { return w.refresh(s, base) })
		w.untilOK("its pair", func() int { return w.me(s, base) })
	}
	w.mustHold()
}

// Two processes whose clocks differ by a minute, twice what is allowed for:
// what one signs may be too young for the other, which costs a refresh, and
// nothing is good for longer than its life by the slower clock.
func TestFault_F11_ClocksDiffer(t *testing.T) {
	w := newWorld(t)
	slow, fast := &movedClock{}, &movedClock{}
	fast.step(time.Minute)
	w.serveBy(slow)
	w.serveBy(fast)
	s := w.login()
	for range 3 {
		for i, base := range w.bases {
			w.untilOK("a refresh", func() int { return w.refresh(s, base) })
			w.untilOK("its pair where it was made", func() int { return w.me(s, base) })
			pair, _ := s.now()
			if good := w.accepted(pair.AccessToken, w.bases[1-i]); good != (i == 0) {
				t.Errorf("a token of process %d is good at the other: %v", i, good)
			}
		}
	}
	pair, _ := s.now() // of the fast one
	for _, c := range []*movedClock{slow, fast} {
		c.step(time.Duration(c.ahead.Load()) + 31*time.Minute + time.Minute)
	}
	for i, base := range w.bases {
		if w.accepted(pair.AccessToken, base) {
			t.Errorf("process %d takes a token whose time is over", i)
		}
	}
	slow.step(0)
	fast.step(0)
	w.untilOK("a refresh when they agree", func() int { return w.refresh(s, w.bases[0]) })
	w.mustHold()
}
