package store

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

// OpenSession opens a session and ends the oldest above limit, in one
// transaction with the user row locked. A password that changed since it was
// verified, or a user who was disabled, is CodeWrongCredentials; so is a second
// factor put to use since and not given, for a session that a key opens one that
// is not the user's any more, and for one that was let in the end of the session
// that did so. CodeInvalidGrant for an approval that is used.
func (s *Store) OpenSession(ctx context.Context, o auth.Session, verifiedHash string, lives auth.Lives, limit int) (auth.Session, []string, error) {
	var ended []string
	err := s.inTx(ctx, "open session", func(ctx context.Context, tx bun.Tx) error {
		user, err := s.lockUser(ctx, tx, o.UserID)
		switch {
		case marquee.IsCode(s.fail("lock user", err), marquee.CodeNotFound):
			return marquee.E(marquee.CodeWrongCredentials)
		case err != nil:
			return err
		case !user.IsActive || user.PasswordHash != verifiedHash:
			return marquee.E(marquee.CodeWrongCredentials)
		case user.TOTPSecret != nil && o.ByPassword() && !slices.Contains(o.AMR, auth.AMRMultiple):
			return marquee.E(marquee.CodeWrongCredentials)
		}
		now, err := s.nowIn(ctx, tx)
		if err != nil {
			return err
		}
		fingerprint, err := s.useKey(ctx, tx, o, user)
		if err != nil {
			return err
		}
		if err := s.useDevice(ctx, tx, o); err != nil {
			return err
		}
		o.CreatedAt, o.LastUsedAt, o.RotatedAt = now, now, now
		o.IdleEnd, o.EndsAt = now.Add(lives.IdleOf(o.Gateway)), now.Add(lives.AbsoluteOf(o.Brief))
		if o.ByPassword() {
			o.AuthTime = now
		}
		row := rowOf(o)
		o = row.session()
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		err = s.record(ctx, tx, auth.Event{
			Kind: auth.EventSignedIn, UserID: o.UserID, SessionID: o.ID, Origin: o.Origin, Key: fingerprint, Actor: marquee.BySelf,
		})
		if err != nil || o.Brief {
			return err
		}
		ended, err = s.endOldest(ctx, tx, o, limit)
		return err
	})
	return o, ended, err
}

// endOldest ends the oldest live sessions so that limit of them, opened
// included, are left.
func (s *Store) endOldest(ctx context.Context, tx bun.Tx, opened auth.Session, limit int) ([]string, error) {
	var ids []string
	err := tx.NewSelect().Model((*sessionRow)(nil)).Column("id").
		Where("s.user_id = ? AND s.id <> ? AND NOT s.brief", opened.UserID, opened.ID).
		Where(openNow, s.now(), s.now()).
		Order("s.created_at DESC", "s.id DESC").Offset(int64(max(limit, 1)-1)).Limit(1000).Scan(ctx, &ids)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	err = s.end(ctx, tx, auth.EndCap, func(q *bun.UpdateQuery) *bun.UpdateQuery { return q.Where("s.id IN (?)", bun.List(ids)) })
	return ids, err
}
