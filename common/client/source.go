package client

import (
	"context"
	"sync"
	"time"

	"example.com/marquee/common/marquee"
)

const (
	// refreshTimeout bounds a rotation with its wait for other processes.
	refreshTimeout = 30 * time.Second
	// earlyWait is how long a request waits for an early rotation before it
	// goes with the token that is still good.
	earlyWait = time.Second
	// postponed is how long early rotation rests after it failed.
	postponed = 10 * time.Second
)

// sourceDeps is what a token source is made of.
type sourceDeps struct {
	Store       TokenStore
	Clock       func() time.Time
	Exchange    func(ctx context.Context, refreshToken string) (marquee.Tokens, error)
	Revoke      func(ctx context.Context, refreshToken string) error
	OnSignedOut func(error)
	OnNotSaved  func(error)
}

// source is the one place in a process that knows the pair. A pair is used
// only after it was saved, one rotation is in flight at a time however many
// requests wait, and what belongs to a session that was left meanwhile is
// thrown away.
type source struct {
	sourceDeps

	mu     sync.Mutex
	held   Held
	saved  bool      // the store holds it as well
	due    time.Time // when to rotate early; zero: unknown, the server's 401 says
	dead   time.Time // when the access token is over; zero: unknown
	epoch  int       // goes up when the session is left or replaced
	over   error     // why nothing is held, when it was not the person's doing
	flight *flight   // the rotation under way, of this epoch
}

// flight is one rotation that any number of requests wait for.
type flight struct {
	done   chan struct{} // closed when access and err are set
	access string
	err    error
}

func newSource(d sourceDeps) *source {
	if d.OnSignedOut == nil {
		d.OnSignedOut = func(error) {}
	}
	if d.OnNotSaved == nil {
		d.OnNotSaved = func(error) {}
	}
	return &source{sourceDeps: d}
}

func (s *source) signedIn() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.held.Empty()
}

// access returns the access token as it is, "" without one.
func (s *source) access() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held.AccessToken
}

// snapshot returns what is held, and the epoch it belongs to.
func (s *source) snapshot() (Held, int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held, s.epoch
}

// reload takes what the store holds while this process has had no session
// yet. Later it would turn a signed-out window into somebody signed in.
func (s *source) reload(ctx context.Context) error {
	h, err := s.Store.Load(ctx)
	if err != nil {
		return marquee.Wrap(marquee.CodeInternal, "read credentials", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.epoch == 0 && s.held.Empty() && !h.Empty() {
		s.take(h, true)
	}
	return nil
}

// take makes h the pair in use. The caller holds mu.
func (s *source) take(h Held, saved bool) {
	s.held, s.saved, s.over = h, saved, nil
	s.due, s.dead = s.deadlines(h)
}

// deadlines returns when to rotate h early and when its access token is over.
// They are counted on the monotonic clock from now, by the life that the
// server told. For a pair out of the store the calendar only hints how much
// of that life is gone; if it makes no sense, the age is unknown.
func (s *source) deadlines(h Held) (due, dead time.Time) {
	now := s.Clock()
	life := time.Duration(h.ExpiresIn) * time.Second
	age := now.Round(0).Sub(h.ObtainedAt.Round(0))
	if life <= 0 || age < 0 || h.ObtainedAt.IsZero() {
		return time.Time{}, time.Time{}
	}
	age = min(age, life)
	return now.Add(life*8/10 - age), now.Add(life - age)
}

// nobody is the answer to a request while nothing is held: why the session was
// lost, for a question that comes after the one that found out, else
// CodeUnauthenticated. The caller holds mu.
func (s *source) nobody() error {
	if s.over != nil {
		return s.over
	}
	return marquee.E(marquee.CodeUnauthenticated)
}

// live returns an access token that is good as far as this side knows. The
// error without a session is that of nobody.
func (s *source) live(ctx context.Context) (string, error) {
	if !s.signedIn() {
		if err := s.reload(ctx); err != nil {
			return "", err
		}
	}
	s.mu.Lock()
	held, now := s.held, s.Clock()
	if held.Empty() {
		defer s.mu.Unlock()
		return "", s.nobody()
	}
	if s.due.IsZero() || now.Before(s.due) {
		s.mu.Unlock()
		return held.AccessToken, nil
	}
	good := now.Before(s.dead)
	f := s.join(!good)
	s.mu.Unlock()
	if !good {
		return f.wait(ctx)
	}
	return f.waitBriefly(ctx, held.AccessToken)
}

// renew returns an access token other than the refused one: a newer one that
// is held already, or that of a rotation.
func (s *source) renew(ctx context.Context, refused string) (string, error) {
	s.mu.Lock()
	if s.held.Empty() {
		defer s.mu.Unlock()
		return "", s.nobody()
	}
	if s.held.AccessToken != refused {
		defer s.mu.Unlock()
		return s.held.AccessToken, nil
	}
	f := s.join(true)
	s.mu.Unlock()
	return f.wait(ctx)
}

// join returns the rotation under way or starts one. It runs on its own: a
// caller that leaves does not take it from those who still wait. The caller
// holds mu.
func (s *source) join(must bool) *flight {
	if s.flight != nil {
		return s.flight
	}
	f := &flight{done: make(chan struct{})}
	s.flight = f
	r := &rotation{source: s, began: s.epoch, must: must}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), refreshTimeout)
		defer cancel()
		f.access, f.err = r.run(ctx)
		s.mu.Lock()
		if s.flight == f {
			s.flight = nil
		}
		s.mu.Unlock()
		if r.signedOut != nil {
			s.OnSignedOut(r.signedOut)
		}
		close(f.done)
	}()
	return f
}

// leave forgets the session; a rotation of it is thrown away when it ends.
// The caller holds mu.
func (s *source) leave() {
	s.epoch++
	s.held, s.saved, s.flight, s.over = Held{}, false, nil, nil
	s.due, s.dead = time.Time{}, time.Time{}
}

func (f *flight) wait(ctx context.Context) (string, error) {
	select {
	case <-f.done:
		return f.access, f.err
	case <-ctx.Done():
		return "", networkError("refresh", ctx.Err())
	}
}

// waitBriefly is wait for a request that has a good token: it goes with that
// one when the rotation takes long or fails for the moment.
func (f *flight) waitBriefly(ctx context.Context, good string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, earlyWait)
	defer cancel()
	access, err := f.wait(ctx)
	if err == nil || isOver(err) {
		return access, err
	}
	return good, nil
}

// isOver reports an error after which no session is held.
func isOver(err error) bool {
	return marquee.IsCode(err, marquee.CodeInvalidToken) || marquee.IsCode(err, marquee.CodeUnauthenticated)
}
