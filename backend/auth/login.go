package auth

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"example.com/marquee/common/marquee"
	"github.com/google/uuid"
)

// amrPassword says that a password was given (RFC 8176 section 2).
const amrPassword = "pwd"

// Login opens a session and answers its first pair. It writes no copy to
// Redis: the first request with the access token does.
func (s *Service) Login(ctx context.Context, c marquee.Credentials) (marquee.Tokens, error) {
	secret := newRefreshSecret()
	hash := refreshToken{secret: secret}.secretHash()
	session, err := s.signIn(ctx, c, Session{SecretHash: hash})
	if err != nil {
		return marquee.Tokens{}, err
	}
	return s.issue(session, secret, session.CreatedAt)
}

// signIn checks credentials and opens session for their owner.
// CodeWrongCredentials whatever the reason, after the same work.
func (s *Service) signIn(ctx context.Context, c marquee.Credentials, session Session) (Session, error) {
	o := cleanOrigin(c.Origin)
	// Twice at most: a password set again, or hashed anew by another sign-in,
	// while this one was checking the hash before.
	for range 2 {
		account, fresh, err := s.checkCredentials(ctx, c)
		if marquee.IsCode(err, marquee.CodeWrongCredentials) {
			s.events.Record(ctx, Event{Kind: EventSignInFailed, UserID: account.ID, Origin: o})
		}
		if err != nil {
			return Session{}, err
		}
		session.ID, session.UserID = newID(), account.ID
		session.Counter, session.AMR, session.AuthTime = 1, []string{amrPassword}, s.now()
		session.Origin, session.RotatedOrigin = o, o
		opened, err := s.open(ctx, session, account.PasswordHash)
		if marquee.IsCode(err, marquee.CodeWrongCredentials) {
			continue
		}
		if err != nil {
			return Session{}, err
		}
		s.record(ctx, EventSignedIn, opened, o)
		s.rehash(ctx, account, fresh)
		return opened, nil
	}
	return Session{}, marquee.E(marquee.CodeWrongCredentials)
}

// checkCredentials finds the account and checks the password. A name nobody
// has and an account that is disabled cost what a wrong password costs. The
// account comes back with a refusal too, for the record.
func (s *Service) checkCredentials(ctx context.Context, c marquee.Credentials) (account Account, fresh string, err error) {
	stored := ""
	if findable(c.Login) {
		account, err = s.accounts.AccountByLogin(ctx, c.Login)
		if err != nil && !marquee.IsCode(err, marquee.CodeNotFound) {
			return Account{}, "", away("find an account", err)
		}
		if err == nil && account.IsActive {
			stored = account.PasswordHash
		}
	}
	ok, fresh, err := s.hasher.check(ctx, c.Origin.Address, stored, c.Password)
	if err != nil {
		return Account{}, "", err
	}
	if !ok {
		return account, "", marquee.E(marquee.CodeWrongCredentials)
	}
	return account, fresh, nil
}

// open puts the session into SQL. Sessions above the cap ended with it, and
// must be gone before the sign-in is answered: if that cannot be done, nobody
// gets the new session either.
func (s *Service) open(ctx context.Context, session Session, verifiedHash string) (Session, error) {
	opened, ended, err := s.sessions.OpenSession(ctx, session, verifiedHash, s.lives, s.maxSessions)
	if err != nil {
		return Session{}, err
	}
	if err := s.forget(ctx, ended...); err != nil {
		unused := s.sessions.EndSession(context.WithoutCancel(ctx), opened.UserID, opened.ID, EndLogout)
		return Session{}, errors.Join(err, unused)
	}
	return opened, nil
}

// rehash stores today's hash in place of an old one. It is no reason to fail
// a sign-in: the next one tries again.
func (s *Service) rehash(ctx context.Context, a Account, fresh string) {
	if fresh == "" {
		return
	}
	if err := s.accounts.RehashPassword(ctx, a.ID, a.PasswordHash, fresh); err != nil {
		s.log.WarnContext(ctx, "password hash not renewed", "user", a.ID, "error", err)
	}
}

// findable reports whether a store can hold such a name at all.
func findable(login string) bool {
	return login != "" && len(login) <= 4*marquee.EmailMax && utf8.ValidString(login) && !strings.ContainsRune(login, 0)
}

// newID returns a new UUIDv7 (RFC 9562 section 5.7).
func newID() string { return uuid.Must(uuid.NewV7()).String() }
