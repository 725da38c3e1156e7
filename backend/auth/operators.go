package auth

import (
	"context"

	"example.com/marquee/common/marquee"
)

// SetPassword sets a person's password for an operator and ends every session
// of his. CodeNotFound, CodeInvalid.
func (s *Service) SetPassword(ctx context.Context, login, password string) error {
	a, err := s.find(ctx, login)
	if err != nil {
		return err
	}
	hash, err := s.newHash(ctx, a, "", password)
	if err != nil {
		return err
	}
	_, ended, err := s.accounts.UpdateAccount(ctx, a.ID, AccountPatch{PasswordHash: &hash, EndReason: EndPassword})
	if err != nil {
		return err
	}
	s.events.Record(ctx, Event{Kind: EventPasswordChanged, UserID: a.ID})
	return s.forget(ctx, ended...)
}

// SetActive enables an account, or disables it and ends every session of its
// owner. CodeNotFound.
func (s *Service) SetActive(ctx context.Context, login string, active bool) error {
	a, err := s.find(ctx, login)
	if err != nil {
		return err
	}
	patch := AccountPatch{IsActive: &active}
	if !active {
		patch.EndReason = EndDisabled
	}
	_, ended, err := s.accounts.UpdateAccount(ctx, a.ID, patch)
	if err != nil {
		return err
	}
	kind := EventDisabled
	if active {
		kind = EventEnabled
	}
	s.events.Record(ctx, Event{Kind: kind, UserID: a.ID, Actor: marquee.ByOperator})
	return s.forget(ctx, ended...)
}

// ListUsers returns at most limit people by user name, those after the given
// name; "" starts at the beginning.
func (s *Service) ListUsers(ctx context.Context, after string, limit int) ([]marquee.User, error) {
	accounts, err := s.accounts.FindAccounts(ctx, AccountQuery{After: marquee.FoldName(after), Limit: limit})
	if err != nil {
		return nil, err
	}
	return usersOf(accounts), nil
}

func usersOf(accounts []Account) []marquee.User {
	users := make([]marquee.User, len(accounts))
	for i, a := range accounts {
		users[i] = a.User
	}
	return users
}

func (s *Service) find(ctx context.Context, login string) (Account, error) {
	if !findable(login) {
		return Account{}, marquee.E(marquee.CodeNotFound)
	}
	return s.accounts.AccountByLogin(ctx, login)
}

// newHash checks a new password of an account by the rules and hashes it for
// who asks from address.
func (s *Service) newHash(ctx context.Context, a Account, address, password string) (string, error) {
	if e := s.passwords.Check(password, a.Username, a.Email); e != nil {
		return "", marquee.Invalid(*e)
	}
	return s.hasher.hash(ctx, address, password)
}
