package store

import (
	"context"
	"errors"
	"slices"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

// deleteTries is how often a deletion begins anew because its owner rated a
// film meanwhile.
const deleteTries = 5

// errRatedMeanwhile makes a deletion begin anew.
var errRatedMeanwhile = errors.New("a film was rated while the account was being deleted")

// DeleteAccount removes a person with all that refers to him.
func (s *Store) DeleteAccount(ctx context.Context, id, ifHash string) (ended []string, err error) {
	const op = "delete account"
	if !storable(id) {
		return nil, marquee.E(marquee.CodeNotFound)
	}
	for range deleteTries {
		err = s.inTx(ctx, op, func(ctx context.Context, tx bun.Tx) error {
			var err error
			ended, err = s.deleteAccount(ctx, tx, id, ifHash)
			return err
		})
		if !errors.Is(err, errRatedMeanwhile) {
			return ended, err
		}
	}
	return nil, marquee.Unavailable(op, err)
}

// deleteAccount takes its locks in the order of everybody else, so that nobody
// waits for it who holds what it needs: the person, weakly, so that rows may
// still refer to him; his sessions; his films, by their ids; and only then the
// person alone, which waits for those who are writing such a row. What they
// wrote has to be among what is held by then.
func (s *Store) deleteAccount(ctx context.Context, tx bun.Tx, id, ifHash string) ([]string, error) {
	people, err := s.lockPeople(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	row, ok := people[id]
	switch {
	case !ok:
		return nil, marquee.E(marquee.CodeNotFound)
	case row.PasswordHash != ifHash:
		return nil, marquee.E(marquee.CodeWrongPassword)
	case row.leads() && leadersBut(people, id) == 0:
		return nil, marquee.E(marquee.CodeLastSuperuser)
	}
	if err := s.stillActs(ctx, tx); err != nil {
		return nil, err
	}
	ended, err := s.endAll(ctx, tx, id, "", auth.EndDeleted)
	if err != nil {
		return nil, err
	}
	if err := s.record(ctx, tx, auth.Event{Kind: auth.EventDeleted, UserID: id}); err != nil {
		return nil, err
	}
	if err := s.takeRatingsAway(ctx, tx, id); err != nil {
		return nil, err
	}
	// The rest goes with the row (ON DELETE).
	_, err = tx.NewDelete().Model((*userRow)(nil)).Where("id = ?", id).Exec(ctx)
	return ended, err
}

// takeRatingsAway removes a person's ratings, and them from the sums of their
// films.
func (s *Store) takeRatingsAway(ctx context.Context, tx bun.Tx, id string) error {
	const rated = "SELECT movie_id FROM ratings WHERE user_id = ?"
	var held, there []string
	err := s.lockRow(tx.NewSelect().Table("movies").Column("id").Where("id IN ("+rated+")", id).Order("id")).Scan(ctx, &held)
	if err != nil {
		return err
	}
	if s.onPostgres() {
		var alone string
		if err := tx.NewRaw("SELECT id FROM users WHERE id = ? FOR UPDATE", id).Scan(ctx, &alone); err != nil {
			return err
		}
	}
	if err := tx.NewRaw(rated, id).Scan(ctx, &there); err != nil {
		return err
	}
	slices.Sort(held)
	slices.Sort(there)
	if !slices.Equal(held, there) {
		return errRatedMeanwhile
	}
	_, err = tx.NewRaw(`UPDATE movies SET rating_count = rating_count - 1,
		rating_sum = rating_sum - (SELECT r.rating FROM ratings AS r WHERE r.user_id = ? AND r.movie_id = movies.id)
		WHERE id IN (`+rated+")", id, id).Exec(ctx)
	if err != nil {
		return err
	}
	_, err = tx.NewRaw("DELETE FROM ratings WHERE user_id = ?", id).Exec(ctx)
	return err
}
