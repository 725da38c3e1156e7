package auth

import (
	"time"

	"example.com/marquee/common/marquee"
)

// issue writes the pair for a session as it stands now, by the store's clock.
// The refresh token depends on nothing but the session's counter and secret:
// asked again it comes out the same. The access token is new every time.
func (s *Service) issue(session Session, secret [refreshSecretLen]byte, now time.Time) (marquee.Tokens, error) {
	life := min(s.lives.Access, session.EndsAt.Sub(now))
	issued := s.now()
	key, err := s.keys.signing()
	if err != nil {
		return marquee.Tokens{}, err
	}
	access, err := accessClaims{
		Issuer: s.issuer, Audience: s.audience,
		Subject: session.UserID, SessionID: session.ID, Counter: session.Counter,
		IssuedAt: issued.Unix(), ExpiresAt: issued.Add(max(life, time.Second)).Unix(),
		ID: newTokenID(), AMR: append([]string{}, session.AMR...), AuthTime: unixOrZero(session.AuthTime),
	}.sign(key)
	if err != nil {
		return marquee.Tokens{}, marquee.Wrap(marquee.CodeInternal, "sign an access token", err)
	}
	refresh := refreshToken{sessionID: session.ID, counter: session.Counter, secret: secret}
	idle := session.IdleEnd
	if session.EndsAt.Before(idle) {
		idle = session.EndsAt
	}
	return marquee.Tokens{
		AccessToken: access, RefreshToken: refresh.sign(s.masters.present), TokenType: "bearer",
		ExpiresIn: int(life / time.Second), RefreshExpiresIn: int(idle.Sub(now) / time.Second),
		SessionID: session.ID,
	}, nil
}

// unixOrZero is 0 for a time that never was.
func unixOrZero(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}
