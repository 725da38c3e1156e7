package auth

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/marquee/common/marquee"
)

// keyRig is one process with the keys of a table, under a clock that stands.
type keyRig struct {
	*Service
	testing.TB
	table *keyTable
	at    time.Time
}

func newKeyRig(tb testing.TB) *keyRig {
	tb.Helper()
	r := &keyRig{TB: tb, at: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	r.table = &keyTable{clock: r.clock}
	r.Service = r.process()
	return r
}

func (r *keyRig) clock() time.Time { return r.at }

func (r *keyRig) process() *Service {
	r.Helper()
	masters := testMasters(r, "one", "")
	ring := testRing(r.table, masters, AlgorithmEdDSA, r.clock)
	if err := ring.start(r.Context()); err != nil {
		r.Fatal(err)
	}
	return &Service{keys: ring, masters: masters, lives: DefaultLives(), now: r.clock, log: slog.New(slog.DiscardHandler)}
}

// states lists the keys' states by age.
func (r *keyRig) states() string {
	r.Helper()
	keys, err := r.ListKeys(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	var all []string
	for _, k := range keys {
		all = append(all, string(k.State))
	}
	return strings.Join(all, " ")
}

func (r *keyRig) want(states string) {
	r.Helper()
	if got := r.states(); got != states {
		r.Errorf("states %q, want %q", got, states)
	}
}

func (r *keyRig) good(kid string, want bool) {
	r.Helper()
	if _, err := r.keys.find(r.Context(), kid); (err == nil) != want {
		r.Errorf("%s: %v", kid, err)
	}
}

func publishedBeforeItSigns(t *testing.T) {
	r := newKeyRig(t)
	old := signingID(t, r.keys)
	next, err := r.RotateKey(t.Context(), false)
	if err != nil || next.State != KeyNext {
		t.Fatalf("%+v %v", next, err)
	}
	set, maxAge := r.JWKS()
	if !strings.Contains(string(set), next.ID) || !strings.Contains(string(set), old) {
		t.Errorf("published: %s", set)
	}
	if next.Since.Sub(r.at) < maxAge+2*clockLeeway {
		t.Errorf("kept for %v, but signs after %v", maxAge, next.Since.Sub(r.at))
	}
	if _, err := r.RotateKey(t.Context(), false); !errors.Is(err, ErrNextKey) {
		t.Errorf("a second key before the first signs: %v", err)
	}
	r.want("active next")
	if signingID(t, r.keys) != old {
		t.Error("it signs already")
	}
	r.at = next.Since
	r.want("retired active")
	if signingID(t, r.keys) != next.ID {
		t.Error("it does not sign")
	}
	r.at = next.Since.Add(r.lives.Access + clockLeeway - time.Second)
	r.good(old, true)
	r.at = r.at.Add(time.Second)
	r.good(old, false)
	r.good(next.ID, true)
	r.want("expired active")
	if set, _ := r.JWKS(); strings.Contains(string(set), old) {
		t.Error("still published")
	}
}

func TestAKeyCanSignAtOnce(t *testing.T) {
	r := newKeyRig(t)
	old := signingID(t, r.keys)
	first, err := r.RotateKey(t.Context(), true)
	if err != nil || first.State != KeyActive || signingID(t, r.keys) != first.ID {
		t.Fatalf("%+v %v", first, err)
	}
	r.good(old, true)
	published, err := r.RotateKey(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	if now, err := r.RotateKey(t.Context(), true); err != nil || now.ID != published.ID || signingID(t, r.keys) != published.ID {
		t.Errorf("the one that is published should sign: %+v %v", now, err)
	}
	r.want("retired retired active")
}

func TestRetireAKey(t *testing.T) {
	r := newKeyRig(t)
	first := signingID(t, r.keys)
	if _, err := r.RetireKey(t.Context(), first, false); !errors.Is(err, ErrLastKey) {
		t.Errorf("the only key: %v", err)
	}
	if _, err := r.RetireKey(t.Context(), "nothing", true); !marquee.IsCode(err, marquee.CodeNotFound) {
		t.Error(err)
	}
	r.want("active")
	next, err := r.RotateKey(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	r.at = r.at.Add(time.Second)
	if k, err := r.RetireKey(t.Context(), first, false); err != nil || k.ID != next.ID || k.State != KeyActive {
		t.Errorf("%+v %v", k, err)
	}
	r.good(first, true)
	r.want("retired active")
	// A key that has not signed yet is taken back, and the one before signs on.
	again, err := r.RotateKey(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.RetireKey(t.Context(), again.ID, false); err != nil {
		t.Error(err)
	}
	r.want("retired active withdrawn")
	r.at = again.Since.Add(time.Hour)
	if signingID(t, r.keys) != next.ID {
		t.Error("nobody signs on")
	}
}

func withdrawnEverywhere(t *testing.T) {
	r := newKeyRig(t)
	other := r.process()
	leaked := signingID(t, r.keys)
	k, err := r.RetireKey(t.Context(), leaked, true)
	if err != nil || k.ID == leaked || k.State != KeyActive {
		t.Fatalf("%+v %v", k, err)
	}
	r.good(leaked, false)
	r.want("withdrawn active")
	if signingID(t, r.keys) != k.ID {
		t.Error("what signs now?")
	}
	// The other process has not heard of it and finds out by itself.
	if err := other.keys.follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := other.keys.find(t.Context(), leaked); !errors.Is(err, errUnknownKey) {
		t.Errorf("at the other process: %v", err)
	}
	if signingID(t, other.keys) != k.ID {
		t.Error("the other process signs with the old key")
	}
	// Its clock may be behind: the new key is all there is.
	r.at = r.at.Add(-clockLeeway)
	if signingID(t, other.keys) != k.ID {
		t.Error("a process whose clock is behind does not sign")
	}
	if again, err := r.RetireKey(t.Context(), leaked, true); err != nil || again.ID != "" {
		t.Errorf("once more: %+v %v", again, err)
	}
}

func TestHS256HasNoKeysToRotate(t *testing.T) {
	r := newKeyRig(t)
	r.keys.algorithm = AlgorithmHS256
	if _, err := r.RotateKey(t.Context(), true); !errors.Is(err, ErrSecretSigns) {
		t.Error(err)
	}
	if _, err := r.RetireKey(t.Context(), "x", true); !errors.Is(err, ErrSecretSigns) {
		t.Error(err)
	}
	if got := r.states(); got != "active" {
		t.Error(got)
	}
}

// Any number of invented ids costs a few queries, and a key that another
// process has just added is found by the first who brings its token.
func unknownKeysTogether(t *testing.T) {
	r := newKeyRig(t)
	if _, err := r.keys.find(t.Context(), "../../dev/null"); !errors.Is(err, errUnknownKey) || r.table.asked != 0 {
		t.Error("no id has that form")
	}
	added, _ := newSigningKey(r.masters.present, r.at, r.at)
	unknown := strings.Repeat("A", 43)
	r.good(unknown, false)
	r.table.put(added)
	r.good(added.ID, true)
	gone, hangUp := context.WithCancel(t.Context())
	hangUp()
	if _, err := r.keys.find(gone, unknown); !marquee.IsCode(err, marquee.CodeUnavailable) {
		t.Errorf("who hangs up learns nothing: %v", err)
	}
	began, before := time.Now(), r.table.lookups()
	var all sync.WaitGroup
	for range 200 {
		all.Go(func() { r.good(unknown, false) })
	}
	all.Wait()
	if n, most := r.table.lookups()-before, 2+int(time.Since(began)/keyLookPause); n > most {
		t.Errorf("invented ids cost %d queries, %d at most", n, most)
	}
}

func TestWithSQLAwayAnUnknownKeyIsNotRefused(t *testing.T) {
	r := newKeyRig(t)
	r.table.err = errors.New("away")
	if _, err := r.keys.find(t.Context(), strings.Repeat("A", 43)); !marquee.IsCode(err, marquee.CodeUnavailable) {
		t.Error(err)
	}
}

// A start with a key in use that cannot be read says so in one line and makes
// no other key; one whose time is over is no obstacle.
func TestStartIsRefusedOnABrokenKey(t *testing.T) {
	for name, c := range map[string]struct {
		breakIt func(k *WrappedKey)
		word    string
	}{
		"another secret":    {func(k *WrappedKey) { k.Sealed = slices.Repeat([]byte{7}, sealedLen) }, "SECRET_KEY_PREVIOUS"},
		"cut off":           {func(k *WrappedKey) { k.Sealed = k.Sealed[:20] }, "damaged"},
		"unknown algorithm": {func(k *WrappedKey) { k.Algorithm = "ES512" }, "ES512"},
		"another's public":  {func(k *WrappedKey) { k.Public = make([]byte, 32) }, "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newKeyRig(t)
			whole := r.table.keys[0]
			c.breakIt(&r.table.keys[0])
			start := func() error { return testRing(r.table, r.masters, AlgorithmEdDSA, r.clock).start(t.Context()) }
			err := start()
			if err == nil || !strings.Contains(err.Error(), c.word) || !strings.Contains(err.Error(), whole.ID) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v", err)
			}
			if len(r.table.keys) != 1 {
				t.Error("another key was made")
			}
			r.table.keys[0].WithdrawnAt = r.at
			if err := start(); err != nil {
				t.Errorf("a withdrawn one keeps it from starting: %v", err)
			}
		})
	}
}

// A running process that cannot read a new key takes every other change, and
// answers for that key's tokens that it cannot tell.
func TestAKeyThatCannotBeReadHidesNoWithdrawal(t *testing.T) {
	r := newKeyRig(t)
	leaked := signingID(t, r.keys)
	foreign, _ := newSigningKey(testMasters(t, "two", "").present, r.at, r.at)
	fresh, _ := newSigningKey(r.masters.present, r.at, r.at)
	r.table.keys[0].WithdrawnAt = r.at
	r.table.put(foreign)
	r.table.put(fresh)
	if err := r.keys.follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.good(leaked, false)
	if _, err := r.keys.find(t.Context(), foreign.ID); !marquee.IsCode(err, marquee.CodeUnavailable) {
		t.Errorf("a key that others can read: %v", err)
	}
	if signingID(t, r.keys) != fresh.ID {
		t.Error("what signs?")
	}
}
