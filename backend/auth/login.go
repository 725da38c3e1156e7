package auth

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/marquee/common/marquee"
	"github.com/google/uuid"
)

// amrPassword says that a password was given (RFC 8176 section 2).
const amrPassword = "pwd"

// Login opens a session and answers its first pair; CodeMFARequired with the
// token of the second step where a second factor is set. It writes no copy to
// Redis: the first request with the access token does.
func (s *Service) Login(ctx context.Context, c marquee.Credentials) (marquee.Tokens, error) {
	secret := newRefreshSecret()
	hash := refreshToken{secret: secret}.secretHash()
	session, device, err := s.signIn(ctx, c, Session{SecretHash: hash})
	if err != nil {
		return marquee.Tokens{}, err
	}
	tokens, err := s.issue(session, secret, session.CreatedAt)
	tokens.DeviceToken = device
	return tokens, err
}

// signIn checks credentials and opens session for their owner. It returns the
// token by which the device is known from now on. CodeWrongCredentials
// whatever the reason, after the same work; CodeTooManyRequests before any.
func (s *Service) signIn(ctx context.Context, c marquee.Credentials, session Session) (opened Session, device string, err error) {
	c.Origin = cleanOrigin(c.Origin)
	admitted, err := s.admit(ctx, c)
	if err != nil {
		return Session{}, "", err
	}
	opened, fresh, err := s.openFor(ctx, &admitted.account, c, session)
	switch {
	case marquee.IsCode(err, marquee.CodeWrongCredentials):
		s.failed(ctx, Event{Kind: EventSignInFailed, UserID: admitted.account.ID, Origin: c.Origin})
		return Session{}, "", err
	case marquee.IsCode(err, marquee.CodeMFARequired):
		admitted.succeed(ctx) // the password was right; wrong codes count for themselves
		return Session{}, "", err
	case err != nil:
		admitted.withdraw(ctx)
		return Session{}, "", err
	}
	s.record(ctx, EventSignedIn, opened, c.Origin)
	return opened, s.welcome(ctx, admitted, fresh), nil
}

// openFor opens session if the password is the account's. It tries twice at
// most, the second time with the account as it is by then: a password set
// again, or hashed anew by another sign-in, or a second factor put to use,
// while this one was checking the hash before.
func (s *Service) openFor(ctx context.Context, account *Account, c marquee.Credentials, session Session) (opened Session, fresh string, err error) {
	for again := false; ; again = true {
		fresh, err = s.checkCredentials(ctx, *account, c)
		if err != nil {
			return Session{}, "", err
		}
		if account.TOTP != nil {
			if s.rehash(ctx, *account, fresh) {
				account.PasswordHash = fresh
			}
			return Session{}, "", s.askCode(ctx, *account, amrPassword, "")
		}
		opened, err = s.open(ctx, newSession(session, account.ID, c.Origin, []string{amrPassword}, s.now()), account.PasswordHash)
		if again || !marquee.IsCode(err, marquee.CodeWrongCredentials) {
			return opened, fresh, err
		}
		if *account, err = s.accountFor(ctx, c.Login); err != nil {
			return Session{}, "", err
		}
	}
}

// accountFor finds the account of a user name or an address; the zero value
// if nobody has it.
func (s *Service) accountFor(ctx context.Context, login string) (Account, error) {
	if !findable(login) {
		return Account{}, nil
	}
	account, err := s.accounts.AccountByLogin(ctx, login)
	if err != nil && !marquee.IsCode(err, marquee.CodeNotFound) {
		return Account{}, away("find an account", err)
	}
	return account, nil
}

// checkCredentials checks the password of an account. No account, and one that
// is disabled, cost what a wrong password costs. fresh is a hash of today if
// the stored one is older.
func (s *Service) checkCredentials(ctx context.Context, account Account, c marquee.Credentials) (fresh string, err error) {
	stored := ""
	if account.IsActive {
		stored = account.PasswordHash
	}
	ok, fresh, err := s.hasher.check(ctx, c.Origin.Address, stored, c.Password)
	if err == nil && !ok {
		err = marquee.E(marquee.CodeWrongCredentials)
	}
	return fresh, err
}

// newSession completes a session that is about to be opened. It has the age of
// a sign-in only where a password was given.
func newSession(session Session, userID string, o marquee.Origin, amr []string, now time.Time) Session {
	session.ID, session.UserID = newID(), userID
	session.Counter, session.AMR = 1, amr
	if slices.Contains(amr, amrPassword) {
		session.AuthTime = now
	}
	session.Origin, session.RotatedOrigin, session.Gateway = o, o, o.Gateway
	return session
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

// rehash stores today's hash in place of an old one and reports whether it
// could. It is no reason to fail a sign-in: the next one tries again.
func (s *Service) rehash(ctx context.Context, a Account, fresh string) bool {
	if fresh == "" {
		return false
	}
	err := s.accounts.RehashPassword(ctx, a.ID, a.PasswordHash, fresh)
	if err != nil {
		s.log.WarnContext(ctx, "password hash not renewed", "user", a.ID, "error", err)
	}
	return err == nil
}

// findable reports whether a store can hold such a name at all.
func findable(login string) bool {
	return login != "" && len(login) <= 4*marquee.EmailMax && utf8.ValidString(login) && !strings.ContainsRune(login, 0)
}

// newID returns a new UUIDv7 (RFC 9562 section 5.7).
func newID() string { return uuid.Must(uuid.NewV7()).String() }
