package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"example.com/marquee/common/marquee"
)

const (
	// passwordLinkLife is long enough to hand the link over by hand and short
	// enough that one left lying about is worth nothing tomorrow.
	passwordLinkLife = time.Hour
	passwordLinkLen  = 32 // bytes, 256 random bits
)

// PasswordLink makes the token of a link that sets a person's password once,
// within the hour. SQL keeps its SHA-256. CodeNotFound.
func (s *Service) PasswordLink(ctx context.Context, login string) (token string, expires time.Time, err error) {
	a, err := s.find(ctx, login)
	if err != nil {
		return "", time.Time{}, err
	}
	value := make([]byte, passwordLinkLen)
	rand.Read(value) // never fails (crypto/rand)
	token = base64.RawURLEncoding.EncodeToString(value)
	expires, err = s.accounts.CreatePasswordLink(ctx, a.ID, linkHash(token), passwordLinkLife)
	if err != nil {
		return "", time.Time{}, err
	}
	return token, expires, nil
}

// PasswordLinkOwner returns whose link this is, without spending it.
// CodeNotFound if it is unknown, used or expired.
func (s *Service) PasswordLinkOwner(ctx context.Context, token string) (marquee.User, error) {
	a, err := s.accounts.PasswordLinkOwner(ctx, linkHash(token))
	return a.User, err
}

// UsePasswordLink spends the link, sets the password and ends every session of
// the person. CodeNotFound as PasswordLinkOwner; CodeInvalid for a password
// that the rules refuse, which does not spend the link; CodeTooManyRequests.
func (s *Service) UsePasswordLink(ctx context.Context, token, newPassword string, o marquee.Origin) error {
	if err := s.guard.count(ctx, s.guard.limits.PasswordLink, "password-link", networkOf(o)); err != nil {
		return err
	}
	owner, err := s.accounts.PasswordLinkOwner(ctx, linkHash(token))
	if err != nil {
		return err
	}
	hash, err := s.newHash(ctx, owner, o.Address, newPassword)
	if err != nil {
		return err
	}
	ctx = marquee.WithActor(ctx, marquee.Actor{UserID: owner.ID}) // without a session: by the link
	a, ended, err := s.accounts.UsePasswordLink(ctx, linkHash(token), hash)
	if err != nil {
		return err
	}
	s.events.Record(ctx, Event{Kind: EventPasswordChanged, UserID: a.ID})
	return s.forget(ctx, ended...)
}

// linkHash is what SQL keeps of a link; whatever is not a link hashes to
// something that is not there.
func linkHash(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}
