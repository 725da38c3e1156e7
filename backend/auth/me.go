package auth

import (
	"context"

	"example.com/marquee/common/marquee"
)

// Me returns the acting person.
func (s *Service) Me(ctx context.Context) (marquee.User, error) {
	actor, err := marquee.ActorFrom(ctx)
	if err != nil {
		return marquee.User{}, err
	}
	a, err := s.accountOf(ctx, actor)
	if err != nil {
		return marquee.User{}, err
	}
	return s.ownUser(ctx, a)
}

// ownUser is an account as its owner sees it, with how many recovery codes
// are left.
func (s *Service) ownUser(ctx context.Context, a Account) (marquee.User, error) {
	if a.TOTP == nil {
		return a.User, nil
	}
	var err error
	if a.RecoveryCodesLeft, err = s.accounts.CountRecoveryCodes(ctx, a.ID); err != nil {
		return marquee.User{}, away("count recovery codes", err)
	}
	return a.User, nil
}

// accountOf returns the account of an actor. One that is gone, or disabled
// since the request was let in, is nobody's session any more.
func (s *Service) accountOf(ctx context.Context, actor marquee.Actor) (Account, error) {
	a, err := s.accounts.AccountByID(ctx, actor.UserID)
	if marquee.IsCode(err, marquee.CodeNotFound) || err == nil && !a.IsActive {
		return Account{}, marquee.E(marquee.CodeInvalidToken)
	}
	if err != nil {
		return Account{}, away("load an account", err)
	}
	return a, nil
}
