package auth

import (
	"context"

	"example.com/marquee/common/marquee"
)

// Logout ends the acting person's sessions: in SQL first, then their copies,
// and only then is it answered. CodeUnavailable if Redis does not answer: the
// ends stand, and trying again completes them.
func (s *Service) Logout(ctx context.Context, scope marquee.LogoutScope) error {
	actor, err := marquee.ActorFrom(ctx)
	if err != nil {
		return err
	}
	return s.end(ctx, actor.UserID, actor.SessionID, scope)
}

// end ends sessions of a person, seen from one of them.
func (s *Service) end(ctx context.Context, userID, sessionID string, scope marquee.LogoutScope) error {
	ctx = marquee.WithActor(ctx, marquee.Actor{UserID: userID, SessionID: sessionID})
	var gone []string
	var err error
	switch scope {
	case marquee.LogoutLocal, "":
		gone = []string{sessionID}
		err = s.sessions.EndSession(ctx, userID, sessionID, EndLogout)
		if marquee.IsCode(err, marquee.CodeNotFound) {
			err = nil // ended so long ago that its row is gone
		}
	case marquee.LogoutOthers:
		gone, err = s.sessions.EndSessions(ctx, userID, sessionID, EndRevoked)
	case marquee.LogoutGlobal:
		gone, err = s.sessions.EndSessions(ctx, userID, "", EndLogoutAll)
		gone = append(gone, sessionID)
	default:
		return marquee.Invalid(marquee.FieldError{Field: "scope", Code: marquee.FieldUnknown})
	}
	if err != nil {
		return away("end sessions", err)
	}
	if err := s.forget(ctx, gone...); err != nil {
		return err
	}
	s.events.Record(ctx, Event{Kind: EventSessionEnded, UserID: userID, SessionID: sessionID})
	return nil
}

// LogoutWithAccessToken ends the session of an access token without asking
// whether it lives: one that has ended already is no error, and what is left of
// its copy is removed again; while Redis is away the end is in SQL and the
// answer CodeUnavailable. CodeInvalidToken if the token is not ours or its time
// is over.
func (s *Service) LogoutWithAccessToken(ctx context.Context, token string) error {
	c, err := s.authentic(ctx, token)
	if err != nil {
		return err
	}
	return s.end(ctx, c.Subject, c.SessionID, marquee.LogoutLocal)
}

// LogoutWithRefreshToken ends sessions for a client whose access token is
// dead. CodeInvalidToken if the token is not authentic.
//
// Any authentic token of a session, an old one too, may end that session, and
// one that has ended already is no error: what is left of its copy is removed
// again. To end others it must be one that would still rotate: a token that
// was stolen and is dead must not sign its owner out everywhere.
func (s *Service) LogoutWithRefreshToken(ctx context.Context, token string, scope marquee.LogoutScope) error {
	t, err := parseRefreshToken(token, s.masters)
	if err != nil {
		return marquee.Wrap(marquee.CodeInvalidToken, "sign out", err)
	}
	session, active, now, err := s.sessions.SessionByID(ctx, t.sessionID)
	if marquee.IsCode(err, marquee.CodeNotFound) {
		return marquee.Wrap(marquee.CodeInvalidToken, "sign out", err)
	}
	if err != nil {
		return away("sign out", err)
	}
	p := presented{counter: t.counter, secretHash: t.secretHash()}
	if !p.belongsTo(session) {
		return marquee.E(marquee.CodeInvalidToken)
	}
	wide := scope == marquee.LogoutOthers || scope == marquee.LogoutGlobal
	if !wide {
		return s.end(ctx, session.UserID, session.ID, scope)
	}
	switch decide(p, session, active, now, s.lives.Grace).Outcome {
	case OutcomeRotate, OutcomeRepeat, OutcomeCatchUp:
		return s.end(ctx, session.UserID, session.ID, scope)
	}
	if err := s.end(ctx, session.UserID, session.ID, marquee.LogoutLocal); err != nil {
		return err
	}
	if scope == marquee.LogoutGlobal && session.EndReason == EndLogoutAll {
		return nil // the same sign-out, asked again because its answer was lost
	}
	return marquee.E(marquee.CodeInvalidToken)
}
