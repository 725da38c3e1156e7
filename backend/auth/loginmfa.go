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
	attemptLen   = 32 // bytes, 256 random bits
	attemptLife  = 5 * time.Minute
	attemptTries = 5
)

// PendingSignIn is a sign-in whose first step was right and that waits for a
// code. It lives in SQL, where the processes share it: each try is taken from
// it in one statement, before the code is looked at.
type PendingSignIn struct {
	Hash      []byte // SHA-256 of the mfa_token
	UserID    string
	Verified  []byte // SHA-256 of the password hash that was checked
	TriesLeft int
	Method    string // how the first step was taken, as amr says
	KeyID     string // the SSH key it was taken with, "" for a password
}

// askCode keeps an attempt for an account whose password, or key, was just
// checked and returns CodeMFARequired with its token.
func (s *Service) askCode(ctx context.Context, a Account, method, keyID string) error {
	value := make([]byte, attemptLen)
	rand.Read(value) // never fails (crypto/rand)
	token := base64.RawURLEncoding.EncodeToString(value)
	err := s.accounts.CreateAttempt(ctx, PendingSignIn{
		Hash: attemptHash(token), UserID: a.ID, Verified: verifiedHash(a), TriesLeft: attemptTries,
		Method: method, KeyID: keyID,
	}, attemptLife)
	if err != nil {
		return away("keep a sign-in attempt", err)
	}
	return &marquee.Error{Code: marquee.CodeMFARequired, MFAToken: token}
}

// LoginMFA is the second step of a sign-in. CodeWrongCode while the attempt
// goes on; CodeAttemptOver when its tries or its time are used up, the password
// changed meanwhile, or the token is none.
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

// finishSignIn takes a try from the attempt of a token, has the code checked,
// and opens session.
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
	if err := s.stillGood(ctx, pending, o); err != nil {
		return Session{}, "", err
	}
	entry, err := s.recognise(ctx, a, network, step.DeviceToken)
	if err != nil {
		return Session{}, "", err
	}
	amr, err := s.secondStep(ctx, pending, entry, step.Code, o, now)
	if err != nil {
		return Session{}, "", err
	}
	ok, err := s.accounts.EndAttempt(ctx, pending.Hash)
	if err != nil {
		return Session{}, "", away("finish a sign-in", err)
	}
	if !ok { // another request has finished it
		return Session{}, "", marquee.E(marquee.CodeAttemptOver)
	}
	session.KeyID = pending.KeyID
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

// secondStep checks the code of an attempt and returns the amr of the session.
// CodeWrongCode, CodeAttemptOver for the last try.
func (s *Service) secondStep(ctx context.Context, p PendingSignIn, entry admission, code string, o marquee.Origin, now time.Time) ([]string, error) {
	amr := []string{p.Method}
	if entry.account.TOTP == nil { // taken away since by an operator: the first step is all there is
		return amr, nil
	}
	caller := "strangers"
	if entry.familiar {
		caller = networkOf(o)
	}
	if entry.known {
		caller = entry.device.String()
	}
	method, err := s.checkFactor(ctx, entry.account, code, caller, o, now)
	switch {
	case marquee.IsCode(err, marquee.CodeInvalid) && p.TriesLeft == 0:
		return nil, marquee.E(marquee.CodeAttemptOver)
	case marquee.IsCode(err, marquee.CodeInvalid):
		return nil, marquee.E(marquee.CodeWrongCode)
	case err != nil:
		return nil, err
	}
	return append(amr, method...), nil
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

// stillGood refuses the second step where the key of the first is not good
// from: the two may come from different places. That it is linked is for
// OpenSession to see.
func (s *Service) stillGood(ctx context.Context, p PendingSignIn, o marquee.Origin) error {
	if p.KeyID == "" {
		return nil
	}
	k, err := s.accounts.KeyByID(ctx, p.KeyID)
	switch {
	case err != nil && !marquee.IsCode(err, marquee.CodeNotFound):
		return away("find a key", err)
	case err != nil || !k.allows(o.Address):
		return marquee.E(marquee.CodeAttemptOver)
	}
	return nil
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
