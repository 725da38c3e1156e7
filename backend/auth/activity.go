package auth

import (
	"context"
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"example.com/marquee/common/marquee"
)

const (
	// failuresADay is how many failures of a kind are listed of an account within
	// a day; a flood of them must not fill the record.
	failuresADay = 20
	// recordWait bounds how long the record of a refusal may take.
	recordWait = time.Second

	activityPage    = 20 // rows, when nobody says how many
	activityPageMax = 100

	// pruneBatch bounds how long rows of others are held at once.
	pruneBatch = 500
	prunePause = time.Hour
)

// ActivityMark is where a list of activity goes on.
type ActivityMark struct {
	At time.Time
	ID string
}

// ActivityRecord keeps what happened to accounts. What SQL decides is recorded
// by Accounts and Sessions, in the transaction that decides it.
type ActivityRecord interface {
	// RecordFailure records e. From the most-th of its kind and account within a
	// day on it only counts.
	RecordFailure(ctx context.Context, e Event, most int) error
	// Activity lists at most limit rows of a person, newest first, those after
	// the mark; the zero mark is the beginning.
	Activity(ctx context.Context, userID string, after ActivityMark, limit int) ([]marquee.Activity, error)
	// Prune takes away at most batch rows each of activity older than keep, of
	// sessions past any use, and of what has run out: links, sign-ins that wait
	// for a code, one-use ids, devices that ask; and of places where the person
	// has not signed in for as long as familiar. One process at a time does so; it
	// reports how many went.
	Prune(ctx context.Context, keep, familiar time.Duration, batch int) (int, error)
}

// Attribute says who did what happened, where the event does not: a rule, the
// person whom the context acts for, or else an operator.
func Attribute(ctx context.Context, e Event) Event {
	if e.Actor != "" {
		return e
	}
	a, err := marquee.ActorFrom(ctx)
	switch {
	case e.Reason == EndCap || e.Reason == EndReuse:
		e.Actor = marquee.BySystem
	case err != nil:
		e.Actor = marquee.ByOperator
	case a.UserID == e.UserID && a.SessionID == "":
		e.Actor, e.ActorID = marquee.ByLink, a.UserID
	case a.UserID != e.UserID:
		e.Actor, e.ActorID = marquee.ByAdmin, a.UserID
	case e.SessionID == "" || e.SessionID == a.SessionID:
		e.Actor, e.ActorID = marquee.BySelf, a.UserID
	default:
		e.Actor, e.ActorID, e.ActorSession = marquee.ByOtherSession, a.UserID, a.SessionID
	}
	return e
}

// failed records a refused password or code: in the log at once, and with the
// account where there is one. The answer does not wait for that: how long it
// took would tell who has an account. There are never many on their way, since
// each has passed the hasher or the limits. If one cannot be kept in time the
// log says so.
func (s *Service) failed(ctx context.Context, e Event) {
	e.Actor = marquee.BySelf
	s.events.Record(ctx, e)
	if e.UserID == "" {
		return
	}
	arrived := s.failures.add(e.UserID)
	go func() {
		defer arrived()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordWait)
		defer cancel()
		if err := s.activity.RecordFailure(ctx, e, failuresADay); err != nil {
			s.log.ErrorContext(ctx, "a security event is in this log only", "event", e.Kind, "user", e.UserID, "error", err)
		}
	}()
}

// Settle waits for the records of what was refused here, a second at
// most. Call it before the stores are closed.
func (s *Service) Settle() { _ = s.failures.wait(context.Background(), "") }

// Activity implements marquee.AccountService. A cursor is the place of a row;
// whatever it says, nobody else's rows are listed.
func (s *Service) Activity(ctx context.Context, p marquee.PageRequest) (marquee.ActivityPage, error) {
	actor, err := marquee.ActorFrom(ctx)
	if err != nil {
		return marquee.ActivityPage{}, err
	}
	limit := p.Limit
	if limit == 0 {
		limit = activityPage
	}
	if limit < 1 || limit > activityPageMax {
		return marquee.ActivityPage{}, marquee.Invalid(marquee.FieldError{Field: "limit", Code: marquee.FieldRange})
	}
	after, ok := readMark(p.Cursor)
	if !ok {
		return marquee.ActivityPage{}, marquee.Invalid(marquee.FieldError{Field: "cursor", Code: marquee.FieldFormat})
	}
	// A person who has just mistyped finds it.
	if err := s.failures.wait(ctx, actor.UserID); err != nil {
		return marquee.ActivityPage{}, away("list activity", err)
	}
	rows, err := s.activity.Activity(ctx, actor.UserID, after, limit+1)
	if err != nil {
		return marquee.ActivityPage{}, away("list activity", err)
	}
	page := marquee.ActivityPage{Items: rows}
	if len(rows) > limit {
		page.Items = rows[:limit]
		last := rows[limit-1]
		next := writeMark(ActivityMark{At: last.At, ID: last.ID})
		page.NextCursor = &next
	}
	return page, nil
}

func writeMark(m ActivityMark) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(m.At.UnixMicro(), 10) + "." + m.ID))
}

func readMark(cursor string) (m ActivityMark, ok bool) {
	if cursor == "" {
		return m, true
	}
	text, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil {
		return m, false
	}
	at, id, _ := strings.Cut(string(text), ".")
	us, err := strconv.ParseInt(at, 10, 64)
	if err != nil || !validID(id) {
		return m, false
	}
	return ActivityMark{At: time.UnixMicro(us).UTC(), ID: id}, true
}

// Housekeep takes away what is old, at once and then every hour, until ctx
// ends: activity beyond Config.ActivityLife, sessions past any use, links that
// have run out, places that are familiar no longer.
func (s *Service) Housekeep(ctx context.Context) {
	for {
		removed, err := s.prune(ctx)
		if err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "old rows stay until the next round", "error", err)
		}
		if removed > 0 {
			s.log.InfoContext(ctx, "old rows taken away", "rows", removed)
		}
		select {
		case <-time.After(prunePause):
		case <-ctx.Done():
			return
		}
	}
}

func (s *Service) prune(ctx context.Context) (removed int, err error) {
	for {
		n, err := s.activity.Prune(ctx, s.activityLife, FamiliarFor, pruneBatch)
		removed += n
		if err != nil || n == 0 {
			return removed, err
		}
	}
}
