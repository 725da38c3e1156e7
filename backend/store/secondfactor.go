package store

import (
	"context"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

type recoveryCodeRow struct {
	bun.BaseModel `bun:"table:recovery_codes,alias:r"`

	UserID string `bun:"user_id,pk"`
	Hash   []byte `bun:"hash,pk"`
}

// SetPendingTOTP keeps the sealed secret of a factor that was started.
func (s *Store) SetPendingTOTP(ctx context.Context, userID string, sealed []byte) error {
	_, err := s.db.NewUpdate().Model((*userRow)(nil)).Set("totp_pending = ?", sealed).Where("u.id = ?", userID).Exec(ctx)
	return s.fail("set pending factor", err)
}

// ConfirmTOTP puts a started factor to use; see auth.SecondFactors.
func (s *Store) ConfirmTOTP(ctx context.Context, userID string, pending []byte, step int64, codes [][]byte, keep, endReason string) ([]string, error) {
	var ended []string
	err := s.inTx(ctx, "confirm factor", func(ctx context.Context, tx bun.Tx) error {
		row, err := s.lockUser(ctx, tx, userID)
		if err != nil {
			return err
		}
		if err := s.stillActs(ctx, tx); err != nil {
			return err
		}
		if string(row.TOTPPending) != string(pending) || len(pending) == 0 {
			return marquee.E(marquee.CodeNotFound)
		}
		row.TOTPSecret, row.TOTPPending, row.TOTPStep = pending, nil, step
		if _, err := tx.NewUpdate().Model(&row).Column("totp_secret", "totp_pending", "totp_step").WherePK().Exec(ctx); err != nil {
			return err
		}
		if err := replaceCodes(ctx, tx, userID, codes); err != nil {
			return err
		}
		if err := s.record(ctx, tx, auth.Event{Kind: auth.EventFactorOn, UserID: userID, SessionID: keep}); err != nil {
			return err
		}
		ended, err = s.endAll(ctx, tx, userID, keep, endReason)
		return err
	})
	return ended, err
}

// EndTOTP removes a factor with all that belongs to it.
func (s *Store) EndTOTP(ctx context.Context, userID, keep, endReason string) (bool, []string, error) {
	var ended []string
	had := false
	err := s.inTx(ctx, "end factor", func(ctx context.Context, tx bun.Tx) error {
		row, err := s.lockUser(ctx, tx, userID)
		if err != nil {
			return err
		}
		if err := s.stillActs(ctx, tx); err != nil {
			return err
		}
		had = row.TOTPSecret != nil
		row.TOTPSecret, row.TOTPPending, row.TOTPStep = nil, nil, 0
		if _, err := tx.NewUpdate().Model(&row).Column("totp_secret", "totp_pending", "totp_step").WherePK().Exec(ctx); err != nil {
			return err
		}
		if err := replaceCodes(ctx, tx, userID, nil); err != nil || !had {
			return err
		}
		if err := s.record(ctx, tx, auth.Event{Kind: auth.EventFactorOff, UserID: userID, SessionID: keep}); err != nil {
			return err
		}
		ended, err = s.endAll(ctx, tx, userID, keep, endReason)
		return err
	})
	return had, ended, err
}

// UseTOTPStep notes a time step as used if it is later than the last one.
func (s *Store) UseTOTPStep(ctx context.Context, userID string, step int64) (bool, error) {
	r, err := s.db.NewUpdate().Model((*userRow)(nil)).Set("totp_step = ?", step).
		Where("u.id = ? AND u.totp_step < ? AND u.totp_secret IS NOT NULL", userID, step).Exec(ctx)
	return s.changed("use code", r, err)
}

// ResealTOTP replaces the sealed form of a secret if it is still old.
func (s *Store) ResealTOTP(ctx context.Context, userID string, old, sealed []byte) error {
	_, err := s.db.NewUpdate().Model((*userRow)(nil)).Set("totp_secret = ?", sealed).
		Where("u.id = ? AND u.totp_secret = ?", userID, old).Exec(ctx)
	return s.fail("reseal factor", err)
}

// AccountsWithTOTP lists accounts that have a factor.
func (s *Store) AccountsWithTOTP(ctx context.Context, after string, limit int) ([]auth.Account, error) {
	var rows []userRow
	err := s.reader.NewSelect().Model(&rows).Where("u.totp_secret IS NOT NULL AND u.id > ?", after).
		Order("u.id").Limit(int64(limit)).Scan(ctx)
	accounts := make([]auth.Account, len(rows))
	for i, r := range rows {
		accounts[i] = r.account()
	}
	return accounts, s.fail("list factors", err)
}

// UseRecoveryCode removes a code for somebody at o; false if it is not there.
func (s *Store) UseRecoveryCode(ctx context.Context, userID string, hash []byte, o marquee.Origin) (bool, error) {
	used := false
	err := s.inTx(ctx, "use recovery code", func(ctx context.Context, tx bun.Tx) error {
		r, err := tx.NewDelete().Model((*recoveryCodeRow)(nil)).Where("user_id = ? AND hash = ?", userID, hash).Exec(ctx)
		if used, err = s.changed("use recovery code", r, err); err != nil || !used {
			return err
		}
		return s.record(ctx, tx, auth.Event{Kind: auth.EventRecoveryUsed, UserID: userID, Origin: o, Actor: marquee.BySelf})
	})
	return used, err
}

// ReplaceRecoveryCodes keeps these codes and no others.
func (s *Store) ReplaceRecoveryCodes(ctx context.Context, userID string, hashes [][]byte) error {
	return s.inTx(ctx, "replace recovery codes", func(ctx context.Context, tx bun.Tx) error {
		if _, err := s.lockUser(ctx, tx, userID); err != nil {
			return err
		}
		if err := s.stillActs(ctx, tx); err != nil {
			return err
		}
		if err := replaceCodes(ctx, tx, userID, hashes); err != nil {
			return err
		}
		return s.record(ctx, tx, auth.Event{Kind: auth.EventRecoveryRenewed, UserID: userID})
	})
}

func replaceCodes(ctx context.Context, tx bun.Tx, userID string, hashes [][]byte) error {
	if _, err := tx.NewDelete().Model((*recoveryCodeRow)(nil)).Where("user_id = ?", userID).Exec(ctx); err != nil {
		return err
	}
	rows := make([]recoveryCodeRow, len(hashes))
	for i, h := range hashes {
		rows[i] = recoveryCodeRow{UserID: userID, Hash: h}
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&rows).Exec(ctx)
	return err
}

// CountRecoveryCodes counts the codes that are left.
func (s *Store) CountRecoveryCodes(ctx context.Context, userID string) (int, error) {
	n, err := s.reader.NewSelect().Model((*recoveryCodeRow)(nil)).Where("user_id = ?", userID).Count(ctx)
	return int(n), s.fail("count recovery codes", err)
}
