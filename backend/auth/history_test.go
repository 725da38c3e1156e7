package auth_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

// A history is what up to 12 concurrent callers of one session saw, while the
// clock was moved under them. modelOfSession is what they may see: the design
// once more, written as a sequential machine and not as decide is.

const modelGrace = 30 * time.Second

// sessionState is a session as the model knows it.
type sessionState struct {
	c, from, seen int64
	rotated       time.Duration // by the moved clock
	endedSQL      bool          // no rotation any more
	endedCopy     bool          // no request any more
}

type callKind int

const (
	callRefresh callKind = iota
	callAuthenticate
	callEndSQL  // the two effects of one sign-out, each
	callEndCopy // at its own moment within the call
)

// call is one operation, with every time that the clock showed meanwhile.
type call struct {
	kind  callKind
	n     int64
	times []time.Duration
}

// answer is what the caller saw.
type answer struct {
	ok    bool
	n     int64 // the counter of the refresh token that came back
	ended bool  // this refresh ended the session as a reuse
}

var modelOfSession = (&porcupine.NondeterministicModel{
	Init: func() []any { return []any{sessionState{c: 1}} },
	Step: func(state, input, output any) (after []any) {
		for _, s := range step(state.(sessionState), input.(call), output.(answer)) {
			after = append(after, s)
		}
		return after
	},
}).ToModel()

// step returns what the session may be after a call, nothing for an answer
// that the call cannot have had.
func step(s sessionState, in call, out answer) []sessionState {
	switch in.kind {
	case callRefresh:
		return stepRefresh(s, in, out)
	case callAuthenticate:
		return stepAuthenticate(s, in, out)
	case callEndSQL:
		s.endedSQL = true
	case callEndCopy:
		if !s.endedSQL {
			return nil // the copy goes after the end, never before
		}
		s.endedCopy = true
	}
	return []sessionState{s}
}

// stepRefresh returns what the session may be after a refresh, for each time
// at which it may have been decided and each at which it may have been written.
func stepRefresh(s sessionState, in call, out answer) []sessionState {
	if s.endedSQL {
		if out.ok || out.ended {
			return nil
		}
		return []sessionState{s}
	}
	var after []sessionState
	for _, decided := range in.times {
		want, next := answer{ok: true}, s
		rotates := true
		switch {
		case in.n >= s.c: // the present one, or one from before SQL was restored
			next.c, next.from = in.n+1, in.n
		case in.n == s.from && decided < s.rotated+modelGrace:
			rotates = false
		case in.n == s.from && s.seen < s.c:
			next.c = s.c + 1
		default:
			want, rotates, next.endedSQL = answer{ended: true}, false, true
		}
		if want.ok {
			want.n = next.c
		}
		if out != want {
			continue
		}
		if !rotates {
			after = append(after, next)
			continue
		}
		for _, written := range in.times {
			next.rotated = written
			after = append(after, next)
		}
	}
	return after
}

func stepAuthenticate(s sessionState, in call, out answer) []sessionState {
	if !out.ok {
		if s.endedSQL {
			return []sessionState{s}
		}
		return nil
	}
	if s.endedCopy || in.n > s.seen && s.endedSQL {
		return nil
	}
	s.seen = max(s.seen, in.n)
	return []sessionState{s}
}

// recorder runs calls against a service and keeps what they saw.
type recorder struct {
	rig     *rig
	two     [2]*auth.Service // processes that serve one caller each in turn
	session auth.Session
	first   string // refresh token 1
	begin   time.Time
	// behind histories repeat the token before the newest nearly always, so that
	// one repetition follows another without a rotation between them.
	behind bool

	mu     sync.Mutex
	times  []time.Duration // that the clock has shown, in order
	newest int64           // refresh token that was given out
	list   []porcupine.Operation
	fault  error
}

