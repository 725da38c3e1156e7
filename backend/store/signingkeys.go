package store

import (
	"context"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/auth"
)

var _ auth.SigningKeys = (*Store)(nil)

type signingKeyRow struct {
	bun.BaseModel `bun:"table:signing_keys,alias:k"`

	ID        string `bun:"id,pk"`
	Algorithm string `bun:"algorithm"`
	Public    []byte `bun:"public"`
	Sealed    []byte `bun:"sealed"`
	CreatedAt int64  `bun:"created_at"`
	RetiredAt *int64 `bun:"retired_at"`
}

// SigningKeys lists the signing keys, oldest first.
func (s *Store) SigningKeys(ctx context.Context) ([]auth.WrappedKey, error) {
	keys, err := s.signingKeys(ctx, s.reader)
	return keys, s.fail("list signing keys", err)
}

func (s *Store) signingKeys(ctx context.Context, db bun.IDB) ([]auth.WrappedKey, error) {
	var rows []signingKeyRow
	if err := db.NewSelect().Model(&rows).Order("k.created_at", "k.id").Scan(ctx); err != nil {
		return nil, err
	}
	keys := make([]auth.WrappedKey, len(rows))
	for i, r := range rows {
		keys[i] = auth.WrappedKey{
			ID: r.ID, Algorithm: r.Algorithm, Public: r.Public, Sealed: r.Sealed,
			CreatedAt: timeOf(r.CreatedAt), RetiredAt: timeOrZero(r.RetiredAt),
		}
	}
	return keys, nil
}

// AddFirstSigningKey adds k if there is no key yet and returns those that are
// there afterwards.
func (s *Store) AddFirstSigningKey(ctx context.Context, k auth.WrappedKey) ([]auth.WrappedKey, error) {
	const op = "add first signing key"
	var keys []auth.WrappedKey
	err := s.inTx(ctx, op, func(ctx context.Context, tx bun.Tx) error {
		if s.onPostgres() {
			// There is no row to lock yet. SQLite holds its write lock already.
			if _, err := tx.ExecContext(ctx, "LOCK TABLE signing_keys IN SHARE ROW EXCLUSIVE MODE"); err != nil {
				return err
			}
		}
		var err error
		if keys, err = s.signingKeys(ctx, tx); err != nil || len(keys) > 0 {
			return err
		}
		now, err := s.nowIn(ctx, tx)
		if err != nil {
			return err
		}
		row := signingKeyRow{
			ID: k.ID, Algorithm: k.Algorithm, Public: k.Public, Sealed: k.Sealed,
			CreatedAt: micros(orNow(k.CreatedAt, now)), RetiredAt: microsOrNull(k.RetiredAt),
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return err
		}
		keys, err = s.signingKeys(ctx, tx)
		return err
	})
	return keys, err
}

// ResealSigningKey replaces the sealed form of a key.
func (s *Store) ResealSigningKey(ctx context.Context, id string, sealed []byte) error {
	_, err := s.db.NewUpdate().Model((*signingKeyRow)(nil)).Set("sealed = ?", sealed).Where("k.id = ?", id).Exec(ctx)
	return s.fail("reseal signing key", err)
}
