package auth

import (
	"context"

	"example.com/marquee/common/marquee"
)

// Sessions lists the live sessions of the acting person, newest first. It
// does not tell when the asking one was last used: who holds a stolen pair
// could time his refresh by it to fall into the grace of the owner's.
func (s *Service) Sessions(ctx context.Context) ([]marquee.Session, error) {
	actor, err := marquee.ActorFrom(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := s.sessions.LiveSessions(ctx, actor.UserID)
	if err != nil {
		return nil, away("list sessions", err)
	}
	sessions := make([]marquee.Session, 0, len(rows))
	for _, r := range rows {
		sessions = append(sessions, shown(r, actor.SessionID))
	}
	return sessions, nil
}

// shown is a session as its owner may see it from the session asking.
func shown(r Session, asking string) marquee.Session {
	v := marquee.Session{
		ID: r.ID, Current: r.ID == asking,
		Client: r.Origin.Client, Address: r.Origin.Address, Agent: r.Origin.Agent,
		CreatedAt: r.CreatedAt.UTC(), EndsAt: r.EndsAt.UTC(),
	}
	if !v.Current {
		used := r.LastUsedAt.UTC()
		v.LastUsedAt = &used
	}
	return v
}

// EndSession ends one of the acting person's sessions. CodeNotFound if it is
// not his or had ended before; its copy is removed then all the same, so that
// an end that was answered CodeUnavailable can be tried again.
func (s *Service) EndSession(ctx context.Context, id string) error {
	actor, err := marquee.ActorFrom(ctx)
	if err != nil {
		return err
	}
	if !validID(id) {
		return marquee.E(marquee.CodeNotFound)
	}
	session, _, now, err := s.sessions.SessionByID(ctx, id)
	if err != nil {
		return away("end a session", err)
	}
	if session.UserID != actor.UserID {
		return marquee.E(marquee.CodeNotFound)
	}
	if err := s.sessions.EndSession(ctx, actor.UserID, id, EndRevoked); err != nil {
		return away("end a session", err)
	}
	if err := s.forget(ctx, id); err != nil {
		return err
	}
	if !live(session, now) {
		return marquee.E(marquee.CodeNotFound)
	}
	s.events.Record(ctx, Event{Kind: EventSessionEnded, UserID: actor.UserID, SessionID: id})
	return nil
}
