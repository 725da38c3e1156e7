package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"example.com/marquee/common/marquee"
)

// mayHaveCopy is how long after its end a session may still have a copy in
// Redis: the lease, with room for clocks that disagree.
const mayHaveCopy = 5 * time.Minute

// EndSession ends one session of a person. CodeNotFound if it is not his.
func (s *Store) EndSession(ctx context.Context, userID, id, reason string) error {
	if !storable(id) {
		return marquee.E(marquee.CodeNotFound)
	}
	return s.inTx(ctx, "end session", func(ctx context.Context, tx bun.Tx) error {
		his, err := tx.NewSelect().Model((*sessionRow)(nil)).Where("s.id = ? AND s.user_id = ?", id, userID).Exists(ctx)
		if err != nil {
			return err
		}
		if !his {
			return marquee.E(marquee.CodeNotFound)
		}
		return s.end(ctx, tx, reason, func(q *bun.UpdateQuery) *bun.UpdateQuery { return q.Where("s.id = ?", id) })
	})
}

// end ends those of some sessions that have not ended yet, and records it.
func (s *Store) end(ctx context.Context, tx bun.Tx, reason string, some func(*bun.UpdateQuery) *bun.UpdateQuery) error {
	var ended []sessionRow
	q := tx.NewUpdate().Model((*sessionRow)(nil)).
		Set("ended_at = ?", s.now()).Set("end_reason = ?", reason).Where("s.ended_at IS NULL")
	if err := some(q).Returning("*").Scan(ctx, &ended); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return s.recordEnds(ctx, tx, ended, reason)
}

// EndSessions ends all sessions of a person but keep and returns the ids of
// all that are not live and may still have a copy.
func (s *Store) EndSessions(ctx context.Context, userID, keep, reason string) ([]string, error) {
	var ended []string
	err := s.inTx(ctx, "end sessions", func(ctx context.Context, tx bun.Tx) error {
		// Without the lock a sign-in under way could slip past its own end.
		if _, err := s.lockUser(ctx, tx, userID); err != nil {
			return err
		}
		var err error
		ended, err = s.endAll(ctx, tx, userID, keep, reason)
		return err
	})
	return ended, err
}

// endAll is EndSessions inside a transaction that holds the user row.
func (s *Store) endAll(ctx context.Context, tx bun.Tx, userID, keep, reason string) ([]string, error) {
	err := s.end(ctx, tx, reason, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Where("s.user_id = ? AND s.id <> ?", userID, keep)
	})
	if err != nil {
		return nil, err
	}
	var ids []string
	err = tx.NewSelect().Model((*sessionRow)(nil)).Column("id").
		Where("s.user_id = ? AND s.id <> ? AND s.ended_at > ? - ?", userID, keep, s.now(), mayHaveCopy.Microseconds()).
		Scan(ctx, &ids)
	return ids, err
}

// stillActs refuses in a transaction, which holds the user row, what a session
// asks that has ended since its request was let in: whoever signs it out must
// not find a key of its or another address a moment later. Who acts without a
// session, an operator or a link, is not asked. CodeInvalidToken.
func (s *Store) stillActs(ctx context.Context, tx bun.Tx) error {
	actor, err := marquee.ActorFrom(ctx)
	if err != nil || actor.SessionID == "" {
		return nil
	}
	open, err := s.holdOpen(ctx, tx, actor.SessionID)
	if err == nil && !open {
		err = marquee.E(marquee.CodeInvalidToken)
	}
	return err
}

// holdOpen reports whether a session is open, and keeps it so until the end of
// the transaction.
func (s *Store) holdOpen(ctx context.Context, tx bun.Tx, id string) (bool, error) {
	var held []string
	err := s.lockRow(tx.NewSelect().Model((*sessionRow)(nil)).Column("id").
		Where("s.id = ?", id).Where(openNow, s.now(), s.now())).Scan(ctx, &held)
	return len(held) > 0, err
}
