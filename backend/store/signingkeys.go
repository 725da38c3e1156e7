package store

import (
	"context"
	"crypto/rand"
	"time"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/auth"
)

var _ auth.SigningKeys = (*Store)(nil)

type signingKeyRow struct {
	bun.BaseModel `bun:"table:signing_keys,alias:k"`

	ID          string `bun:"id,pk"`
	Algorithm   string `bun:"algorithm"`
	Public      []byte `bun:"public"`
	Sealed      []byte `bun:"sealed"`
	CreatedAt   int64  `bun:"created_at"`
	ActiveAt    int64  `bun:"active_at"`
	RetiredAt   *int64 `bun:"retired_at"`
	WithdrawnAt *int64 `bun:"withdrawn_at"`
}

func (r signingKeyRow) key() auth.WrappedKey {
	return auth.WrappedKey{
		ID: r.ID, Algorithm: r.Algorithm, Public: r.Public, Sealed: r.Sealed,
		CreatedAt: timeOf(r.CreatedAt), ActiveAt: timeOf(r.ActiveAt),
		RetiredAt: timeOrZero(r.RetiredAt), WithdrawnAt: timeOrZero(r.WithdrawnAt),
	}
}

func signingKeyRowOf(k auth.WrappedKey) signingKeyRow {
	return signingKeyRow{
		ID: k.ID, Algorithm: k.Algorithm, Public: k.Public, Sealed: k.Sealed,
		CreatedAt: micros(k.CreatedAt), ActiveAt: micros(k.ActiveAt),
		RetiredAt: microsOrNull(k.RetiredAt), WithdrawnAt: microsOrNull(k.WithdrawnAt),
	}
}

// signingKeySetRow is the one row of its table.
type signingKeySetRow struct {
	bun.BaseModel `bun:"table:signing_key_set,alias:v"`

	Version string `bun:"version,pk"`
}

// SigningKeysVersion returns the word of the present set of keys.
func (s *Store) SigningKeysVersion(ctx context.Context) (string, error) {
	version, err := s.signingKeysVersion(ctx, s.reader)
	return version, s.fail("ask for the version of the signing keys", err)
}

func (s *Store) signingKeysVersion(ctx context.Context, db bun.IDB) (version string, err error) {
	err = db.NewSelect().Model((*signingKeySetRow)(nil)).Column("version").Scan(ctx, &version)
	return version, err
}

// SigningKeys lists the signing keys, oldest first. The version is read before
// them: keys newer than their version are read again, older ones would not be.
func (s *Store) SigningKeys(ctx context.Context) ([]auth.WrappedKey, string, error) {
	const op = "list signing keys"
	version, err := s.signingKeysVersion(ctx, s.reader)
	if err != nil {
		return nil, "", s.fail(op, err)
	}
	keys, err := s.signingKeys(ctx, s.reader)
	return keys, version, s.fail(op, err)
}

func (s *Store) signingKeys(ctx context.Context, db bun.IDB) ([]auth.WrappedKey, error) {
	var rows []signingKeyRow
	if err := db.NewSelect().Model(&rows).Order("k.created_at", "k.id").Scan(ctx); err != nil {
		return nil, err
	}
	keys := make([]auth.WrappedKey, len(rows))
	for i, r := range rows {
		keys[i] = r.key()
	}
	return keys, nil
}

// ChangeSigningKeys runs change with the keys held and keeps what it returns.
func (s *Store) ChangeSigningKeys(ctx context.Context, change func([]auth.WrappedKey, time.Time) ([]auth.WrappedKey, error)) error {
	return s.inTx(ctx, "change signing keys", func(ctx context.Context, tx bun.Tx) error {
		var set signingKeySetRow
		if err := s.lockRow(tx.NewSelect().Model(&set)).Scan(ctx); err != nil {
			return err
		}
		keys, err := s.signingKeys(ctx, tx)
		if err != nil {
			return err
		}
		now, err := s.nowIn(ctx, tx)
		if err != nil {
			return err
		}
		changed, err := change(keys, now)
		if err != nil || len(changed) == 0 {
			return err
		}
		for _, k := range changed {
			row := signingKeyRowOf(k)
			_, err := tx.NewInsert().Model(&row).
				On("CONFLICT (id) DO UPDATE").
				Set("active_at = EXCLUDED.active_at").Set("retired_at = EXCLUDED.retired_at").
				Set("withdrawn_at = EXCLUDED.withdrawn_at").Exec(ctx)
			if err != nil {
				return err
			}
		}
		_, err = tx.NewUpdate().Model((*signingKeySetRow)(nil)).Set("version = ?", rand.Text()).Where("TRUE").Exec(ctx)
		return err
	})
}

// ResealSigningKey replaces the sealed form of a key.
func (s *Store) ResealSigningKey(ctx context.Context, id string, sealed []byte) error {
	_, err := s.db.NewUpdate().Model((*signingKeyRow)(nil)).Set("sealed = ?", sealed).Where("k.id = ?", id).Exec(ctx)
	return s.fail("reseal signing key", err)
}
