package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

type sshKeyRow struct {
	bun.BaseModel `bun:"table:ssh_keys,alias:k"`

	ID                   string `bun:"id,pk"`
	UserID               string `bun:"user_id"`
	Fingerprint          string `bun:"fingerprint"`
	PublicKey            string `bun:"public_key"` // as a line of authorized_keys
	Name                 string `bun:"name"`
	FromNetworks         string `bun:"from_networks"` // separated by commas
	ReplacesSecondFactor bool   `bun:"replaces_second_factor"`
	CreatedAt            int64  `bun:"created_at"`
	LastUsedAt           *int64 `bun:"last_used_at"`
}

func (r sshKeyRow) key() auth.LinkedKey {
	k := auth.LinkedKey{
		UserID: r.UserID, PublicKey: r.PublicKey,
		SSHKey: marquee.SSHKey{
			ID: r.ID, Name: r.Name, Fingerprint: r.Fingerprint, From: []string{},
			ReplacesSecondFactor: r.ReplacesSecondFactor, CreatedAt: timeOf(r.CreatedAt),
		},
	}
	k.Type, _, _ = strings.Cut(r.PublicKey, " ")
	if r.FromNetworks != "" {
		k.From = strings.Split(r.FromNetworks, ",")
	}
	if r.LastUsedAt != nil {
		used := timeOf(*r.LastUsedAt)
		k.LastUsedAt = &used
	}
	return k
}

// LinkKey keeps a key with the user row locked, so that two requests cannot go
// above most together.
func (s *Store) LinkKey(ctx context.Context, k auth.LinkedKey, most int, o marquee.Origin) (auth.LinkedKey, error) {
	var row sshKeyRow
	err := s.inTx(ctx, "link key", func(ctx context.Context, tx bun.Tx) error {
		if _, err := s.lockUser(ctx, tx, k.UserID); err != nil {
			return err
		}
		if err := s.stillActs(ctx, tx); err != nil {
			return err
		}
		n, err := tx.NewSelect().Model((*sshKeyRow)(nil)).Where("user_id = ?", k.UserID).Count(ctx)
		if err != nil {
			return err
		}
		if int(n) >= most {
			return marquee.E(marquee.CodeTooManyKeys)
		}
		now, err := s.nowIn(ctx, tx)
		if err != nil {
			return err
		}
		row = sshKeyRow{
			ID: k.ID, UserID: k.UserID, Fingerprint: k.Fingerprint, PublicKey: k.PublicKey, Name: k.Name,
			FromNetworks: strings.Join(k.From, ","), ReplacesSecondFactor: k.ReplacesSecondFactor, CreatedAt: micros(now),
		}
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			if _, unique := isUnique(err); unique {
				return marquee.Wrap(marquee.CodeKeyTaken, "link key", err)
			}
			return err
		}
		return s.record(ctx, tx, auth.Event{Kind: auth.EventKeyLinked, UserID: k.UserID, Key: k.Fingerprint, Origin: o})
	})
	return row.key(), err
}

// KeyByFingerprint returns a linked key, whosever it is. CodeNotFound.
func (s *Store) KeyByFingerprint(ctx context.Context, fingerprint string) (auth.LinkedKey, error) {
	return s.readKey(ctx, "k.fingerprint = ?", fingerprint)
}

// KeyByID returns a linked key, whosever it is. CodeNotFound.
func (s *Store) KeyByID(ctx context.Context, id string) (auth.LinkedKey, error) {
	return s.readKey(ctx, "k.id = ?", id)
}

func (s *Store) readKey(ctx context.Context, where, value string) (auth.LinkedKey, error) {
	if !storable(value) {
		return auth.LinkedKey{}, marquee.E(marquee.CodeNotFound)
	}
	var row sshKeyRow
	if err := s.reader.NewSelect().Model(&row).Where(where, value).Scan(ctx); err != nil {
		return auth.LinkedKey{}, s.fail("find key", err)
	}
	return row.key(), nil
}

// KeysOf lists a person's keys, oldest first.
func (s *Store) KeysOf(ctx context.Context, userID string) ([]auth.LinkedKey, error) {
	var rows []sshKeyRow
	err := s.reader.NewSelect().Model(&rows).Where("user_id = ?", userID).Order("created_at", "id").Scan(ctx)
	keys := make([]auth.LinkedKey, len(rows))
	for i, r := range rows {
		keys[i] = r.key()
	}
	return keys, s.fail("list keys", err)
}

