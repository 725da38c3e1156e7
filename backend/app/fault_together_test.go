package app_test

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"example.com/marquee/backend/operator"
	"example.com/marquee/common/testrig"
)

// What happens to several processes that are one service.

// Signing keys change under people who ask all the time, each at once: nobody
// is refused. Then one leaks, and what it signed is refused everywhere, while
// nobody has to sign in again.
func TestFault_F16_SigningKeysRotatedUnderLoad(t *testing.T) {
	w := newWorld(t)
	w.serve()
	w.serve()
	held := w.logins(2)
	var rotated atomic.Bool
	var kids sync.Map
	var people sync.WaitGroup
	for _, s := range held {
		people.Go(func() {
			for n := 0; n < 10 || !rotated.Load(); n++ {
				pair, _ := s.now()
				kids.Store(kidOf(t, pair.AccessToken), true)
				for _, base := range w.bases {
					w.me(s, base) // complains of whatever is not 200 or 503
				}
				w.refresh(s, w.bases[n%2])
			}
		})
	}
	for range 3 {
		code, out := operate(t, w.environ, operator.RotateKey{Now: true})
		if code != 0 {
			t.Fatal(out)
		}
		newest := strings.Fields(out.lines[0])[1]
		await(t, "a token of the new key", func() bool { _, signed := kids.Load(newest); return signed })
	}
	rotated.Store(true)
	people.Wait()

	s := held[0]
	w.untilOK("before the leak", func() int { return w.me(s, w.bases[1]) })
	token := s.held.AccessToken
	if code, out := operate(t, w.environ, operator.RetireKey{ID: kidOf(t, token), Now: true}); code != 0 {
		t.Fatal(out)
	}
	for _, base := range w.bases {
		await(t, "the refusal of what a leaked key signed", func() bool {
			return w.send(http.MethodGet, base+"/api/v1/users/me", token, "").status == http.StatusUnauthorized
		})
	}
	for _, s := range held {
		w.untilOK("a refresh after the leak", func() int { return w.refresh(s, w.bases[0]) })
	}
	w.mustHold()
}

// Eight that start together on an empty database: one migrates it, and all
// serve.
func TestFault_F27_EightStartOnAnEmptyDatabase(t *testing.T) {
	w := worldOn(t, testrig.Postgres(t))
	started := make([]*process, 8)
	for i := range started {
		started[i] = launch(t, w.environ)
	}
	migrated := 0
	for _, p := range started {
		await(t, "a server of eight", func() bool {
			return strings.Contains(p.logs.String(), `"msg":"serving"`) || strings.Contains(p.logs.String(), `"msg":"refused"`)
		})
		if p.url() == "" {
			t.Fatalf("one refused: %s", p.logs)
		}
		w.bases = append(w.bases, p.url())
		if strings.Contains(p.logs.String(), `"msg":"schema migrated"`) {
			migrated++
		}
	}
	if migrated != 1 {
		t.Errorf("%d of eight migrated", migrated)
	}
	held := w.logins(2)
	w.untilOK("a sign-out at the last", func() int { return w.logout(held[0], w.bases[7]) })
	w.mustHold()
}

// A sign-out at one process is one at the other, from its answer on, whatever
// the other has seen a moment ago.
func TestFault_F28_LogoutAtOneOfTwo(t *testing.T) {
	w := newWorld(t)
	w.serve()
	w.serve()
	for round := range 3 {
		s := w.login()
		here, there := w.bases[round%2], w.bases[1-round%2]
		for range 2 {
			w.untilOK("the other has seen it alive", func() int { return w.me(s, there) })
			w.untilOK("and rotated it", func() int { return w.refresh(s, there) })
		}
		var storm sync.WaitGroup
		for range 4 {
			storm.Go(func() {
				for range 10 {
					w.me(s, there) // complains of 200 to what was asked after the answer
				}
			})
		}
		w.untilOK("a sign-out", func() int { return w.logout(s, here) })
		if status := w.until("the other", func() int { return w.me(s, there) }); status != http.StatusUnauthorized {
			t.Errorf("the other answered %d", status)
		}
		storm.Wait()
	}
	w.login() // and one that nobody ends
	w.mustHold()
}
