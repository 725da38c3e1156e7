package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"

	"example.com/marquee/common/marquee"
)

const (
	attemptLen   = 32 // bytes, 256 random bits
	attemptLife  = 5 * time.Minute
	attemptTries = 5
)

// PendingSignIn is a sign-in whose password was right and that waits for a code. It
// lives in SQL, where the processes share it: each try is taken from it in one
// statement, before the code is looked at.
type PendingSignIn struct {
	Hash      []byte // SHA-256 of the mfa_token
	UserID    string
	Verified  []byte // SHA-256 of the password hash that was checked
	TriesLeft int
}

// askCode keeps an attempt for an account whose password was just checked and
// returns CodeMFARequired with its token.
func (s *Service) askCode(ctx context.Context, a Account) error {
	value := make([]byte, attemptLen)
	rand.Read(value) // never fails (crypto/rand)
	token := base64.RawURLEncoding.EncodeToString(value)
	err := s.accounts.CreateAttempt(ctx, PendingSignIn{
		Hash: attemptHash(token), UserID: a.ID, Verified: verifiedHash(a), TriesLeft: attemptTries,
	}, attemptLife)
	if err != nil {
		return away("keep a sign-in attempt", err)
	}
	return &marquee.Error{Code: marquee.CodeMFARequired, MFAToken: token}
}

// LoginMFA is the second step of a sign-in. CodeWrongCode while the attempt
// goes on; CodeAttemptOver when its tries or its time are used up,
// the password changed meanwhile, or the token is none.
func (s *Service) LoginMFA(ctx context.Context, step marquee.SecondStep) (marquee.Tokens, error) {
	secret := newRefreshSecret()
	session, device, err := s.finishSignIn(ctx, step, Session{SecretHash: refreshToken{secret: secret}.secretHash()})
	if err != nil {
		return marquee.Tokens{}, err
	}
	tokens, err := s.issue(session, secret, session.CreatedAt)
	tokens.DeviceToken = device
	return tokens, err
}

// LoginBrowserMFA is LoginMFA for a browser.
func (s *Service) LoginBrowserMFA(ctx context.Context, step marquee.SecondStep) (cookie, deviceToken string, err error) {
	cookie, hash := newCookie()
	_, deviceToken, err = s.finishSignIn(ctx, step, Session{CookieHash: hash})
	if err != nil {
		return "", "", err
	}
	return cookie, deviceToken, nil
}

func (s *Service) finishSignIn(ctx context.Context, step marquee.SecondStep, session Session) (opened Session, device string, err error) {
	o := cleanOrigin(step.Origin)
	network := networkOf(o)
	if err := s.guard.count(ctx, s.guard.limits.SignIn, "sign-in", network); err != nil {
		return Session{}, "", err
	}
	pending, a, now, err := s.pending(ctx, step.Token)
	if err != nil {
		return Session{}, "", err
	}
	entry := admission{account: a, places: s.masters.places(a.ID, network)}
	last, err := s.accounts.LastFromPlace(ctx, a.ID, entry.places)
	if err != nil {
		return Session{}, "", away("look a place up", err)
	}
	caller, age := "strangers", s.now().Sub(last)
	if entry.noted = age < placePause; age < familiarFor {
		caller = network
	}
	known := false
	if entry.device, known = s.masters.deviceOf(step.DeviceToken, a, s.now()); known {
		caller = "device:" + hex.EncodeToString(entry.device.id[:])
	} else {
		entry.device = newDevice()
	}
	amr := []string{amrPassword}
	if a.TOTP != nil { // taken away since by an operator: the password is all there is
		method, err := s.checkFactor(ctx, a, step.Code, caller, o, now)
		switch {
		case marquee.IsCode(err, marquee.CodeInvalid) && pending.TriesLeft == 0:
			return Session{}, "", marquee.E(marquee.CodeAttemptOver)
		case marquee.IsCode(err, marquee.CodeInvalid):
			return Session{}, "", marquee.E(marquee.CodeWrongCode)
		case err != nil:
			return Session{}, "", err
		}
		amr = append(amr, method...)
	}
	ok, err := s.accounts.EndAttempt(ctx, pending.Hash)
	if err != nil {
		return Session{}, "", away("finish a sign-in", err)
	}
	if !ok { // another request has finished it
		return Session{}, "", marquee.E(marquee.CodeAttemptOver)
	}
	opened, err = s.open(ctx, newSession(session, a.ID, o, amr, s.now()), a.PasswordHash)
	if marquee.IsCode(err, marquee.CodeWrongCredentials) {
		return Session{}, "", marquee.Wrap(marquee.CodeAttemptOver, "finish a sign-in", err)
	}
	if err != nil {
		return Session{}, "", err
	}
	s.record(ctx, EventSignedIn, opened, o)
	return opened, s.welcome(ctx, entry, ""), nil
}

// pending takes one try from the attempt of a token and returns it, its
// account and the store's time. CodeAttemptOver if there is none, or the
// account is not as it was when the password was checked.
func (s *Service) pending(ctx context.Context, token string) (PendingSignIn, Account, time.Time, error) {
	p, now, err := s.accounts.TryAttempt(ctx, attemptHash(token))
	if marquee.IsCode(err, marquee.CodeNotFound) {
		return p, Account{}, now, marquee.Wrap(marquee.CodeAttemptOver, "finish a sign-in", err)
	}
	if err != nil {
		return p, Account{}, now, away("finish a sign-in", err)
	}
	a, err := s.accounts.AccountByID(ctx, p.UserID)
	switch {
	case err != nil && !marquee.IsCode(err, marquee.CodeNotFound):
		return p, Account{}, now, away("finish a sign-in", err)
	case err != nil || !a.IsActive || string(p.Verified) != string(verifiedHash(a)):
		return p, Account{}, now, marquee.E(marquee.CodeAttemptOver)
	}
	return p, a, now, nil
}

func attemptHash(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

// verifiedHash names a password hash without being one.
func verifiedHash(a Account) []byte {
	h := sha256.Sum256([]byte("verified\x00" + a.ID + "\x00" + a.PasswordHash))
	return h[:]
}
