package auth

import (
	"context"

	"example.com/marquee/common/marquee"
)

// DeleteMe implements marquee.PersonalDataService. It asks for what a change of the
// password asks for: a recent sign-in, and the password besides.
// CodeUnavailable when Redis does not answer: the account is gone, and copies
// of its sessions may be believed until their lease is over, 60 s at most.
func (s *Service) DeleteMe(ctx context.Context, d marquee.Deletion) error {
	actor, err := marquee.ActorFrom(ctx)
	if err != nil {
		return err
	}
	// Twice at most: a sign-in may hash the same password anew in between.
	var try attempt // one, however often its password is checked
	for again := false; ; again = true {
		err := s.deleteMe(ctx, actor, d, &try)
		if !marquee.IsCode(err, marquee.CodeWrongPassword) || again || d.CurrentPassword == "" {
			return err
		}
	}
}

func (s *Service) deleteMe(ctx context.Context, actor marquee.Actor, d marquee.Deletion, try *attempt) error {
	a, err := s.accountOf(ctx, actor)
	if err != nil {
		return err
	}
	if _, _, err := s.recent(ctx, actor); err != nil {
		return err
	}
	if err := s.confirm(ctx, a, actor, d.Origin.Address, d.CurrentPassword, try); err != nil {
		return err
	}
	ended, err := s.accounts.DeleteAccount(ctx, a.ID, a.PasswordHash)
	if err != nil {
		return err
	}
	s.events.Record(ctx, Attribute(ctx, Event{
		Kind: EventDeleted, UserID: a.ID, SessionID: actor.SessionID, Origin: cleanOrigin(d.Origin),
	}))
	return s.forget(ctx, append(ended, actor.SessionID)...)
}
