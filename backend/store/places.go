package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"
)

// mostPlaces are the familiar places kept of one person, the newest.
const mostPlaces = 100

type placeRow struct {
	bun.BaseModel `bun:"table:familiar_places,alias:f"`

	UserID string `bun:"user_id,pk"`
	Place  string `bun:"place,pk"`
	LastAt int64  `bun:"last_at"`
}

// LastFromPlace returns when the person last signed in from one of places;
// the zero time if never.
func (s *Store) LastFromPlace(ctx context.Context, userID string, places []string) (time.Time, error) {
	var last int64
	err := s.reader.NewSelect().Model((*placeRow)(nil)).ColumnExpr("COALESCE(MAX(last_at), 0)").
		Where("user_id = ? AND place IN (?)", userID, bun.List(places)).Scan(ctx, &last)
	if err != nil || last == 0 {
		return time.Time{}, s.fail("find a familiar place", err)
	}
	return timeOf(last), nil
}

// RememberPlace notes that the person signed in from place just now, and
// forgets his places that are older than keep, and the oldest above a bound.
func (s *Store) RememberPlace(ctx context.Context, userID, place string, keep time.Duration) error {
	return s.inTx(ctx, "remember a place", func(ctx context.Context, tx bun.Tx) error {
		now, err := s.nowIn(ctx, tx)
		if err != nil {
			return err
		}
		row := placeRow{UserID: userID, Place: place, LastAt: micros(now)}
		_, err = tx.NewInsert().Model(&row).
			On("CONFLICT (user_id, place) DO UPDATE").Set("last_at = EXCLUDED.last_at").Exec(ctx)
		if err != nil {
			return err
		}
		newest := tx.NewSelect().Model((*placeRow)(nil)).Column("place").
			Where("user_id = ?", userID).Order("last_at DESC", "place").Limit(mostPlaces)
		_, err = tx.NewDelete().Model((*placeRow)(nil)).Where("user_id = ?", userID).
			WhereGroup(" AND ", func(q *bun.DeleteQuery) *bun.DeleteQuery {
				return q.Where("last_at < ?", micros(now.Add(-keep))).WhereOr("place NOT IN (?)", newest)
			}).Exec(ctx)
		return err
	})
}

// oldPlaces finds at most batch places older than keep. No index leads to them:
// they are looked for by a reader, which keeps nobody from writing.
func (s *Store) oldPlaces(ctx context.Context, keep time.Duration, batch int) ([]placeRow, error) {
	var rows []placeRow
	err := s.reader.NewSelect().Model(&rows).Column("user_id", "place").
		Where("last_at < ? - ?", s.now(), keep.Microseconds()).Limit(int64(batch)).Scan(ctx)
	return rows, s.fail("find old places", err)
}

// forgetPlaces takes away those of rows that are still older than keep.
func (s *Store) forgetPlaces(ctx context.Context, tx bun.Tx, rows []placeRow, keep time.Duration) (int, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	var people, places []string
	for _, r := range rows {
		people, places = append(people, r.UserID), append(places, r.Place)
	}
	gone, err := tx.NewDelete().Model((*placeRow)(nil)).
		Where("user_id IN (?) AND place IN (?)", bun.List(people), bun.List(places)). // by the primary key
		Where("last_at < ? - ?", s.now(), keep.Microseconds()).Exec(ctx)
	if err != nil {
		return 0, err
	}
	n, err := gone.RowsAffected()
	return int(n), err
}
