package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

var _ auth.ActivityRecord = (*Store)(nil)

type activityRow struct {
	bun.BaseModel `bun:"table:activity,alias:a"`

	ID           string  `bun:"id,pk"`
	UserID       *string `bun:"user_id"` // NULL: the account is gone
	Kind         string  `bun:"kind"`
	SessionID    string  `bun:"session_id"`
	Reason       string  `bun:"reason"`
	Actor        string  `bun:"actor"`
	ActorID      *string `bun:"actor_id"`
	ActorSession string  `bun:"actor_session"`
	At           int64   `bun:"at"`
	Times        int64   `bun:"times"`
}

type activityOriginRow struct {
	bun.BaseModel `bun:"table:activity_origins,alias:o"`

	ActivityID string `bun:"activity_id,pk"`
	UserID     string `bun:"user_id"`
	Client     string `bun:"client"`
	Address    string `bun:"address"`
	Agent      string `bun:"agent"`
	// Fingerprint is of the SSH key it is about.
	Fingerprint string `bun:"fingerprint"`
}

// record writes what happened in the transaction in which it happens.
func (s *Store) record(ctx context.Context, tx bun.IDB, events ...auth.Event) error {
	if len(events) == 0 {
		return nil
	}
	now, err := s.nowIn(ctx, tx)
	if err != nil {
		return err
	}
	var rows []activityRow
	var origins []activityOriginRow
	for _, e := range events {
		e = auth.Attribute(ctx, e)
		id, err := uuid.NewV7()
		if err != nil {
			return err
		}
		rows = append(rows, activityRow{
			ID: id.String(), UserID: textOrNull(e.UserID), Kind: e.Kind, SessionID: e.SessionID, Reason: e.Reason,
			Actor: e.Actor, ActorID: textOrNull(e.ActorID), ActorSession: e.ActorSession, At: micros(now), Times: 1,
		})
		if o := storableOrigin(e.Origin); o != (marquee.Origin{}) || e.Key != "" {
			origins = append(origins, activityOriginRow{
				ActivityID: id.String(), UserID: e.UserID, Client: o.Client, Address: o.Address, Agent: o.Agent, Fingerprint: e.Key,
			})
		}
	}
	if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return err
	}
	if len(origins) > 0 {
		_, err = tx.NewInsert().Model(&origins).Exec(ctx)
	}
	return err
}

// recordEnds writes that sessions ended.
func (s *Store) recordEnds(ctx context.Context, tx bun.IDB, ended []sessionRow, reason string) error {
	events := make([]auth.Event, len(ended))
	for i, r := range ended {
		events[i] = auth.Event{
			Kind: auth.EventSessionEnded, UserID: r.UserID, SessionID: r.ID, Reason: reason,
			Origin: marquee.Origin{Client: r.Client, Address: r.Address, Agent: r.Agent},
		}
	}
	return s.record(ctx, tx, events...)
}

// RecordFailure writes that somebody failed at a door of an account. From the
// most-th failure of the kind within a day on, the last row counts.
func (s *Store) RecordFailure(ctx context.Context, e auth.Event, most int) error {
	err := s.inTx(ctx, "record a failure", func(ctx context.Context, tx bun.Tx) error {
		var rows []activityRow
		err := tx.NewSelect().Model(&rows).
			Where("a.user_id = ? AND a.kind = ? AND a.at > ? - ?", e.UserID, e.Kind, s.now(), (24*time.Hour).Microseconds()).
			Order("a.at DESC", "a.id DESC").Limit(int64(most)).Scan(ctx)
		if err != nil {
			return err
		}
		if len(rows) < most {
			return s.record(ctx, tx, e)
		}
		_, err = tx.NewUpdate().Model((*activityRow)(nil)).
			Set("times = a.times + 1").Where("a.id = ?", rows[0].ID).Exec(ctx)
		return err
	})
	if isForeignKey(err) {
		return nil // the account went in between
	}
	return err
}

// Activity lists what happened to an account, newest first, after a row that
// was listed before.
func (s *Store) Activity(ctx context.Context, userID string, after auth.ActivityMark, limit int) ([]marquee.Activity, error) {
	var rows []struct {
		activityRow
		Client  *string `bun:"client"`
		Address *string `bun:"address"`
		Agent   *string `bun:"agent"`
		ByName  *string `bun:"by_name"`
		Key     *string `bun:"fingerprint"`
	}
	q := s.reader.NewSelect().ModelTableExpr("activity AS a").
		ColumnExpr("a.*").Column("o.client", "o.address", "o.agent", "o.fingerprint").ColumnExpr("w.username AS by_name").
		Join("LEFT JOIN activity_origins AS o ON o.activity_id = a.id").
		Join("LEFT JOIN users AS w ON w.id = a.actor_id AND a.actor = ?", marquee.ByAdmin).
		Where("a.user_id = ?", userID).Order("a.at DESC", "a.id DESC").Limit(int64(limit))
	if after != (auth.ActivityMark{}) {
		at := micros(after.At)
		q = q.Where("a.at <= ? AND (a.at < ? OR a.id < ?)", at, at, after.ID)
	}
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, s.fail("list activity", err)
	}
	list := make([]marquee.Activity, len(rows))
	for i, r := range rows {
		list[i] = marquee.Activity{
			ID: r.ID, Kind: r.Kind, At: timeOf(r.At), Reason: r.Reason, By: r.Actor,
			SessionID: textOrNull(r.SessionID), BySession: textOrNull(r.ActorSession), ByName: r.ByName,
			Client: orEmpty(r.Client), Address: orEmpty(r.Address), Agent: orEmpty(r.Agent), Key: orEmpty(r.Key), Times: int(r.Times),
		}
	}
	return list, nil
}

func textOrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
