package auth

import (
	"context"
	"time"

	"example.com/marquee/common/marquee"
)

// Refresh answers a refresh token with the pair that follows it, as the
// rotation table (decide) says. CodeInvalidToken for a token that is not, or
// no longer, good; after a reuse its session has ended. CodeTooManyRequests
// for one that was refused again and again; a live token is never limited.
// CodeUnavailable if the store is away or the call has waited too long: nothing
// has changed, and the same token may be tried again. A live token does not need
// Redis; a dead one gets CodeUnavailable while its refusals cannot be counted.
func (s *Service) Refresh(ctx context.Context, token string, o marquee.Origin) (marquee.Tokens, error) {
	tokens, err := s.refresh(ctx, token, o)
	if marquee.IsCode(err, marquee.CodeInvalidToken) {
		// A client that answers a refusal by refreshing again would go round
		// for ever.
		tooMany := s.guard.count(ctx, s.guard.limits.DeadRefresh, "dead-refresh", networkOf(o), token)
		if tooMany != nil {
			return marquee.Tokens{}, tooMany
		}
	}
	return tokens, err
}

func (s *Service) refresh(ctx context.Context, token string, o marquee.Origin) (marquee.Tokens, error) {
	ctx, cancel := context.WithTimeout(ctx, s.refreshDeadline)
	defer cancel()
	t, err := parseRefreshToken(token, s.masters)
	if err != nil {
		return marquee.Tokens{}, marquee.Wrap(marquee.CodeInvalidToken, "refresh", err)
	}
	if err := ctx.Err(); err != nil {
		return marquee.Tokens{}, marquee.Unavailable("refresh", err)
	}
	p := presented{counter: t.counter, secretHash: t.secretHash(), origin: cleanOrigin(o)}
	session, ok, err := s.sessions.AdvanceSession(ctx, t.sessionID, p.counter, p.secretHash, p.origin, s.lives)
	if err != nil {
		return marquee.Tokens{}, away("rotate a session", err)
	}
	if ok { // the usual case: n = c
		return s.issue(session, t.secret, session.RotatedAt)
	}
	return s.refreshByTable(ctx, t, p)
}

// refreshByTable decides with the session's row locked.
func (s *Service) refreshByTable(ctx context.Context, t refreshToken, p presented) (marquee.Tokens, error) {
	var now time.Time
	var late error
	session, d, err := s.sessions.DecideSession(ctx, t.sessionID, s.lives,
		func(session Session, active bool, at time.Time) Decision {
			now = at
			if late = ctx.Err(); late != nil {
				return Decision{Outcome: OutcomeRefuse}
			}
			d := decide(p, session, active, at, s.lives.Grace)
			d.Event = eventOf(d.Outcome, session, p.origin)
			return d
		})
	switch {
	case marquee.IsCode(err, marquee.CodeNotFound):
		return marquee.Tokens{}, marquee.Wrap(marquee.CodeInvalidToken, "refresh", err)
	case err != nil:
		return marquee.Tokens{}, away("decide a rotation", err)
	case late != nil:
		return marquee.Tokens{}, marquee.Unavailable("refresh", late)
	}
	if d.Event.Kind != "" {
		s.events.Record(ctx, d.Event)
	}
	switch d.Outcome {
	case OutcomeRotate, OutcomeRepeat, OutcomeCatchUp:
	case OutcomeEnd:
		// The end is committed and the refusal stands whatever Redis says.
		_ = s.forget(ctx, session.ID)
		return marquee.Tokens{}, marquee.E(marquee.CodeInvalidToken)
	default:
		return marquee.Tokens{}, marquee.E(marquee.CodeInvalidToken)
	}
	return s.issue(session, t.secret, now)
}

// eventOf is what is to be recorded of an outcome.
func eventOf(o Outcome, session Session, from marquee.Origin) Event {
	e := Event{UserID: session.UserID, SessionID: session.ID, Origin: from, Actor: marquee.BySelf}
	switch {
	case o == OutcomeEnd:
		e.Kind = EventReuseFound
	case o == OutcomeCatchUp:
		e.Kind = EventStoreBehind
	case o == OutcomeRepeat && elsewhere(session.RotatedOrigin, from):
		e.Kind = EventRepeatElsewhere
	default:
		return Event{}
	}
	return e
}

// elsewhere reports whether a repetition came from another address or program
// than the rotation it repeats.
func elsewhere(first, again marquee.Origin) bool {
	return first.Address != again.Address || first.Agent != again.Agent
}

func (s *Service) record(ctx context.Context, kind string, session Session, o marquee.Origin) {
	s.events.Record(ctx, Event{Kind: kind, UserID: session.UserID, SessionID: session.ID, Origin: o})
}

// away passes on what the store says of itself. Whatever it is, it is never
// taken for a refusal: a client would throw good tokens away.
func away(op string, err error) error {
	if code := marquee.ErrorCode(err); code == marquee.CodeTimeout || code == marquee.CodeInternal {
		return marquee.Unavailable(op, err)
	}
	return err
}

// cleanOrigin makes safe to show what a client says of itself.
func cleanOrigin(o marquee.Origin) marquee.Origin {
	return marquee.Origin{
		Address: marquee.CleanText(o.Address, 64),
		Agent:   marquee.CleanText(o.Agent, 256),
		Client:  marquee.CleanText(o.Client, 16),
		Gateway: o.Gateway,
	}
}
