package auth

import (
	"context"
	"crypto/subtle"

	"example.com/marquee/common/marquee"
)

// StartTOTP makes the secret of a second factor and keeps it until a code
// proves that an app has it; one that was started before is void, one that is
// in use stays in use until then.
func (s *Service) StartTOTP(ctx context.Context) (marquee.TOTPSecret, error) {
	a, _, err := s.sensitive(ctx)
	if err != nil {
		return marquee.TOTPSecret{}, err
	}
	k := newTOTPSecret()
	uri, err := k.uri(serviceTitle, a.Username)
	if err != nil {
		return marquee.TOTPSecret{}, marquee.Wrap(marquee.CodeInternal, "write an otpauth URI", err)
	}
	if err := s.accounts.SetPendingTOTP(ctx, a.ID, k.seal(s.masters.present, a.ID)); err != nil {
		return marquee.TOTPSecret{}, away("keep a second factor", err)
	}
	return marquee.TOTPSecret{Secret: k.String(), URI: uri}, nil
}

// serviceTitle is how an authenticator app names the account's service.
const serviceTitle = "marquee"

// ConfirmTOTP puts the started factor to use and returns its recovery codes,
// which nobody can ask for again. Other sessions of the person end: they were
// opened without it. CodeNotFound if none was started, CodeInvalid on field code.
// To try whether a secret is that of the factor needs what starting one needs, so
// it tells nobody more than he could have.
func (s *Service) ConfirmTOTP(ctx context.Context, c marquee.FirstCode) ([]string, error) {
	a, at, err := s.sensitive(ctx)
	if err != nil {
		return nil, err
	}
	if a.TOTPPending == nil {
		return nil, marquee.E(marquee.CodeNotFound)
	}
	k, _, err := openTOTPSecret(s.masters, a.ID, a.TOTPPending)
	if err != nil {
		return nil, marquee.Wrap(marquee.CodeInternal, "open a second factor", err)
	}
	anew := marquee.Invalid(marquee.FieldError{Field: "code", Code: marquee.FieldStartedAnew})
	if c.Secret != "" && subtle.ConstantTimeCompare([]byte(k.String()), []byte(c.Secret)) != 1 {
		return nil, anew // no code of that one will do, ever
	}
	step, ok := k.stepOf(typedCode(c.Code), at.now)
	if !ok {
		return nil, errCode()
	}
	codes, hashes := newRecoveryCodes(k, a.ID)
	ended, err := s.accounts.ConfirmTOTP(ctx, a.ID, a.TOTPPending, step, hashes, at.session.ID, EndFactor)
	switch {
	case marquee.IsCode(err, marquee.CodeNotFound): // another window, just now
		return nil, anew
	case err != nil:
		return nil, away("put a second factor to use", err)
	}
	s.record(ctx, EventFactorOn, at.session, at.session.Origin)
	return codes, s.forget(ctx, ended...)
}

// EndTOTP takes the acting person's second factor and its recovery codes
// away, and ends his other sessions. Without one there is nothing to do.
func (s *Service) EndTOTP(ctx context.Context) error {
	a, at, err := s.sensitive(ctx)
	if err != nil {
		return err
	}
	had, ended, err := s.accounts.EndTOTP(ctx, a.ID, at.session.ID, EndFactor)
	if err != nil {
		return away("end a second factor", err)
	}
	if had {
		s.record(ctx, EventFactorOff, at.session, at.session.Origin)
	}
	return s.forget(ctx, ended...)
}

// RenewRecoveryCodes makes ten new recovery codes; those before are void.
// CodeNotFound without a second factor; CodeTooManyRequests.
func (s *Service) RenewRecoveryCodes(ctx context.Context) ([]string, error) {
	a, at, err := s.sensitive(ctx)
	if err != nil {
		return nil, err
	}
	if a.TOTP == nil {
		return nil, marquee.E(marquee.CodeNotFound)
	}
	if err := s.mayChange(ctx, a.ID); err != nil {
		return nil, err
	}
	k, err := s.openFactor(ctx, a)
	if err != nil {
		return nil, err
	}
	codes, hashes := newRecoveryCodes(k, a.ID)
	if err := s.accounts.ReplaceRecoveryCodes(ctx, a.ID, hashes); err != nil {
		return nil, away("keep recovery codes", err)
	}
	s.record(ctx, EventRecoveryRenewed, at.session, at.session.Origin)
	return codes, nil
}

// MFAOff takes a person's second factor away for an operator and ends every
// session of his. It reports whether there was one. CodeNotFound.
func (s *Service) MFAOff(ctx context.Context, login string) (had bool, err error) {
	a, err := s.find(ctx, login)
	if err != nil {
		return false, err
	}
	had, ended, err := s.accounts.EndTOTP(ctx, a.ID, "", EndFactor)
	if err != nil {
		return false, err
	}
	if had {
		s.events.Record(ctx, Event{Kind: EventFactorOff, UserID: a.ID})
	}
	return had, s.forget(ctx, ended...)
}
