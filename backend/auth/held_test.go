package auth_test

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

// The wrappers here hold a process at a critical step, take a part away, or
// break one rule of the design on purpose.

var errAway = errors.New("away")

// heldSessions runs afterRead between a read of a session and its use.
type heldSessions struct {
	auth.Sessions
	afterRead func()
}

func (s *heldSessions) SessionByID(ctx context.Context, id string) (auth.Session, bool, time.Time, error) {
	session, active, now, err := s.Sessions.SessionByID(ctx, id)
	s.afterRead()
	return session, active, now, err
}

// heldAccounts runs afterRead between a read of an account and its use.
type heldAccounts struct {
	auth.Accounts
	afterRead func()
}

func (a *heldAccounts) AccountByLogin(ctx context.Context, login string) (auth.Account, error) {
	account, err := a.Accounts.AccountByLogin(ctx, login)
	a.afterRead()
	return account, err
}

func (a *heldAccounts) AccountByID(ctx context.Context, id string) (auth.Account, error) {
	account, err := a.Accounts.AccountByID(ctx, id)
	a.afterRead()
	return account, err
}

// awayCopies is Redis with a switch.
type awayCopies struct {
	auth.Copies
	away     atomic.Bool // all of it
	seenAway atomic.Bool // only Seen
}

func (c *awayCopies) Lookup(ctx context.Context, id string) (auth.Alive, string, error) {
	if c.away.Load() {
		return auth.Alive{}, "", marquee.Unavailable("test", errAway)
	}
	return c.Copies.Lookup(ctx, id)
}

func (c *awayCopies) Seen(ctx context.Context, id string, n int64) error {
	if c.away.Load() || c.seenAway.Load() {
		return marquee.Unavailable("test", errAway)
	}
	return c.Copies.Seen(ctx, id, n)
}

func (c *awayCopies) Delete(ctx context.Context, ids ...string) error {
	if c.away.Load() {
		return marquee.Unavailable("test", errAway)
	}
	return c.Copies.Delete(ctx, ids...)
}

// awaySessions is SQL with a switch.
type awaySessions struct {
	auth.Sessions
	away atomic.Bool
}

func (s *awaySessions) err() error {
	if s.away.Load() {
		return errAway // not even wrapped: whatever a driver says is no refusal
	}
	return nil
}

func (s *awaySessions) AdvanceSession(ctx context.Context, id string, n int64, hash []byte, o marquee.Origin, l auth.Lives) (auth.Session, bool, error) {
	if err := s.err(); err != nil {
		return auth.Session{}, false, err
	}
	return s.Sessions.AdvanceSession(ctx, id, n, hash, o, l)
}

func (s *awaySessions) SessionByID(ctx context.Context, id string) (auth.Session, bool, time.Time, error) {
	if err := s.err(); err != nil {
		return auth.Session{}, false, time.Time{}, err
	}
	return s.Sessions.SessionByID(ctx, id)
}

func (s *awaySessions) SessionByCookie(ctx context.Context, hash []byte) (auth.Session, bool, time.Time, error) {
	if err := s.err(); err != nil {
		return auth.Session{}, false, time.Time{}, err
	}
	return s.Sessions.SessionByCookie(ctx, hash)
}

func (s *awaySessions) MarkSeen(ctx context.Context, id string, n int64) (bool, error) {
	if err := s.err(); err != nil {
		return false, err
	}
	return s.Sessions.MarkSeen(ctx, id, n)
}

// slowSessions lets a decision wait for its row until the caller's deadline is
// over, as behind another transaction.
type slowSessions struct{ auth.Sessions }

func (s slowSessions) AdvanceSession(context.Context, string, int64, []byte, marquee.Origin, auth.Lives) (auth.Session, bool, error) {
	return auth.Session{}, false, nil
}

func (s slowSessions) DecideSession(ctx context.Context, id string, l auth.Lives, decide func(auth.Session, bool, time.Time) auth.Decision) (auth.Session, auth.Decision, error) {
	return s.Sessions.DecideSession(context.WithoutCancel(ctx), id, l,
		func(session auth.Session, active bool, now time.Time) auth.Decision {
			<-ctx.Done()
			return decide(session, active, now)
		})
}

// Mutants: each breaks one rule, and a test shows that it does not pass.

// fillAnyway writes a copy back although the ticket is gone (rule 1).
type fillAnyway struct{ auth.Copies }

func (c fillAnyway) Fill(ctx context.Context, id, ticket string, a auth.Alive, idle, end time.Duration) (bool, error) {
	filled, err := c.Copies.Fill(ctx, id, ticket, a, idle, end)
	if filled || err != nil {
		return filled, err
	}
	_, fresh, err := c.Copies.Lookup(ctx, id)
	if fresh == "" || err != nil {
		return fresh == "", err
	}
	return c.Copies.Fill(ctx, id, fresh, a, idle, end)
}

// renewGrace lets a repetition begin the grace anew.
type renewGrace struct{ auth.Sessions }

func (s renewGrace) DecideSession(ctx context.Context, id string, l auth.Lives, decide func(auth.Session, bool, time.Time) auth.Decision) (auth.Session, auth.Decision, error) {
	return s.Sessions.DecideSession(ctx, id, l,
		func(session auth.Session, active bool, now time.Time) auth.Decision {
			d := decide(session, active, now)
			if d.Outcome == auth.OutcomeRepeat {
				d = auth.Decision{Outcome: auth.OutcomeRotate, Counter: session.Counter, FromCounter: session.FromCounter}
			}
			return d
		})
}

// forgetSeen lets the store forget that a pair has arrived.
type forgetSeen struct{ auth.Sessions }

func (s forgetSeen) DecideSession(ctx context.Context, id string, l auth.Lives, decide func(auth.Session, bool, time.Time) auth.Decision) (auth.Session, auth.Decision, error) {
	return s.Sessions.DecideSession(ctx, id, l,
		func(session auth.Session, active bool, now time.Time) auth.Decision {
			session.Seen = 0
			return decide(session, active, now)
		})
}

// refuseReuse refuses an old token and lets the session live, as the original.
type refuseReuse struct{ auth.Sessions }

func (s refuseReuse) DecideSession(ctx context.Context, id string, l auth.Lives, decide func(auth.Session, bool, time.Time) auth.Decision) (auth.Session, auth.Decision, error) {
	return s.Sessions.DecideSession(ctx, id, l,
		func(session auth.Session, active bool, now time.Time) auth.Decision {
			d := decide(session, active, now)
			if d.Outcome == auth.OutcomeEnd {
				d = auth.Decision{}
			}
			return d
		})
}
