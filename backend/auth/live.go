package auth

import (
	"context"
	"time"

	"example.com/marquee/common/marquee"
)

// Live tells people's sessions what has just happened. It may fail in silence:
// whoever misses something learns it at his next request.
type Live interface {
	// Publish tells every session of a person or, of the end of a session,
	// that one alone. It does not keep the caller waiting for long.
	Publish(ctx context.Context, userID string, events ...marquee.LiveEvent)
}

// toldEvents passes events on and tells those that listen of some of them.
type toldEvents struct {
	Events
	live Live
	now  func() time.Time
}

// Record implements Events.
func (t toldEvents) Record(ctx context.Context, e Event) {
	t.Events.Record(ctx, e)
	kind := ""
	switch e.Kind {
	case EventSignedIn:
		kind = marquee.LiveSignedIn
	case EventPasswordChanged, EventAccountChanged, EventFactorOn, EventFactorOff,
		EventKeyLinked, EventKeyChanged, EventKeyRemoved:
		kind = marquee.LiveCredentialChanged
	default:
		return
	}
	t.live.Publish(ctx, e.UserID, marquee.LiveEvent{Kind: kind, SessionID: e.SessionID, At: t.now().UTC()})
}

// tellEnds tells those who listen in sessions that these may be over. They ask
// before they believe it.
func (s *Service) tellEnds(ctx context.Context, sessionIDs []string) {
	if s.live == nil {
		return
	}
	events := make([]marquee.LiveEvent, len(sessionIDs))
	for i, id := range sessionIDs {
		events[i] = marquee.LiveEvent{Kind: marquee.LiveSessionEnded, SessionID: id, At: s.now().UTC()}
	}
	s.live.Publish(ctx, "", events...)
}

// SessionEnd tells of the end of the acting session, by SQL; nil while it lives.
func (s *Service) SessionEnd(ctx context.Context) (*marquee.LiveEvent, error) {
	actor, err := marquee.ActorFrom(ctx)
	if err != nil {
		return nil, err
	}
	end := &marquee.LiveEvent{Kind: marquee.LiveSessionEnded, SessionID: actor.SessionID, At: s.now().UTC()}
	session, active, now, err := s.sessions.SessionByID(ctx, actor.SessionID)
	switch {
	case marquee.IsCode(err, marquee.CodeNotFound): // tokens do not live as long as old sessions are kept
		end.Reason = EndDeleted
		return end, nil
	case err != nil:
		return nil, away("find a session", err)
	case active && live(session, now):
		return nil, nil
	case !session.EndedAt.IsZero():
		end.At, end.Reason = session.EndedAt.UTC(), session.EndReason
	}
	return end, nil
}
