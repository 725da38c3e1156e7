package auth

import (
	"context"

	"example.com/marquee/common/marquee"
)

// UpdateMe changes the acting person's profile. A new password or address
// needs a recent sign-in and the current password besides: neither a stolen
// token nor a terminal left alone is enough. It ends the person's other
// sessions in the transaction that makes the change; the asking one goes on.
// Being active or superuser is no part of a patch.
func (s *Service) UpdateMe(ctx context.Context, p marquee.UserPatch) (marquee.User, error) {
	actor, err := marquee.ActorFrom(ctx)
	if err != nil {
		return marquee.User{}, err
	}
	// Twice at most: a sign-in may hash the same password anew in between.
	var try attempt // one, however often its password is checked
	for again := false; ; again = true {
		a, err := s.updateMe(ctx, actor, p, &try)
		if marquee.IsCode(err, marquee.CodeWrongPassword) && !again && p.CurrentPassword != "" {
			continue
		}
		if err != nil {
			return a.User, err
		}
		return s.ownUser(ctx, a)
	}
}

func (s *Service) updateMe(ctx context.Context, actor marquee.Actor, p marquee.UserPatch, try *attempt) (Account, error) {
	a, err := s.accountOf(ctx, actor)
	if err != nil {
		return Account{}, err
	}
	p = changes(p, a)
	if p.Password != nil && !try.begun() { // not again when it is tried again
		if err := s.mayBeJudged(ctx, p.Origin); err != nil {
			return Account{}, err
		}
	}
	if err := s.checkPatch(p, a); err != nil {
		return Account{}, err
	}
	change := AccountPatch{Email: p.Email, Username: p.Username}
	if p.Email != nil || p.Password != nil {
		if _, _, err := s.recent(ctx, actor); err != nil {
			return Account{}, err
		}
		if err := s.confirm(ctx, a, actor, p.Origin.Address, p.CurrentPassword, try); err != nil {
			return Account{}, err
		}
		change.IfHash, change.EndReason, change.KeepSession = &a.PasswordHash, EndPassword, actor.SessionID
	}
	if change.Email == nil && change.Username == nil && p.Password == nil {
		return a, nil
	}
	if err := s.mayAskForNames(ctx, a, p.Origin); err != nil {
		return Account{}, err
	}
	if p.Password != nil {
		hash, err := s.hasher.hash(ctx, p.Origin.Address, *p.Password)
		if err != nil {
			return Account{}, err
		}
		change.PasswordHash = &hash
	}
	a, ended, err := s.accounts.UpdateAccount(ctx, a.ID, change)
	if err != nil {
		return Account{}, taken(err)
	}
	s.recordChange(ctx, actor, p)
	return a, s.forget(ctx, ended...)
}

// changes leaves of a patch what differs from the account, in the form in
// which it is kept. The article's client sends all of a profile every time.
func changes(p marquee.UserPatch, a Account) marquee.UserPatch {
	return marquee.UserPatch{
		Email: changed(p.Email, a.Email), Username: changed(p.Username, a.Username),
		Password: p.Password, CurrentPassword: p.CurrentPassword, Origin: p.Origin,
	}
}

func changed(to *string, from string) *string {
	if to == nil {
		return nil
	}
	normal := marquee.NormalName(*to)
	if normal == from {
		return nil
	}
	return &normal
}

// checkPatch returns CodeInvalid with every field that the rules refuse.
func (s *Service) checkPatch(p marquee.UserPatch, a Account) error {
	var fields []marquee.FieldError
	add := func(e *marquee.FieldError) {
		if e != nil {
			fields = append(fields, *e)
		}
	}
	username, email := a.Username, a.Email
	if p.Username != nil {
		username = *p.Username
		add(marquee.CheckUsername(username))
	}
	if p.Email != nil {
		email = *p.Email
		add(marquee.CheckEmail(email))
	}
	if p.Password != nil {
		add(s.passwords.Check(*p.Password, username, email))
	}
	return marquee.Invalid(fields...)
}

// confirm checks the current password. CodeWrongPassword if it is missing or
// wrong; CodeTooManyRequests for a session that has been wrong too often: a
// stolen access token must not become a way to guess the password. What is
// checked again with the same try counts once.
func (s *Service) confirm(ctx context.Context, a Account, actor marquee.Actor, address, password string, try *attempt) (err error) {
	if password == "" {
		return marquee.E(marquee.CodeWrongPassword)
	}
	if !try.begun() {
		*try, err = s.guard.begin(ctx, Try{
			Account: "own-password:" + a.ID, Caller: actor.SessionID, Pauses: s.guard.limits.OwnPassword,
		})
		if err != nil {
			return err
		}
	}
	ok, _, err := s.hasher.check(ctx, address, a.PasswordHash, password)
	switch {
	case err != nil:
		try.withdraw(ctx)
		return err
	case !ok:
		return marquee.E(marquee.CodeWrongPassword)
	}
	try.succeed(ctx)
	return nil
}

// mayAskForNames counts a change that has no slip in it: whoever could ask for
// one name after the other would learn who has an account, as at registration.
func (s *Service) mayAskForNames(ctx context.Context, a Account, o marquee.Origin) error {
	if err := s.mayChange(ctx, a.ID); err != nil {
		return err
	}
	return s.guard.count(ctx, s.guard.limits.Change, "change", "network", networkOf(o))
}

// mayChange counts what is recorded each time: whoever could change something
// without end would fill the record.
func (s *Service) mayChange(ctx context.Context, userID string) error {
	return s.guard.count(ctx, s.guard.limits.Change, "change", "account", userID)
}

func (s *Service) recordChange(ctx context.Context, actor marquee.Actor, p marquee.UserPatch) {
	kind := EventAccountChanged
	if p.Password != nil {
		kind = EventPasswordChanged
	}
	s.events.Record(ctx, Event{Kind: kind, UserID: actor.UserID, SessionID: actor.SessionID})
}
