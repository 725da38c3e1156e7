package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/catalog"
	"example.com/marquee/common/marquee"
)

// SetRating holds the film's row from before it reads the old rating, so that
// the sum of two ratings at once is the sum of both.
func (s *Store) SetRating(ctx context.Context, userID, movieID string, rating int) error {
	const op = "rate a film"
	return s.ownChange(ctx, op, userID, movieID, func(ctx context.Context, tx bun.Tx, movieID string) error {
		if err := s.lockMovie(ctx, tx, movieID); err != nil {
			return err
		}
		var old int
		err := tx.NewRaw("SELECT rating FROM ratings WHERE user_id = ? AND movie_id = ?", userID, movieID).Scan(ctx, &old)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if old == rating {
			return nil
		}
		if rating == 0 {
			_, err = tx.NewRaw("DELETE FROM ratings WHERE user_id = ? AND movie_id = ?", userID, movieID).Exec(ctx)
		} else {
			_, err = tx.NewRaw(`INSERT INTO ratings (user_id, movie_id, rating, at) VALUES (?, ?, ?, ?)
				ON CONFLICT (user_id, movie_id) DO UPDATE SET rating = excluded.rating, at = excluded.at`,
				userID, movieID, rating, s.now()).Exec(ctx)
		}
		if err != nil {
			return err
		}
		return s.addToRatings(ctx, tx, []ratingChange{{movieID, rating - old, voters(rating) - voters(old)}})
	})
}

// ratingChange is what is added to the sum and the count of a film's ratings.
type ratingChange struct {
	movieID    string
	sum, count int
}

// addToRatings keeps the sums of films; the transaction holds their rows.
func (s *Store) addToRatings(ctx context.Context, tx bun.Tx, changes []ratingChange) error {
	for _, c := range changes {
		_, err := tx.NewRaw("UPDATE movies SET rating_sum = rating_sum + ?, rating_count = rating_count + ? WHERE id = ?",
			c.sum, c.count, c.movieID).Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}

// voters is how many people stand behind a rating.
func voters(rating int) int { return min(rating, 1) }

// lockMovie holds the film's row; sql.ErrNoRows, which becomes not_found,
// without one.
func (s *Store) lockMovie(ctx context.Context, tx bun.Tx, id string) error {
	var found string
	return s.lockRow(tx.NewSelect().Table("movies").Column("id").Where("id = ?", id)).Scan(ctx, &found)
}

// SetWatchlist puts a film on the person's list or takes it off.
func (s *Store) SetWatchlist(ctx context.Context, userID, movieID string, on bool) error {
	return s.ownChange(ctx, "change a watchlist", userID, movieID, func(ctx context.Context, tx bun.Tx, movieID string) error {
		if !on {
			return s.forget(ctx, tx, "watchlist", userID, movieID)
		}
		_, err := tx.NewRaw("INSERT INTO watchlist (user_id, movie_id, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
			userID, movieID, s.now()).Exec(ctx)
		return err
	})
}

func (s *Store) forget(ctx context.Context, tx bun.Tx, table, userID, movieID string) error {
	if err := s.movieExists(ctx, tx, movieID); err != nil {
		return err
	}
	_, err := tx.NewRaw("DELETE FROM ? WHERE user_id = ? AND movie_id = ?", bun.Ident(table), userID, movieID).Exec(ctx)
	return err
}

func (s *Store) movieExists(ctx context.Context, tx bun.Tx, id string) error {
	var found string
	return tx.NewRaw("SELECT id FROM movies WHERE id = ?", id).Scan(ctx, &found)
}

// ownChange runs a change of what a person did with a film; a film or a person
// that is not there is not_found. The id of a film that was joined into another
// one is that film's.
func (s *Store) ownChange(ctx context.Context, op, userID, movieID string, fn func(ctx context.Context, tx bun.Tx, movieID string) error) error {
	if !storable(userID) || !storable(movieID) {
		return marquee.E(marquee.CodeNotFound)
	}
	return s.byFilmID(ctx, op, movieID, func(movieID string) error {
		return s.inTx(ctx, op, func(ctx context.Context, tx bun.Tx) error {
			err := fn(ctx, tx, movieID)
			if isForeignKey(err) {
				return marquee.Wrap(marquee.CodeNotFound, op, err)
			}
			return err
		})
	})
}

// ownOrder is the columns by which a list of a person's goes, newest first.
func ownOrder(l catalog.List) (columns []string, args func(p catalog.Position) []any) {
	if l == catalog.ListDiary {
		return []string{"watched_on", "at", "movie_id"}, func(p catalog.Position) []any { return []any{p.Date, p.Number, p.ID} }
	}
	return []string{"at", "movie_id"}, func(p catalog.Position) []any { return []any{p.Number, p.ID} }
}

func ownTable(l catalog.List) string {
	if l == catalog.ListDiary {
		return "watched"
	}
	return string(l)
}

// ownWhere selects the entries of a list, given its table AS o.
func ownWhere(userID string, q catalog.OwnQuery) clause {
	c := clause{"o.user_id = ?", []any{userID}}
	if q.Month != "" { // dates compare as texts, and no day is after the 31st
		c.and("o.watched_on BETWEEN ? AND ?", string(q.Month)+"-01", string(q.Month)+"-31")
	}
	return c
}

// ListOwn returns a window of a list of the person's. Its index is walked
// downwards, so that forward is DESC here.
func (s *Store) ListOwn(ctx context.Context, userID string, q catalog.OwnQuery) ([]catalog.Entry, error) {
	if !storable(userID) {
		return nil, nil
	}
	columns, args := ownOrder(q.List)
	c := ownWhere(userID, q)
	if q.From != nil {
		c.and(beyond("o.", columns, !q.Backward), args(*q.From)...)
	}
	date, rewatch := "''", "FALSE"
	if q.List == catalog.ListDiary {
		date, rewatch = "o.watched_on", isRewatch
	}
	by := func(alias string) string { return strings.Join(directed(alias, columns, !q.Backward), ", ") }
	sql := "SELECT " + foundColumns + ", page.at AS own_at, page.own_date, page.own_rewatch" +
		" FROM (SELECT o.*, " + date + " AS own_date, " + rewatch + " AS own_rewatch FROM " + ownTable(q.List) + " AS o" +
		c.where() + " ORDER BY " + by("o.") + " LIMIT ?) AS page JOIN movies AS m ON m.id = page.movie_id" +
		ownJoins + " ORDER BY " + by("page.")
	return s.entries(ctx, "list a person's films", sql, append(c.args, q.Limit, userID, userID, userID), q.Language, func(r foundRow) catalog.Position {
		return catalog.Position{Date: r.OwnDate, Number: r.OwnAt, ID: r.ID}
	})
}

// CountOwn counts the entries of a list up to one above most.
func (s *Store) CountOwn(ctx context.Context, userID string, q catalog.OwnQuery, most int) (int, error) {
	if !storable(userID) {
		return 0, nil
	}
	var n int
	c := ownWhere(userID, q)
	err := s.reader.NewRaw("SELECT COUNT(*) FROM (SELECT 1 FROM "+ownTable(q.List)+" AS o"+c.where()+" LIMIT ?) AS counted",
		append(c.args, most+1)...).Scan(ctx, &n)
	return n, s.fail("count a person's films", err)
}

var _ catalog.Storage = (*Store)(nil)
