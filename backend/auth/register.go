package auth

import (
	"context"

	"example.com/marquee/common/marquee"
)

// Register makes an account of what a person typed: active, and nothing more.
// Slips do not count for its limit. CodeTooManyRequests.
func (s *Service) Register(ctx context.Context, r marquee.Registration) (marquee.User, error) {
	if err := s.mayBeJudged(ctx, r.Origin); err != nil {
		return marquee.User{}, err
	}
	if err := r.Validate(s.passwords); err != nil {
		return marquee.User{}, err
	}
	if err := s.guard.count(ctx, s.guard.limits.Register, "register", networkOf(r.Origin)); err != nil {
		return marquee.User{}, err
	}
	return s.create(ctx, r, false)
}

// mayBeJudged bounds how often a network has new passwords judged: slips cost
// no hash, and a long one made for it keeps a processor busy for as long.
func (s *Service) mayBeJudged(ctx context.Context, o marquee.Origin) error {
	return s.guard.count(ctx, s.guard.limits.Judge, "judge", networkOf(o))
}

// CreateUser makes an account for an operator. CodeInvalid with fields,
// CodeUsernameTaken, CodeEmailTaken.
func (s *Service) CreateUser(ctx context.Context, r marquee.Registration, superuser bool) (marquee.User, error) {
	if err := r.Validate(s.passwords); err != nil {
		return marquee.User{}, err
	}
	return s.create(ctx, r, superuser)
}

// create makes an account of what the rules have taken.
func (s *Service) create(ctx context.Context, r marquee.Registration, superuser bool) (marquee.User, error) {
	hash, err := s.hasher.hash(ctx, r.Origin.Address, r.Password)
	if err != nil {
		return marquee.User{}, err
	}
	a, err := s.accounts.CreateAccount(ctx, Account{
		User: marquee.User{
			ID: newID(), Email: marquee.NormalName(r.Email), Username: marquee.NormalName(r.Username),
			IsActive: true, IsSuperuser: superuser,
		},
		PasswordHash: hash,
	})
	return a.User, taken(err)
}

// taken names the field of a name or an address that somebody has already.
func taken(err error) error {
	switch marquee.ErrorCode(err) {
	case marquee.CodeUsernameTaken:
		return takenField(marquee.CodeUsernameTaken, "username", err)
	case marquee.CodeEmailTaken:
		return takenField(marquee.CodeEmailTaken, "email", err)
	}
	return err
}

func takenField(code marquee.Code, field string, cause error) error {
	e := marquee.Wrap(code, "keep an account", cause)
	e.Fields = []marquee.FieldError{{Field: field, Code: marquee.FieldTaken}}
	return e
}
