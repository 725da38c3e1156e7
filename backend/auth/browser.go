package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"time"

	"example.com/marquee/common/marquee"
)

const (
	cookieLen = 32 // bytes, 256 random bits
	// touchPause is the least time between two renewals of a browser session's
	// idle end, so that reading pages does not write to SQL each time.
	touchPause = time.Minute
)

// LoginBrowser opens a session for a browser. The cookie is random bits and
// nothing else; SQL knows their SHA-256. It comes with no token pair, but with
// the token by which the device is known from now on.
func (s *Service) LoginBrowser(ctx context.Context, c marquee.Credentials) (cookie, deviceToken string, err error) {
	cookie, hash := newCookie()
	_, deviceToken, err = s.signIn(ctx, c, Session{CookieHash: hash})
	if err != nil {
		return "", "", err
	}
	return cookie, deviceToken, nil
}

// StepUpBrowser is StepUp for a browser's session. The cookie is replaced by
// the one it returns, so that a copy of the one before does not gain by it.
func (s *Service) StepUpBrowser(ctx context.Context, cookie string, p marquee.StepUp) (renewed string, err error) {
	value, err := base64.RawURLEncoding.Strict().DecodeString(cookie)
	if err != nil {
		return "", marquee.Wrap(marquee.CodeInvalidToken, "read a cookie", err)
	}
	if err := s.StepUp(ctx, p); err != nil {
		return "", err
	}
	renewed, hash := newCookie()
	ok, err := s.sessions.RenewCookie(ctx, cookieHash(value), hash)
	if err != nil {
		return "", away("renew a cookie", err)
	}
	if !ok { // ended, or renewed by another window, in this very moment
		return "", marquee.E(marquee.CodeInvalidToken)
	}
	return renewed, nil
}

// newCookie returns the value of a new cookie and what SQL keeps of it.
func newCookie() (cookie string, hash []byte) {
	value := make([]byte, cookieLen)
	rand.Read(value) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(value), cookieHash(value)
}

// AuthenticateBrowser returns whom a browser's cookie acts for. A page costs
// one query on SQL, which is the truth: there is no copy of a browser session
// that could be wrong. CodeInvalidToken if the session is unknown or over.
func (s *Service) AuthenticateBrowser(ctx context.Context, cookie string) (marquee.Actor, error) {
	value, err := base64.RawURLEncoding.Strict().DecodeString(cookie)
	if err != nil || len(cookie) != base64.RawURLEncoding.EncodedLen(cookieLen) || len(value) != cookieLen {
		return marquee.Actor{}, marquee.Wrap(marquee.CodeInvalidToken, "read a cookie", errors.New("not one of ours"))
	}
	session, active, now, err := s.sessions.SessionByCookie(ctx, cookieHash(value))
	switch {
	case marquee.IsCode(err, marquee.CodeNotFound):
		return marquee.Actor{}, marquee.Wrap(marquee.CodeInvalidToken, "find a browser session", err)
	case err != nil:
		return marquee.Actor{}, away("find a browser session", err)
	case !active || !live(session, now):
		return marquee.Actor{}, marquee.E(marquee.CodeInvalidToken)
	}
	if idle := now.Sub(session.LastUsedAt); idle >= touchPause || idle < 0 {
		if err := s.sessions.TouchSession(ctx, session.ID, s.lives); err != nil {
			return marquee.Actor{}, away("renew a browser session", err)
		}
	}
	return marquee.Actor{
		UserID: session.UserID, SessionID: session.ID, AuthTime: session.AuthTime, AMR: session.AMR,
	}, nil
}

// EndOfBrowser tells why the session of a cookie is over: a reason as in
// marquee.Activity, "" where its time ran out. CodeNotFound for a cookie of no
// session, or of one that lives.
func (s *Service) EndOfBrowser(ctx context.Context, cookie string) (reason string, err error) {
	value, err := base64.RawURLEncoding.Strict().DecodeString(cookie)
	if err != nil {
		return "", marquee.Wrap(marquee.CodeNotFound, "read a cookie", err)
	}
	session, active, now, err := s.sessions.SessionByCookie(ctx, cookieHash(value))
	switch {
	case marquee.IsCode(err, marquee.CodeNotFound):
		return "", err
	case err != nil:
		return "", away("find a browser session", err)
	case active && live(session, now):
		return "", marquee.E(marquee.CodeNotFound)
	}
	return session.EndReason, nil
}

func cookieHash(value []byte) []byte {
	h := sha256.Sum256(value)
	return h[:]
}
