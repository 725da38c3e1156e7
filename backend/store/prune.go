package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// pruneLock is the advisory lock of those who take old rows away.
const pruneLock = 0x6d617271_70727565 // "marqprue"

// sessionRest is how long a session is kept after its last end: by then no
// token of it can be told from one that never was.
const sessionRest = 24 * time.Hour

// Prune takes away at most batch rows of each kind: activity older than keep,
// sessions whose absolute end is past, links, sign-ins that wait for a code,
// one-use ids and questions of devices that have run out, and places where nobody
// has signed in for as long as familiar. It reports how many went; 0 as well
// while another process does the same.
func (s *Store) Prune(ctx context.Context, keep, familiar time.Duration, batch int) (int, error) {
	places, err := s.oldPlaces(ctx, familiar, batch)
	if err != nil {
		return 0, err
	}
	removed := 0
	err = s.inTx(ctx, "prune", func(ctx context.Context, tx bun.Tx) error {
		if s.onPostgres() {
			var mine bool
			if err := tx.NewSelect().ColumnExpr("pg_try_advisory_xact_lock(?)", pruneLock).Scan(ctx, &mine); err != nil || !mine {
				return err
			}
		}
		for _, old := range []struct {
			model  any
			id, by string
			older  time.Duration
		}{
			{(*activityRow)(nil), "id", "at", keep},
			{(*sessionRow)(nil), "id", "ends_at", sessionRest},
			{(*passwordLinkRow)(nil), "hash", "expires_at", 0},
			{(*attemptRow)(nil), "hash", "expires_at", 0},
			{(*spentRow)(nil), "hash", "expires_at", 0},
			{(*deviceRequestRow)(nil), "device_hash", "expires_at", deviceRest},
		} {
			some := tx.NewSelect().Model(old.model).Column(old.id).
				Where("? < ? - ?", bun.Ident(old.by), s.now(), old.older.Microseconds()).
				Order(old.by).Limit(int64(batch))
			gone, err := tx.NewDelete().Model(old.model).Where("? IN (?)", bun.Ident(old.id), some).Exec(ctx)
			if err != nil {
				return err
			}
			n, err := gone.RowsAffected()
			if err != nil {
				return err
			}
			removed += int(n)
		}
		n, err := s.forgetPlaces(ctx, tx, places, familiar)
		removed += n
		return err
	})
	return removed, err
}
