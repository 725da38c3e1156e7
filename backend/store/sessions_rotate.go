package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

// AdvanceSession moves counter n to n+1 in one statement, if everything is as
// it should be; see auth.Sessions.
func (s *Store) AdvanceSession(ctx context.Context, id string, n int64, secretHash []byte, o marquee.Origin, lives auth.Lives) (auth.Session, bool, error) {
	if !storable(id) {
		return auth.Session{}, false, nil
	}
	var row sessionRow
	err := s.rotate(s.db.NewUpdate(), n+1, n, o, lives).
		Where("s.id = ? AND s.counter = ? AND s.secret_hash = ?", id, n, secretHash).
		Where(openNow, s.now(), s.now()).
		Where("EXISTS (SELECT 1 FROM users AS u WHERE u.id = s.user_id AND u.is_active)").
		Returning("*").Scan(ctx, &row)
	if errors.Is(err, sql.ErrNoRows) {
		return auth.Session{}, false, nil
	}
	if err != nil {
		return auth.Session{}, false, s.fail("rotate session", err)
	}
	return row.session(), true, nil
}

// rotate is what every rotation writes.
func (s *Store) rotate(q *bun.UpdateQuery, counter, from int64, o marquee.Origin, lives auth.Lives) *bun.UpdateQuery {
	o = storableOrigin(o)
	return q.Model((*sessionRow)(nil)).
		Set("counter = ?", counter).Set("from_counter = ?", from).
		Set("rotated_at = ?", s.now()).Set("last_used_at = ?", s.now()).
		Set("idle_end = ? + CASE WHEN s.gateway THEN ? ELSE ? END", s.now(), lives.IdleOf(true).Microseconds(), lives.Idle.Microseconds()).
		Set("rotated_client = ?", o.Client).Set("rotated_address = ?", o.Address).Set("rotated_agent = ?", o.Agent)
}

// DecideSession runs decide with the session's row locked and carries out what
// it returns. An end is committed although the caller is going to be refused.
func (s *Store) DecideSession(ctx context.Context, id string, lives auth.Lives, decide func(auth.Session, bool, time.Time) auth.Decision) (auth.Session, auth.Decision, error) {
	if !storable(id) {
		return auth.Session{}, auth.Decision{}, marquee.E(marquee.CodeNotFound)
	}
	var row sessionRow
	var d auth.Decision
	err := s.inTx(ctx, "decide session", func(ctx context.Context, tx bun.Tx) error {
		if err := s.lockRow(tx.NewSelect().Model(&row).Where("s.id = ?", id)).Scan(ctx); err != nil {
			return err
		}
		var active bool
		err := tx.NewSelect().Model((*userRow)(nil)).Column("is_active").Where("u.id = ?", row.UserID).Scan(ctx, &active)
		if err != nil {
			return err
		}
		now, err := s.nowIn(ctx, tx)
		if err != nil {
			return err
		}
		d = decide(row.session(), active, now)
		if err := s.recordDecision(ctx, tx, row, d); err != nil {
			return err
		}
		var q *bun.UpdateQuery
		switch d.Outcome {
		case auth.OutcomeRotate, auth.OutcomeCatchUp:
			q = s.rotate(tx.NewUpdate(), d.Counter, d.FromCounter, d.Origin, lives)
		case auth.OutcomeEnd:
			return s.end(ctx, tx, d.EndReason, func(q *bun.UpdateQuery) *bun.UpdateQuery { return q.Where("s.id = ?", id) })
		default:
			return nil
		}
		return q.Where("s.id = ?", id).Returning("*").Scan(ctx, &row)
	})
	return row.session(), d, err
}

// recordDecision records what a decision says, a repetition only once for each
// rotation: within the grace it can be repeated without end.
func (s *Store) recordDecision(ctx context.Context, tx bun.Tx, row sessionRow, d auth.Decision) error {
	if d.Event.Kind == "" {
		return nil
	}
	if d.Outcome == auth.OutcomeRepeat {
		again, err := tx.NewSelect().Model((*activityRow)(nil)).
			Where("a.user_id = ? AND a.at >= ?", row.UserID, row.RotatedAt).
			Where("a.session_id = ? AND a.kind = ?", row.ID, d.Event.Kind).Exists(ctx)
		if err != nil || again {
			return err
		}
	}
	return s.record(ctx, tx, d.Event)
}

// TouchSession renews the idle end and last use of a live browser session.
func (s *Store) TouchSession(ctx context.Context, id string, lives auth.Lives) error {
	_, err := s.db.NewUpdate().Model((*sessionRow)(nil)).
		Set("last_used_at = ?", s.now()).Set("idle_end = ? + ?", s.now(), lives.Idle.Microseconds()).
		Where("s.id = ?", id).Where(openNow, s.now(), s.now()).Exec(ctx)
	return s.fail("touch session", err)
}

// StepUpSession sets the age of a live session's sign-in to now.
func (s *Store) StepUpSession(ctx context.Context, id, verifiedHash string, amr []string) (bool, error) {
	done := false
	err := s.inTx(ctx, "step up", func(ctx context.Context, tx bun.Tx) error {
		var rows []sessionRow
		err := tx.NewUpdate().Model((*sessionRow)(nil)).
			Set("auth_time = ?", s.now()).Set("amr = ?", strings.Join(amr, " ")).
			Where("s.id = ?", id).Where(openNow, s.now(), s.now()).
			Where("EXISTS (SELECT 1 FROM users AS u WHERE u.id = s.user_id AND u.is_active AND u.password_hash = ?)", verifiedHash).
			Returning("*").Scan(ctx, &rows)
		if err != nil && !errors.Is(err, sql.ErrNoRows) || len(rows) == 0 {
			return err
		}
		done = true
		o := marquee.Origin{Client: rows[0].Client, Address: rows[0].Address, Agent: rows[0].Agent}
		return s.record(ctx, tx, auth.Event{Kind: auth.EventSteppedUp, UserID: rows[0].UserID, SessionID: id, Origin: o, Actor: marquee.BySelf})
	})
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return done, err
}

// RenewCookie replaces the hash of a live browser session's cookie.
func (s *Store) RenewCookie(ctx context.Context, old, renewed []byte) (bool, error) {
	r, err := s.db.NewUpdate().Model((*sessionRow)(nil)).Set("cookie_hash = ?", renewed).
		Where("s.cookie_hash = ?", old).Where(openNow, s.now(), s.now()).Exec(ctx)
	return s.changed("renew a cookie", r, err)
}

// MarkSeen raises seen and reports whether the session is live.
func (s *Store) MarkSeen(ctx context.Context, id string, counter int64) (bool, error) {
	if !storable(id) {
		return false, nil
	}
	r, err := s.db.NewUpdate().Model((*sessionRow)(nil)).
		Set("seen = CASE WHEN s.seen < ? THEN ? ELSE s.seen END", counter, counter).
		Where("s.id = ?", id).Where(openNow, s.now(), s.now()).Exec(ctx)
	return s.changed("mark session seen", r, err)
}
