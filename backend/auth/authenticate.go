package auth

import (
	"context"
	"errors"
	"time"

	"example.com/marquee/common/marquee"
)

// Authenticate returns whom an access token acts for. CodeInvalidToken if it
// is not ours, its time is over, or its session has ended on whatever process;
// CodeUnavailable if that cannot be told.
func (s *Service) Authenticate(ctx context.Context, accessToken string) (marquee.Actor, error) {
	c, err := s.authentic(ctx, accessToken)
	if err != nil {
		return marquee.Actor{}, err
	}
	a, err := s.alive(ctx, c.SessionID)
	if err != nil {
		return marquee.Actor{}, err
	}
	if a.UserID != c.Subject {
		return marquee.Actor{}, marquee.E(marquee.CodeInvalidToken)
	}
	if c.Counter > a.Seen {
		if err := s.arrived(ctx, c.SessionID, c.Counter); err != nil {
			return marquee.Actor{}, err
		}
	}
	return marquee.Actor{
		UserID: a.UserID, SessionID: c.SessionID, AuthTime: a.AuthTime, AMR: a.AMR,
		ExpiresAt: time.Unix(c.ExpiresAt, 0).UTC(),
	}, nil
}

// authentic returns what an access token of ours says, whether or not its
// session lives. CodeInvalidToken, CodeUnavailable if a key cannot be looked up.
func (s *Service) authentic(ctx context.Context, accessToken string) (accessClaims, error) {
	c, err := s.verifier.verify(accessToken, func(kid string) (accessKey, error) { return s.keys.find(ctx, kid) })
	if err == nil || marquee.IsCode(err, marquee.CodeUnavailable) {
		return c, err
	}
	return c, marquee.Wrap(marquee.CodeInvalidToken, "verify an access token", err)
}

var errFilledOver = errors.New("the copy of a session was taken away twice while it was made")

// alive asks Redis for the session, once. On a miss the copy is made from SQL
// under the ticket that the miss left: if the session ended meanwhile, the
// ticket is gone and what was read is thrown away.
func (s *Service) alive(ctx context.Context, sessionID string) (Alive, error) {
	for range 2 {
		a, ticket, err := s.copies.Lookup(ctx, sessionID)
		if err != nil {
			return Alive{}, away("look a session up", err)
		}
		if ticket == "" {
			return a, nil
		}
		session, active, now, err := s.sessions.SessionByID(ctx, sessionID)
		switch {
		case marquee.IsCode(err, marquee.CodeNotFound):
			return Alive{}, marquee.Wrap(marquee.CodeInvalidToken, "look a session up", err)
		case err != nil:
			return Alive{}, away("look a session up", err)
		case !active || !live(session, now):
			return Alive{}, marquee.E(marquee.CodeInvalidToken)
		}
		a = Alive{
			UserID: session.UserID, Seen: session.Seen, IdleEnd: session.IdleEnd, EndsAt: session.EndsAt,
			AuthTime: session.AuthTime, AMR: session.AMR,
		}
		filled, err := s.copies.Fill(ctx, sessionID, ticket, a, session.IdleEnd.Sub(now), session.EndsAt.Sub(now))
		if err != nil {
			return Alive{}, away("make the copy of a session", err)
		}
		if filled {
			return a, nil
		}
	}
	return Alive{}, marquee.Unavailable("make the copy of a session", errFilledOver)
}

// arrived notes that the pair of a counter is in its client's hands: in SQL
// first, then in Redis, and only then is the request served. From then on the
// token before it is no lost answer any more.
func (s *Service) arrived(ctx context.Context, sessionID string, counter int64) error {
	stillLive, err := s.sessions.MarkSeen(ctx, sessionID, counter)
	if err != nil {
		return away("mark a pair as arrived", err)
	}
	if !stillLive { // the copy was believed while its session ended
		_ = s.forget(ctx, sessionID)
		return marquee.E(marquee.CodeInvalidToken)
	}
	if err := s.copies.Seen(ctx, sessionID, counter); err != nil {
		return away("mark a pair as arrived", err)
	}
	return nil
}
