package auth

import (
	"context"
	"slices"
	"time"

	"example.com/marquee/common/marquee"
)

// stepUpLife is how long after a password was given a session may do what is
// sensitive: change password or address, the second factor, what can sign in.
const stepUpLife = 10 * time.Minute

// mayStepUp says whether the age of a session's sign-in can be renewed in it.
// Only one that was opened with a password can: who came by an SSH key, or
// because another session approved, must not turn what he was given into more
// (tokens.md, "Step-up"). The amr of such a session must not hold amrPassword.
func mayStepUp(session Session) bool { return session.ByPassword() }

// recent returns the session of an actor if a password was given in it less
// than stepUpLife ago, by the store's clock. It asks SQL and not the copy in
// Redis, which may be a lease old. CodeStepUpRequired, CodeInvalidToken.
func (s *Service) recent(ctx context.Context, actor marquee.Actor) (Session, time.Time, error) {
	session, now, err := s.sessionOf(ctx, actor)
	if err != nil {
		return Session{}, time.Time{}, err
	}
	if age := now.Sub(session.AuthTime); session.AuthTime.IsZero() || age < 0 || age >= stepUpLife {
		return Session{}, time.Time{}, marquee.E(marquee.CodeStepUpRequired)
	}
	return session, now, nil
}

// sessionOf reads the live session of an actor, with the store's time.
func (s *Service) sessionOf(ctx context.Context, actor marquee.Actor) (Session, time.Time, error) {
	session, active, now, err := s.sessions.SessionByID(ctx, actor.SessionID)
	switch {
	case marquee.IsCode(err, marquee.CodeNotFound):
		return Session{}, time.Time{}, marquee.Wrap(marquee.CodeInvalidToken, "find a session", err)
	case err != nil:
		return Session{}, time.Time{}, away("find a session", err)
	case !active || !live(session, now) || session.UserID != actor.UserID:
		return Session{}, time.Time{}, marquee.E(marquee.CodeInvalidToken)
	}
	return session, now, nil
}

// StepUp notes that the acting person has just given his password, and a code
// where a second factor is set. CodeStepUpRefused for a session that was
// opened without a password, CodeWrongPassword, CodeInvalid on field code.
func (s *Service) StepUp(ctx context.Context, p marquee.StepUp) error {
	actor, err := marquee.ActorFrom(ctx)
	if err != nil {
		return err
	}
	session, now, err := s.sessionOf(ctx, actor)
	if err != nil {
		return err
	}
	if !mayStepUp(session) {
		return marquee.E(marquee.CodeStepUpRefused)
	}
	a, err := s.accountOf(ctx, actor)
	if err != nil {
		return err
	}
	var try attempt
	if err := s.confirm(ctx, a, actor, p.Origin.Address, p.Password, &try); err != nil {
		return err
	}
	amr := session.AMR
	if a.TOTP != nil {
		method, err := s.checkFactor(ctx, a, p.Code, session.ID, cleanOrigin(p.Origin), now)
		if err != nil {
			return err
		}
		amr = mergeAMR(amr, method)
	}
	ok, err := s.sessions.StepUpSession(ctx, session.ID, a.PasswordHash, amr)
	if err != nil {
		return away("renew the age of a sign-in", err)
	}
	if !ok { // ended, or the password changed, in this very moment
		return marquee.E(marquee.CodeInvalidToken)
	}
	// What is sensitive is decided by SQL: a copy that stays tells the old age
	// until its lease is over, and nothing hangs on it.
	_ = s.forget(ctx, session.ID)
	s.record(ctx, EventSteppedUp, session, session.Origin)
	return nil
}

func mergeAMR(amr, more []string) []string {
	merged := slices.Clone(amr)
	for _, m := range more {
		if !slices.Contains(merged, m) {
			merged = append(merged, m)
		}
	}
	return merged
}

// sitting is a session with the store's time.
type sitting struct {
	session Session
	now     time.Time
}

// sensitive returns the account and the session of an actor who may do what
// is sensitive now.
func (s *Service) sensitive(ctx context.Context) (Account, sitting, error) {
	actor, err := marquee.ActorFrom(ctx)
	if err != nil {
		return Account{}, sitting{}, err
	}
	session, now, err := s.recent(ctx, actor)
	if err != nil {
		return Account{}, sitting{}, err
	}
	a, err := s.accountOf(ctx, actor)
	return a, sitting{session, now}, err
}
