package auth

import (
	"context"
	"time"

	"example.com/marquee/common/marquee"
)

// How a second factor was given, for amr (RFC 8176 section 2).
const (
	amrOneTime = "otp"
	// AMRMultiple says that more than one factor was given.
	AMRMultiple = "mfa"
)

// errCode is a code that is wrong, used or of another time; which, is not told.
func errCode() error {
	return marquee.Invalid(marquee.FieldError{Field: "code", Code: marquee.FieldWrongCode})
}

// checkFactor lets caller, at o, try a code of an account's second factor. It
// returns what to add to the session's amr. CodeInvalid on field code;
// CodeTooManyRequests.
func (s *Service) checkFactor(ctx context.Context, a Account, code, caller string, o marquee.Origin, now time.Time) (amr []string, err error) {
	code = typedCode(code)
	if code == "" {
		return nil, marquee.Invalid(marquee.FieldError{Field: "code", Code: marquee.FieldRequired})
	}
	try, err := s.guard.begin(ctx, s.factorTry(a, caller))
	if err != nil {
		return nil, err
	}
	amr, err = s.spendCode(ctx, a, code, o, now)
	switch {
	case err == nil:
		try.succeed(ctx)
	case !marquee.IsCode(err, marquee.CodeInvalid):
		try.withdraw(ctx)
	}
	return amr, err
}

// spendCode spends a time step, or a recovery code.
func (s *Service) spendCode(ctx context.Context, a Account, code string, o marquee.Origin, now time.Time) (amr []string, err error) {
	k, err := s.openFactor(ctx, a)
	if err != nil {
		return nil, err
	}
	if step, ok := k.stepOf(code, now); ok {
		used, err := s.accounts.UseTOTPStep(ctx, a.ID, step)
		if err != nil {
			return nil, away("use a code", err)
		}
		if used {
			return []string{amrOneTime, AMRMultiple}, nil
		}
	} else if len(code) == recoveryLen {
		used, err := s.accounts.UseRecoveryCode(ctx, a.ID, recoveryHash(k, a.ID, code), o)
		if err != nil {
			return nil, away("use a recovery code", err)
		}
		if used {
			s.events.Record(ctx, Event{Kind: EventRecoveryUsed, UserID: a.ID, Origin: o})
			return []string{AMRMultiple}, nil
		}
	}
	s.failed(ctx, Event{Kind: EventFactorFailed, UserID: a.ID, Origin: o})
	return nil, errCode()
}

// openFactor decrypts the secret of an account's factor, and keeps it sealed
// under the present master secret from then on.
func (s *Service) openFactor(ctx context.Context, a Account) (totpSecret, error) {
	k, stale, err := openTOTPSecret(s.masters, a.ID, a.TOTP)
	if err != nil {
		return nil, marquee.Wrap(marquee.CodeInternal, "open a second factor", err)
	}
	if stale {
		if err := s.accounts.ResealTOTP(ctx, a.ID, a.TOTP, k.seal(s.masters.present, a.ID)); err != nil {
			s.log.WarnContext(ctx, "second factor not sealed anew", "user", a.ID, "error", err)
		}
	}
	return k, nil
}

// factorTry is a try of a code: wrong ones of an account are counted whatever
// sign-ins they belong to. Only who has the password gets here; those who are
// not familiar have their pauses together.
func (s *Service) factorTry(a Account, caller string) Try {
	return Try{Account: "second-factor:" + a.ID, Caller: marquee.LimitKey("code", a.ID, caller), Pauses: s.guard.limits.SecondFactor}
}

// resealFactors seals every factor under the present master secret, so that
// the previous one can be dropped although not everybody has signed in.
func (s *Service) resealFactors(ctx context.Context) error {
	if s.masters.previous == nil {
		return nil
	}
	const batch = 500
	for after := ""; ; {
		accounts, err := s.accounts.AccountsWithTOTP(ctx, after, batch)
		if err != nil {
			return marquee.Wrap(marquee.ErrorCode(err), "list second factors", err)
		}
		for _, a := range accounts {
			if _, err := s.openFactor(ctx, a); err != nil {
				s.log.WarnContext(ctx, "second factor does not open", "user", a.ID, "error", err)
			}
		}
		if len(accounts) < batch {
			return nil
		}
		after = accounts[len(accounts)-1].ID
	}
}
