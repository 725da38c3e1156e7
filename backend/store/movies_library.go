package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/catalog"
	"example.com/marquee/common/marquee"
)

// FilmsNamed returns the films that have one of the keys as a title's.
func (s *Store) FilmsNamed(ctx context.Context, keys [][]byte) ([]catalog.NamedFilm, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	var films []catalog.NamedFilm
	list := bun.List(keys)
	// UNION and not OR, so that each half goes by its index.
	err := s.reader.NewRaw(`SELECT id, title, original_title, year FROM movies WHERE title_key IN (?)
		UNION SELECT id, title, original_title, year FROM movies WHERE original_key IN (?)`, list, list).Scan(ctx, &films)
	return films, s.fail("find films by title", err)
}

// The rows of what a person did with films.
type (
	ratingRow struct {
		bun.BaseModel `bun:"table:ratings"`

		UserID  string `bun:"user_id"`
		MovieID string `bun:"movie_id"`
		Rating  int    `bun:"rating"`
		At      int64  `bun:"at"`
	}
	listedRow struct {
		bun.BaseModel `bun:"table:watchlist"`

		UserID  string `bun:"user_id"`
		MovieID string `bun:"movie_id"`
		At      int64  `bun:"at"`
	}
	watchedRow struct {
		bun.BaseModel `bun:"table:watched"`

		UserID    string       `bun:"user_id"`
		MovieID   string       `bun:"movie_id"`
		WatchedOn marquee.Date `bun:"watched_on"`
		At        int64        `bun:"at"`
		Rewatch   bool         `bun:"rewatch"`
	}
)

// SaveLibrary holds the rows of all films from the first moment and in one
// order, so that two batches wait for each other and never in a circle. What
// the person has is read once; what is new is written in a few statements.
func (s *Store) SaveLibrary(ctx context.Context, userID string, items []catalog.LibraryItem) ([]bool, error) {
	if len(items) == 0 {
		return nil, nil
	}
	const op = "save a library"
	changed := make([]bool, len(items))
	err := s.inTx(ctx, op, func(ctx context.Context, tx bun.Tx) error {
		l := library{userID: userID}
		for _, item := range items {
			l.ids = append(l.ids, item.MovieID)
		}
		var held []string
		err := s.lockRow(tx.NewSelect().Table("movies").Column("id").Where("id IN (?)", bun.List(l.ids)).Order("id")).Scan(ctx, &held)
		if err != nil {
			return err
		}
		if l.now, err = s.nowIn(ctx, tx); err != nil {
			return err
		}
		if err := l.read(ctx, tx); err != nil {
			return err
		}
		for i, item := range items {
			changed[i] = l.take(item)
		}
		err = s.writeLibrary(ctx, tx, &l)
		if isForeignKey(err) { // the account went meanwhile
			return marquee.Wrap(marquee.CodeNotFound, op, err)
		}
		return err
	})
	return changed, err
}

// library is what a person did with the films of a batch, and what of it is new.
type library struct {
	userID string
	ids    []string
	now    time.Time

	ratings map[string]ratingRow
	listed  map[string]bool
	watched map[string]map[marquee.Date]watchedRow

	before     map[string]int // ratings as they were, of those that change
	newListed  []listedRow
	newWatched []watchedRow
	rewatches  []watchedRow // were recorded as the first viewing
}

func (l *library) read(ctx context.Context, tx bun.Tx) error {
	var ratings []ratingRow
	var listed []listedRow
	var watched []watchedRow
	for _, rows := range []any{&ratings, &listed, &watched} {
		err := tx.NewSelect().Model(rows).Where("user_id = ?", l.userID).Where("movie_id IN (?)", bun.List(l.ids)).Scan(ctx)
		if err != nil {
			return err
		}
	}
	l.ratings, l.listed, l.watched = map[string]ratingRow{}, map[string]bool{}, map[string]map[marquee.Date]watchedRow{}
	l.before = map[string]int{}
	for _, r := range ratings {
		l.ratings[r.MovieID] = r
	}
	for _, r := range listed {
		l.listed[r.MovieID] = true
	}
	for _, r := range watched {
		l.keep(r)
	}
	return nil
}

