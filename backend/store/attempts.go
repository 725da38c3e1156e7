package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/auth"
)

type attemptRow struct {
	bun.BaseModel `bun:"table:sign_in_attempts,alias:a"`

	Hash      []byte `bun:"hash,pk"`
	UserID    string `bun:"user_id"`
	Verified  []byte `bun:"verified"`
	TriesLeft int    `bun:"tries_left"`
	ExpiresAt int64  `bun:"expires_at"`
	Method    string `bun:"method"`
	KeyID     string `bun:"key_id"`
}

// CreateAttempt keeps a sign-in that waits for a code. What has run out goes,
// so that the table holds no more than was tried in the last minutes.
func (s *Store) CreateAttempt(ctx context.Context, a auth.PendingSignIn, life time.Duration) error {
	return s.inTx(ctx, "create attempt", func(ctx context.Context, tx bun.Tx) error {
		now, err := s.nowIn(ctx, tx)
		if err != nil {
			return err
		}
		_, err = tx.NewDelete().Model((*attemptRow)(nil)).Where("user_id = ? AND expires_at <= ?", a.UserID, micros(now)).Exec(ctx)
		if err != nil {
			return err
		}
		row := attemptRow{
			Hash: a.Hash, UserID: a.UserID, Verified: a.Verified, TriesLeft: a.TriesLeft, ExpiresAt: micros(now.Add(life)),
			Method: a.Method, KeyID: a.KeyID,
		}
		_, err = tx.NewInsert().Model(&row).Exec(ctx)
		return err
	})
}

// TryAttempt takes one try from a live attempt, in one statement: requests
// that come together cannot have more tries than there are.
func (s *Store) TryAttempt(ctx context.Context, hash []byte) (auth.PendingSignIn, time.Time, error) {
	var row struct {
		attemptRow
		Now int64 `bun:"present"`
	}
	err := s.db.NewUpdate().Model((*attemptRow)(nil)).Set("tries_left = a.tries_left - 1").
		Where("a.hash = ? AND a.tries_left > 0 AND a.expires_at > ?", hash, s.now()).
		Returning("*, ? AS present", s.now()).Scan(ctx, &row)
	if err != nil {
		return auth.PendingSignIn{}, time.Time{}, s.fail("try attempt", err)
	}
	return auth.PendingSignIn{
		Hash: row.Hash, UserID: row.UserID, Verified: row.Verified, TriesLeft: row.TriesLeft,
		Method: row.Method, KeyID: row.KeyID,
	}, timeOf(row.Now), nil
}

// EndAttempt removes an attempt; false if another has done so.
func (s *Store) EndAttempt(ctx context.Context, hash []byte) (bool, error) {
	r, err := s.db.NewDelete().Model((*attemptRow)(nil)).Where("hash = ?", hash).Exec(ctx)
	return s.changed("end attempt", r, err)
}

// changed reports whether a statement changed a row.
func (s *Store) changed(op string, r sql.Result, err error) (bool, error) {
	if err != nil {
		return false, s.fail(op, err)
	}
	n, err := r.RowsAffected()
	return n > 0, s.fail(op, err)
}
