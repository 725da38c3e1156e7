package auth

import (
	"context"
	"errors"

	"example.com/marquee/common/marquee"
)

// amrSSH says that an SSH key opened the session. It is no value of RFC 8176,
// and a session that has it has no auth_time: see mayStepUp.
const amrSSH = "ssh"

var (
	errUnlinked   = errors.New("the key is linked to no account")
	errKeyRefused = errors.New("the account is disabled, or the key is not good from there")
)

// LoginWithKey opens a session by a linked key, proved by a signature of a
// challenge or by an SSH server. CodeMFARequired where a second factor is set
// that the key does not replace; CodeInvalidGrant whatever the reason.
func (s *Service) LoginWithKey(ctx context.Context, proof marquee.KeyProof, o marquee.Origin) (marquee.Tokens, error) {
	p, err := s.prove(ctx, proof, marquee.SignInNamespace, o)
	if err != nil {
		return marquee.Tokens{}, err
	}
	k, a, err := s.ownerOf(ctx, p)
	if err != nil {
		return marquee.Tokens{}, err
	}
	if err := s.spend(ctx, p); err != nil {
		return marquee.Tokens{}, err
	}
	if a.TOTP != nil && !k.ReplacesSecondFactor {
		return marquee.Tokens{}, s.askCode(ctx, a, amrSSH, k.ID)
	}
	secret := newRefreshSecret()
	session := Session{SecretHash: refreshToken{secret: secret}.secretHash(), KeyID: k.ID, Brief: p.brief}
	opened, err := s.open(ctx, newSession(session, a.ID, p.origin, []string{amrSSH}, s.now()), a.PasswordHash)
	if marquee.IsCode(err, marquee.CodeWrongCredentials) { // the key, the password or the factor changed in this moment
		return marquee.Tokens{}, refuse(err)
	}
	if err != nil {
		return marquee.Tokens{}, err
	}
	s.recordKey(ctx, EventSignedIn, k, opened)
	return s.issue(opened, secret, opened.CreatedAt)
}

// ownerOf returns the key as it is linked and its account, if the one may sign
// in to the other from where the proof came.
func (s *Service) ownerOf(ctx context.Context, p provedKey) (LinkedKey, Account, error) {
	k, err := s.accounts.KeyByFingerprint(ctx, p.fingerprint)
	if marquee.IsCode(err, marquee.CodeNotFound) {
		return LinkedKey{}, Account{}, refuse(errUnlinked)
	}
	if err != nil {
		return LinkedKey{}, Account{}, away("find a key", err)
	}
	a, err := s.accounts.AccountByID(ctx, k.UserID)
	if err != nil && !marquee.IsCode(err, marquee.CodeNotFound) {
		return LinkedKey{}, Account{}, away("find an account", err)
	}
	if err != nil || !a.IsActive || !k.allows(p.origin.Address) {
		s.failed(ctx, Event{Kind: EventSignInFailed, UserID: a.ID, Key: k.Fingerprint, Origin: p.origin})
		return LinkedKey{}, Account{}, refuse(errKeyRefused)
	}
	return k, a, nil
}
