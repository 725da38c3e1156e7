package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

type passwordLinkRow struct {
	bun.BaseModel `bun:"table:password_links,alias:l"`

	Hash      []byte `bun:"hash,pk"`
	UserID    string `bun:"user_id"`
	CreatedAt int64  `bun:"created_at"`
	ExpiresAt int64  `bun:"expires_at"`
}

// CreatePasswordLink keeps the SHA-256 of a one-use link. What the person had
// before is void: only the newest link works.
func (s *Store) CreatePasswordLink(ctx context.Context, userID string, hash []byte, life time.Duration) (expires time.Time, err error) {
	err = s.inTx(ctx, "create password link", func(ctx context.Context, tx bun.Tx) error {
		if _, err := s.lockUser(ctx, tx, userID); err != nil {
			return err
		}
		now, err := s.nowIn(ctx, tx)
		if err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model((*passwordLinkRow)(nil)).Where("user_id = ?", userID).Exec(ctx); err != nil {
			return err
		}
		expires = now.Add(life)
		row := passwordLinkRow{Hash: hash, UserID: userID, CreatedAt: micros(now), ExpiresAt: micros(expires)}
		_, err = tx.NewInsert().Model(&row).Exec(ctx)
		return err
	})
	return expires, err
}

// PasswordLinkOwner returns whose live link this is. CodeNotFound.
func (s *Store) PasswordLinkOwner(ctx context.Context, hash []byte) (auth.Account, error) {
	var row userRow
	err := s.reader.NewSelect().Model(&row).
		Join("JOIN password_links AS l ON l.user_id = u.id").
		Where("l.hash = ? AND l.expires_at > ?", hash, s.now()).Scan(ctx)
	if err != nil {
		return auth.Account{}, s.fail("find password link", err)
	}
	return row.account(), nil
}

// UsePasswordLink spends a link, sets the hash and ends every session of the
// person, in one transaction. CodeNotFound if unknown, used or expired.
func (s *Store) UsePasswordLink(ctx context.Context, hash []byte, newPasswordHash string) (auth.Account, []string, error) {
	var row userRow
	var ended []string
	err := s.inTx(ctx, "use password link", func(ctx context.Context, tx bun.Tx) error {
		var link passwordLinkRow
		if err := tx.NewSelect().Model(&link).Where("hash = ?", hash).Scan(ctx); err != nil {
			return err
		}
		var err error
		if row, err = s.lockUser(ctx, tx, link.UserID); err != nil {
			return err
		}
		r, err := tx.NewDelete().Model((*passwordLinkRow)(nil)).
			Where("hash = ? AND expires_at > ?", hash, s.now()).Exec(ctx)
		spent, err := s.changed("use password link", r, err)
		if err != nil {
			return err
		}
		if !spent {
			return marquee.E(marquee.CodeNotFound)
		}
		now, err := s.nowIn(ctx, tx)
		if err != nil {
			return err
		}
		row.PasswordHash, row.UpdatedAt = newPasswordHash, micros(now)
		if _, err := tx.NewUpdate().Model(&row).Column("password_hash", "updated_at").WherePK().Exec(ctx); err != nil {
			return err
		}
		err = s.record(ctx, tx, auth.Event{Kind: auth.EventPasswordChanged, UserID: row.ID})
		if err != nil {
			return err
		}
		ended, err = s.endAll(ctx, tx, row.ID, "", auth.EndPassword)
		return err
	})
	if err != nil {
		return auth.Account{}, nil, err
	}
	return row.account(), ended, nil
}
