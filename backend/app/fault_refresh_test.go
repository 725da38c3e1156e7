package app_test

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
)

// What happens to refresh tokens on their way: answers that are lost, the same
// token from many sides at once, and from a thief.

// A rotation whose answer was lost is repeated with the old token, and nobody
// notices.
func TestFault_F13_AnswerLost(t *testing.T) {
	w := newWorld(t)
	base := w.serve().URL()
	s := w.login()
	for name, spoil := range map[string]func(way *wire){
		"reset":   func(way *wire) { way.spoil("downstream", "reset_peer", `{"timeout":0}`) },
		"cut off": func(way *wire) { way.spoil("downstream", "limit_data", `{"bytes":300}`) },
	} {
		way := newWire(t, hostOf(t, base))
		spoil(way)
		bad := way.through(base)
		decided := 0
		for round := range 40 {
			before := s.rotated()
			if status := w.refresh(s, bad); status != 0 {
				t.Fatalf("%s, round %d: the answer came: %d", name, round, status)
			}
			if w.row(s.id).counter > before {
				decided++
			}
			w.untilOK("the same token again", func() int { return w.refresh(s, base) })
			if now := s.rotated(); now != before+1 {
				t.Fatalf("%s, round %d: from %d to %d", name, round, before, now)
			}
		}
		if decided < 20 {
			t.Errorf("%s: only %d of 40 lost answers were of a rotation", name, decided)
		}
		// The client keeps what it holds, and goes on with it where it can.
		c := visit(t, bad, client.Held{Tokens: s.held})
		if err := c.Refresh(t.Context()); !marquee.IsCode(err, marquee.CodeServerUnreachable) || !c.SignedIn() {
			t.Errorf("%s: a client without an answer: %v", name, err)
		}
		c = visit(t, base, c.held())
		patiently(t, func() error { return c.Refresh(t.Context()) })
		s.held = c.held().Tokens
	}
	w.mustHold()
}

// The same token from many at once, at two processes: one rotation, and all get
// its successor.
func TestFault_F14_RefreshedByManyAtOnce(t *testing.T) {
	w := newWorld(t)
	w.serve()
	w.serve()
	s := w.login()
	for round := range 6 {
		before := s.rotated()
		token := s.held.RefreshToken
		var crowd sync.WaitGroup
		for i := range 16 {
			crowd.Go(func() {
				w.untilOK("one of many", func() int { return w.present(s, token, w.bases[i%2]) })
			})
		}
		crowd.Wait()
		if now := s.rotated(); now != before+1 {
			t.Fatalf("round %d: from %d to %d", round, before, now)
		}
		w.untilOK("their pair", func() int { return w.me(s, w.bases[round%2]) })
	}
	if kinds := w.activity(s); kinds["reuse_found"] != 0 {
		t.Errorf("recorded: %v", kinds)
	}
	w.mustHold()
}

// A refresh token that was stolen and comes back when its owner has gone on:
// both lose the session, at every process, and the owner is told.
func TestFault_F15_StolenTokenReplayed(t *testing.T) {
	w := newWorld(t)
	a := w.serve()
	b := w.serve()
	other, s := w.login(), w.login()
	stolen := s.held.RefreshToken
	var pairs []marquee.Tokens
	for range 2 {
		pairs = append(pairs, s.held)
		w.untilOK("its owner goes on", func() int { return w.refresh(s, w.bases[0]) })
		for _, base := range w.bases {
			w.untilOK("and is served", func() int { return w.me(s, base) })
		}
	}
	pairs = append(pairs, s.held)
	s.end = endAsked
	if status := w.until("the thief", func() int { return w.present(s, stolen, w.bases[1]) }); status != http.StatusUnauthorized {
		t.Errorf("the thief was answered %d", status)
	}
	if !leaseKept(a, b) {
		for _, base := range w.bases {
			for i, pair := range pairs {
				if status := w.until("what is left", func() int { return w.send(http.MethodGet, base+"/api/v1/users/me", pair.AccessToken, "").status }); status != http.StatusUnauthorized {
					t.Errorf("access token %d after a reuse: %d", i, status)
				}
			}
		}
	}
	if status := w.until("its owner", func() int { return w.refresh(s, w.bases[0]) }); status != http.StatusUnauthorized {
		t.Errorf("the owner was answered %d", status)
	}
	w.untilOK("his other session", func() int { return w.me(other, w.bases[0]) })
	if kinds := w.activity(other); kinds["reuse_found"] != 1 {
		t.Errorf("recorded: %v", kinds)
	}
	w.mustHold()
}

// leaseKept reports whether a process could not reach Redis for a moment, so
// that a copy of what ended is believed until its lease is over.
func leaseKept(processes ...*running) bool {
	return slices.ContainsFunc(processes, func(p *running) bool {
		return strings.Contains(p.logs.String(), "until their lease is over")
	})
}
