package auth

import (
	"context"

	"example.com/marquee/common/marquee"
)

// Keys lists the acting person's SSH keys, oldest first.
func (s *Service) Keys(ctx context.Context) ([]marquee.SSHKey, error) {
	actor, err := marquee.ActorFrom(ctx)
	if err != nil {
		return nil, err
	}
	linked, err := s.accounts.KeysOf(ctx, actor.UserID)
	if err != nil {
		return nil, away("list keys", err)
	}
	keys := make([]marquee.SSHKey, len(linked))
	for i, k := range linked {
		keys[i] = k.SSHKey
	}
	return keys, nil
}

// LinkKey links a key to the acting person's account. It needs a recent
// sign-in and that the key proves itself: a public key alone is no secret, and
// whoever linked somebody else's would keep him from linking it.
func (s *Service) LinkKey(ctx context.Context, l marquee.KeyLink) (marquee.SSHKey, error) {
	a, at, err := s.sensitive(ctx)
	if err != nil {
		return marquee.SSHKey{}, err
	}
	k := LinkedKey{UserID: a.ID, SSHKey: marquee.SSHKey{ID: newID(), ReplacesSecondFactor: l.ReplacesSecondFactor}}
	if err := k.describe(marquee.KeyPatch{Name: &l.Name, From: &l.From}); err != nil {
		return marquee.SSHKey{}, err
	}
	p, err := s.prove(ctx, l.KeyProof, marquee.LinkNamespace, l.Origin)
	if err != nil {
		return marquee.SSHKey{}, err
	}
	if p.key == nil { // nobody could show it, or check a signature by it
		return marquee.SSHKey{}, marquee.Invalid(marquee.FieldError{Field: "public_key", Code: marquee.FieldRequired})
	}
	if err := s.spend(ctx, p); err != nil {
		return marquee.SSHKey{}, err
	}
	k.Fingerprint, k.PublicKey = p.fingerprint, authorizedKey(p.key)
	k, err = s.accounts.LinkKey(ctx, k, marquee.KeysMax, p.origin)
	if err != nil {
		return marquee.SSHKey{}, away("link a key", err)
	}
	s.recordKey(ctx, EventKeyLinked, k, at.session)
	return k.SSHKey, nil
}

// ChangeKey changes a key of the acting person's. What lets it do more than
// before, replacing the second factor or coming from elsewhere, needs a recent
// sign-in. CodeTooManyRequests.
func (s *Service) ChangeKey(ctx context.Context, id string, p marquee.KeyPatch) (marquee.SSHKey, error) {
	actor, err := marquee.ActorFrom(ctx)
	if err != nil {
		return marquee.SSHKey{}, err
	}
	session, _, notRecent := s.recent(ctx, actor)
	if notRecent != nil && !marquee.IsCode(notRecent, marquee.CodeStepUpRequired) {
		return marquee.SSHKey{}, notRecent
	}
	if err := s.mayChange(ctx, actor.UserID); err != nil {
		return marquee.SSHKey{}, err
	}
	k, err := s.accounts.ChangeKey(ctx, actor.UserID, id, func(k *LinkedKey) error {
		before := *k
		if err := k.describe(p); err != nil {
			return err
		}
		wider := k.ReplacesSecondFactor && !before.ReplacesSecondFactor || !within(k.From, before.From)
		if wider {
			return notRecent
		}
		return nil
	})
	if err != nil {
		return marquee.SSHKey{}, away("change a key", err)
	}
	session.ID, session.UserID = actor.SessionID, actor.UserID
	s.recordKey(ctx, EventKeyChanged, k, session)
	return k.SSHKey, nil
}

// RemoveKey removes a key of the acting person's. The sessions it opened end
// in the same transaction, the asking one too if it is among them.
func (s *Service) RemoveKey(ctx context.Context, id string) error {
	actor, err := marquee.ActorFrom(ctx)
	if err != nil {
		return err
	}
	k, ended, err := s.accounts.RemoveKey(ctx, actor.UserID, id, EndKey)
	if err != nil {
		return away("remove a key", err)
	}
	s.recordKey(ctx, EventKeyRemoved, k, Session{ID: actor.SessionID, UserID: actor.UserID})
	return s.forget(ctx, ended...)
}

// describe sets what a person says of a key. CodeInvalid with every field that
// the rules refuse.
func (k *LinkedKey) describe(p marquee.KeyPatch) error {
	var fields []marquee.FieldError
	if p.Name != nil {
		name, wrong := keyName(*p.Name)
		if wrong != nil {
			fields = append(fields, *wrong)
		}
		k.Name = name
	}
	if p.From != nil {
		from, wrong := networksOf(*p.From)
		if wrong != nil {
			fields = append(fields, *wrong)
		}
		k.From = from
	}
	if p.ReplacesSecondFactor != nil {
		k.ReplacesSecondFactor = *p.ReplacesSecondFactor
	}
	return marquee.Invalid(fields...)
}

func (s *Service) recordKey(ctx context.Context, kind string, k LinkedKey, session Session) {
	s.events.Record(ctx, Event{Kind: kind, UserID: k.UserID, SessionID: session.ID, Key: k.Fingerprint, Origin: session.Origin})
}