// newRecorder opens a session with 0 to 3 rotations behind it.
func newRecorder(t *testing.T, r *rig, two [2]*auth.Service, user auth.Account, rng *rand.Rand) *recorder {
	t.Helper()
	hash, token := two[0].NewSecret()
	session, _, err := r.store.OpenSession(t.Context(), auth.Session{
		ID: auth.NewID(), UserID: user.ID, SecretHash: hash, Counter: 1, AMR: []string{"pwd"},
	}, user.PasswordHash, auth.DefaultLives(), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	h := &recorder{
		rig: r, two: two, session: session, first: token(session.ID), begin: time.Now(),
		times: []time.Duration{r.clock.Ahead()}, newest: 1, behind: rng.IntN(3) == 0,
	}
	for range rng.IntN(4) {
		h.refresh(t.Context(), 0, h.newest)
		h.authenticate(t.Context(), 0, h.newest-rng.Int64N(2))
	}
	return h
}

// pick chooses a token that was given out: mostly the newest or the one before.
func (h *recorder) pick(rng *rand.Rand) int64 {
	back := []int64{0, 0, 0, 1, 1, 1, 2, 3}[rng.IntN(8)]
	if h.behind && rng.IntN(20) > 0 {
		back = 1
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return max(1, h.newest-back)
}

// step moves the clock.
func (h *recorder) step(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.rig.clock.Advance(d)
	h.times = append(h.times, h.rig.clock.Ahead())
}

// run performs a call and records it under the caller's number.
func (h *recorder) run(client int, kind callKind, n int64, do func() (answer, error)) {
	h.mu.Lock()
	at := len(h.times) - 1
	h.mu.Unlock()
	called := time.Since(h.begin)
	out, err := do()
	returned := time.Since(h.begin)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil && !marquee.IsCode(err, marquee.CodeInvalidToken) {
		h.fault = err
		return
	}
	out.ok = err == nil
	if out.ok && kind == callRefresh {
		h.newest = max(h.newest, out.n)
	}
	in := call{kind: kind, n: n, times: append([]time.Duration{}, h.times[at:]...)}
	add := func(in call) {
		h.list = append(h.list, porcupine.Operation{
			ClientId: client, Input: in, Call: int64(called), Output: out, Return: int64(returned),
		})
	}
	add(in)
	if kind == callEndSQL || out.ended {
		in.kind = callEndCopy
		add(in)
	}
}

func (h *recorder) refresh(ctx context.Context, client int, n int64) {
	h.run(client, callRefresh, n, func() (answer, error) {
		var ended bool
		ctx := context.WithValue(ctx, endedKey{}, &ended)
		service := h.two[client%2]
		pair, err := service.Refresh(ctx, service.MintRefresh(h.first, n), marquee.Origin{})
		if err != nil {
			return answer{ended: ended}, err
		}
		return answer{n: service.RefreshCounter(pair.RefreshToken)}, nil
	})
}

func (h *recorder) authenticate(ctx context.Context, client int, n int64) {
	token := h.two[0].MintAccess(h.session, n, h.session.CreatedAt)
	h.run(client, callAuthenticate, n, func() (answer, error) {
		_, err := h.two[client%2].Authenticate(ctx, token)
		return answer{}, err
	})
}

func (h *recorder) logout(ctx context.Context, client int) {
	h.run(client, callEndSQL, 0, func() (answer, error) {
		return answer{}, h.two[client%2].LogoutWithRefreshToken(ctx, h.first, marquee.LogoutLocal)
	})
}

var steps = []time.Duration{time.Second, 20 * time.Second, 31 * time.Second, -15 * time.Second}

// play lets up to 12 callers loose, a few times, and lets the clock jump in
// between as well as under them.
func (h *recorder) play(ctx context.Context, rng *rand.Rand) {
	for range 1 + rng.IntN(4) {
		var wait sync.WaitGroup
		for client := range 2 + rng.IntN(11) {
			own := rand.New(rand.NewPCG(rng.Uint64(), rng.Uint64()))
			wait.Go(func() { h.once(ctx, 1+client, own) })
		}
		wait.Wait()
		h.step(steps[rng.IntN(len(steps))])
	}
}

// once makes one call of a caller's.
func (h *recorder) once(ctx context.Context, client int, own *rand.Rand) {
	switch dice := own.IntN(100); {
	case dice < 60:
		h.refresh(ctx, client, h.pick(own))
	case dice < 85:
		h.authenticate(ctx, client, h.pick(own))
	case dice < 97:
		h.step(steps[own.IntN(len(steps))])
	default:
		h.logout(ctx, client)
	}
}

// check returns nil for a history that the model explains. It has a minute; one
// that it cannot decide in that time counts as one it cannot explain.
func (h *recorder) check() error {
	if h.fault != nil {
		return h.fault
	}
	if result := porcupine.CheckOperationsTimeout(modelOfSession, h.list, patience); result != porcupine.Ok {
		return fmt.Errorf("%s history: %s", result, describe(h.list))
	}
	return nil
}

func describe(list []porcupine.Operation) (s string) {
	for _, o := range list {
		in, out := o.Input.(call), o.Output.(answer)
		s += fmt.Sprintf("\n  [%v..%v] caller %d %s(%d) times %v: %+v", time.Duration(o.Call), time.Duration(o.Return),
			o.ClientId, [...]string{"refresh", "authenticate", "end in SQL", "end of copy"}[in.kind], in.n, in.times, out)
	}
	return s
}

// endedKey finds, in the context of a refresh, whether it was the one that
// ended the session: callers cannot tell, the model must.
type endedKey struct{}

type tellEnded struct{ auth.Sessions }

func (s tellEnded) DecideSession(ctx context.Context, id string, l auth.Lives, decide func(auth.Session, bool, time.Time) auth.Decision) (auth.Session, auth.Decision, error) {
	session, d, err := s.Sessions.DecideSession(ctx, id, l, decide)
	if ended, ok := ctx.Value(endedKey{}).(*bool); ok {
		*ended = err == nil && d.Outcome == auth.OutcomeEnd
	}
	return session, d, err
}
