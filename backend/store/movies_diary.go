package store

import (
	"context"

	"github.com/uptrace/bun"

	"example.com/marquee/common/marquee"
)

// isRewatch tells, given watched AS o, whether a viewing was not the first.
const isRewatch = `(o.rewatch OR EXISTS (SELECT 1 FROM watched AS before
	WHERE before.user_id = o.user_id AND before.movie_id = o.movie_id AND before.watched_on < o.watched_on))`

// AddViewing records that the person saw a film on a date.
func (s *Store) AddViewing(ctx context.Context, userID, movieID string, on marquee.Date) error {
	return s.ownChange(ctx, "add a viewing", userID, movieID, func(ctx context.Context, tx bun.Tx, movieID string) error {
		_, err := tx.NewRaw("INSERT INTO watched (user_id, movie_id, watched_on, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
			userID, movieID, string(on), s.now()).Exec(ctx)
		return err
	})
}

// RemoveViewings removes the viewing of a date, or with "" all of the film's.
func (s *Store) RemoveViewings(ctx context.Context, userID, movieID string, on marquee.Date) error {
	return s.ownChange(ctx, "remove viewings", userID, movieID, func(ctx context.Context, tx bun.Tx, movieID string) error {
		if on == "" {
			return s.forget(ctx, tx, "watched", userID, movieID)
		}
		if err := s.movieExists(ctx, tx, movieID); err != nil {
			return err
		}
		_, err := tx.NewRaw("DELETE FROM watched WHERE user_id = ? AND movie_id = ? AND watched_on = ?",
			userID, movieID, string(on)).Exec(ctx)
		return err
	})
}

// Viewings lists a person's viewings of a film, the last first. A film that
// is not there is not_found.
func (s *Store) Viewings(ctx context.Context, userID, movieID string, most int) ([]marquee.Viewing, error) {
	const op = "list viewings"
	if !storable(userID) || !storable(movieID) {
		return nil, marquee.E(marquee.CodeNotFound)
	}
	var rows []struct {
		WatchedOn marquee.Date `bun:"watched_on"`
		Rewatch   bool         `bun:"own_rewatch"`
	}
	err := s.byFilmID(ctx, op, movieID, func(movieID string) error {
		err := s.reader.NewRaw("SELECT o.watched_on, "+isRewatch+` AS own_rewatch FROM watched AS o
			WHERE o.user_id = ? AND o.movie_id = ? ORDER BY o.watched_on DESC LIMIT ?`, userID, movieID, most).Scan(ctx, &rows)
		if err == nil && len(rows) == 0 {
			var found string
			err = s.reader.NewRaw("SELECT id FROM movies WHERE id = ?", movieID).Scan(ctx, &found)
		}
		return s.fail(op, err)
	})
	if err != nil {
		return nil, err
	}
	out := make([]marquee.Viewing, len(rows))
	for i, r := range rows {
		out[i] = marquee.Viewing{WatchedOn: r.WatchedOn, Rewatch: r.Rewatch}
	}
	return out, nil
}

// DiaryMonths counts a person's viewings by month, the last first.
func (s *Store) DiaryMonths(ctx context.Context, userID string) ([]marquee.MonthCount, error) {
	if !storable(userID) {
		return []marquee.MonthCount{}, nil
	}
	var rows []struct {
		Month marquee.Month `bun:"month"`
		Count int           `bun:"entries"`
	}
	err := s.reader.NewRaw(`SELECT substr(watched_on, 1, 7) AS month, COUNT(*) AS entries FROM watched
		WHERE user_id = ? GROUP BY 1 ORDER BY 1 DESC`, userID).Scan(ctx, &rows)
	out := make([]marquee.MonthCount, len(rows))
	for i, r := range rows {
		out[i] = marquee.MonthCount{Month: r.Month, Count: r.Count}
	}
	return out, s.fail("count a diary's months", err)
}