// ChangeKey changes a key of a person as change says, with the user row
// locked. CodeNotFound.
func (s *Store) ChangeKey(ctx context.Context, userID, id string, change func(*auth.LinkedKey) error) (auth.LinkedKey, error) {
	var row sshKeyRow
	err := s.inTx(ctx, "change key", func(ctx context.Context, tx bun.Tx) error {
		if err := s.lockKey(ctx, tx, userID, id, &row); err != nil {
			return err
		}
		k := row.key()
		if err := change(&k); err != nil {
			return err
		}
		row.Name, row.FromNetworks, row.ReplacesSecondFactor = k.Name, strings.Join(k.From, ","), k.ReplacesSecondFactor
		_, err := tx.NewUpdate().Model(&row).Column("name", "from_networks", "replaces_second_factor").WherePK().Exec(ctx)
		if err != nil {
			return err
		}
		return s.record(ctx, tx, auth.Event{Kind: auth.EventKeyChanged, UserID: userID, Key: row.Fingerprint})
	})
	return row.key(), err
}

// RemoveKey removes a key and ends what it opened, in one transaction that
// locks the user row first: a sign-in with it either comes before and is
// ended, or after and finds no key.
func (s *Store) RemoveKey(ctx context.Context, userID, id, endReason string) (auth.LinkedKey, []string, error) {
	var row sshKeyRow
	var ended []string
	err := s.inTx(ctx, "remove key", func(ctx context.Context, tx bun.Tx) error {
		if err := s.lockKey(ctx, tx, userID, id, &row); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model(&row).WherePK().Exec(ctx); err != nil {
			return err
		}
		err := s.record(ctx, tx, auth.Event{Kind: auth.EventKeyRemoved, UserID: userID, Key: row.Fingerprint})
		if err != nil {
			return err
		}
		err = s.end(ctx, tx, endReason, func(q *bun.UpdateQuery) *bun.UpdateQuery { return q.Where("s.key_id = ?", id) })
		if err != nil {
			return err
		}
		return tx.NewSelect().Model((*sessionRow)(nil)).Column("id").
			Where("s.key_id = ? AND s.ended_at > ? - ?", id, s.now(), mayHaveCopy.Microseconds()).Scan(ctx, &ended)
	})
	return row.key(), ended, err
}

// lockKey reads a key of a person whose row it locks. CodeNotFound.
func (s *Store) lockKey(ctx context.Context, tx bun.Tx, userID, id string, row *sshKeyRow) error {
	if !storable(id) {
		return marquee.E(marquee.CodeNotFound)
	}
	if _, err := s.lockUser(ctx, tx, userID); err != nil {
		return err
	}
	if err := s.stillActs(ctx, tx); err != nil {
		return err
	}
	return tx.NewSelect().Model(row).Where("k.id = ? AND k.user_id = ?", id, userID).Scan(ctx)
}

// useKey checks in the transaction that opens a session that its key may, and
// notes the use. It returns the fingerprint; "" for a session without a key.
func (s *Store) useKey(ctx context.Context, tx bun.Tx, o auth.Session, user userRow) (string, error) {
	if o.KeyID == "" {
		return "", nil
	}
	var row sshKeyRow
	err := tx.NewSelect().Model(&row).Where("k.id = ? AND k.user_id = ?", o.KeyID, o.UserID).Scan(ctx)
	switch {
	case marquee.IsCode(s.fail("use key", err), marquee.CodeNotFound):
		return "", marquee.E(marquee.CodeWrongCredentials)
	case err != nil:
		return "", err
	case user.TOTPSecret != nil && !row.ReplacesSecondFactor && !slices.Contains(o.AMR, auth.AMRMultiple):
		return "", marquee.E(marquee.CodeWrongCredentials)
	}
	_, err = tx.NewUpdate().Model(&row).Set("last_used_at = ?", s.now()).WherePK().Exec(ctx)
	return row.Fingerprint, err
}

type spentRow struct {
	bun.BaseModel `bun:"table:spent_ids"`

	Hash      []byte `bun:"hash,pk"`
	ExpiresAt int64  `bun:"expires_at"`
}

// Spend notes a one-use id as used. The insert decides: of any number of
// requests one gets true.
func (s *Store) Spend(ctx context.Context, hash []byte, until time.Time) (bool, error) {
	row := spentRow{Hash: hash, ExpiresAt: micros(until)}
	r, err := s.db.NewInsert().Model(&row).On("CONFLICT DO NOTHING").Exec(ctx)
	return s.changed("spend an id", r, err)
}