func (l *library) keep(r watchedRow) {
	if l.watched[r.MovieID] == nil {
		l.watched[r.MovieID] = map[marquee.Date]watchedRow{}
	}
	l.watched[r.MovieID][r.WatchedOn] = r
}

// take notes what of an item is new and reports whether anything is.
func (l *library) take(item catalog.LibraryItem) (changed bool) {
	id := item.MovieID
	if r := l.ratings[id]; item.Rating != 0 && item.Rating != r.Rating {
		if _, ok := l.before[id]; !ok {
			l.before[id] = r.Rating
		}
		l.ratings[id] = ratingRow{UserID: l.userID, MovieID: id, Rating: item.Rating, At: l.moment(item.RatedOn)}
		changed = true
	}
	if item.ListedOn != "" && !l.listed[id] {
		l.listed[id] = true
		l.newListed = append(l.newListed, listedRow{UserID: l.userID, MovieID: id, At: l.moment(item.ListedOn)})
		changed = true
	}
	for _, v := range item.Viewings {
		changed = l.view(id, v) || changed
	}
	if item.SeenOn != "" && len(l.watched[id]) == 0 {
		changed = l.view(id, marquee.LibraryViewing{WatchedOn: item.SeenOn, NotedOn: item.SeenOn}) || changed
	}
	return changed
}

func (l *library) view(id string, v marquee.LibraryViewing) (changed bool) {
	r, there := l.watched[id][v.WatchedOn]
	switch {
	case !there:
		r = watchedRow{UserID: l.userID, MovieID: id, WatchedOn: v.WatchedOn, At: l.moment(v.NotedOn), Rewatch: v.Rewatch}
		l.newWatched = append(l.newWatched, r)
	case v.Rewatch && !l.isRewatch(r):
		r.Rewatch = true
		l.rewatches = append(l.rewatches, r)
	default:
		return false
	}
	l.keep(r)
	return true
}

// isRewatch is the rule that the SQL of the same name has.
func (l *library) isRewatch(r watchedRow) bool {
	if r.Rewatch {
		return true
	}
	for on := range l.watched[r.MovieID] {
		if on < r.WatchedOn {
			return true
		}
	}
	return false
}

// moment is when something was noted: the first moment of a day in UTC, since
// the zone of that day is not known, or now.
func (l *library) moment(d marquee.Date) int64 {
	if t, err := time.Parse(time.DateOnly, string(d)); err == nil {
		return micros(t)
	}
	return micros(l.now)
}

func (s *Store) writeLibrary(ctx context.Context, tx bun.Tx, l *library) error {
	var rated []ratingRow
	var sums []ratingChange
	for _, id := range l.ids {
		old, ok := l.before[id]
		if !ok {
			continue
		}
		delete(l.before, id) // a film may be there twice
		r := l.ratings[id]
		rated = append(rated, r)
		sums = append(sums, ratingChange{id, r.Rating - old, voters(r.Rating) - voters(old)})
	}
	if len(rated) > 0 {
		_, err := tx.NewInsert().Model(&rated).On("CONFLICT (user_id, movie_id) DO UPDATE").
			Set("rating = excluded.rating, at = excluded.at").Exec(ctx)
		if err != nil {
			return err
		}
	}
	if err := s.addToRatings(ctx, tx, sums); err != nil {
		return err
	}
	if len(l.newListed) > 0 {
		if _, err := tx.NewInsert().Model(&l.newListed).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
			return err
		}
	}
	if len(l.newWatched) > 0 {
		if _, err := tx.NewInsert().Model(&l.newWatched).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
			return err
		}
	}
	for _, r := range l.rewatches {
		_, err := tx.NewRaw("UPDATE watched SET rewatch = TRUE WHERE user_id = ? AND movie_id = ? AND watched_on = ?",
			r.UserID, r.MovieID, string(r.WatchedOn)).Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}
