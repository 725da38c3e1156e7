package auth_test

import (
	"math/rand/v2"
	"testing"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

const histories = 200

// playHistories plays and checks n histories on two processes and returns
// the first that the model cannot explain.
func playHistories(t *testing.T, r *rig, n int, broken func(*auth.Deps)) error {
	t.Helper()
	user, err := r.store.CreateAccount(t.Context(), auth.Account{
		User:         marquee.User{ID: auth.NewID(), Email: "h@example.com", Username: "histories", IsActive: true},
		PasswordHash: "none",
	})
	if err != nil {
		t.Fatal(err)
	}
	change := func(d *auth.Deps, _ *auth.Config) {
		if broken != nil {
			broken(d)
		}
		d.Sessions = tellEnded{d.Sessions}
	}
	processes := [2]*auth.Service{r.process(t, change), r.process(t, change)}
	for seed := range n {
		rng := rand.New(rand.NewPCG(uint64(seed), 2026))
		h := newRecorder(t, r, processes, user, rng)
		h.play(t.Context(), rng)
		if err := h.check(); err != nil {
			t.Logf("history %d", seed)
			return err
		}
	}
	return nil
}

func rotationIsLinearizable(t *testing.T) {
	n := histories
	if testrig.Race { // each takes ten times as long
		n = 30
	}
	onBoth(t, func(t *testing.T, r *rig) {
		if err := playHistories(t, r, n, nil); err != nil {
			t.Error(err)
		}
	})
}

// Each mutant breaks one rule; a checker that lets one through checks nothing.
func TestMutant_Rotation(t *testing.T) {
	for name, broken := range map[string]func(*auth.Deps){
		"the grace is renewed by a repetition": func(d *auth.Deps) { d.Sessions = renewGrace{d.Sessions} },
		"arrival is forgotten":                 func(d *auth.Deps) { d.Sessions = forgetSeen{d.Sessions} },
		"a reuse is refused and nothing else":  func(d *auth.Deps) { d.Sessions = refuseReuse{d.Sessions} },
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, r *rig) {
				if playHistories(t, r, histories, broken) == nil {
					t.Errorf("%d histories of a broken rule were found right", histories)
				}
			})
		})
	}
}
