package catalog

import (
	"context"

	"example.com/marquee/common/marquee"
)

// RateMovie sets the acting person's rating, 1 to 10; CodeInvalid outside.
func (s *Service) RateMovie(ctx context.Context, id string, rating int) error {
	return s.own(ctx, id, func(userID string) error {
		if rating < marquee.RatingMin || rating > marquee.RatingMax {
			return marquee.Invalid(marquee.FieldError{Field: "rating", Code: marquee.FieldRange, Limit: marquee.RatingMax})
		}
		return s.store.SetRating(ctx, userID, id, rating)
	})
}

// UnrateMovie removes the rating; one that is not there is no error.
func (s *Service) UnrateMovie(ctx context.Context, id string) error {
	return s.own(ctx, id, func(userID string) error { return s.store.SetRating(ctx, userID, id, 0) })
}

// AddToWatchlist puts a film on the list; one that is on it keeps its place.
func (s *Service) AddToWatchlist(ctx context.Context, id string) error {
	return s.own(ctx, id, func(userID string) error { return s.store.SetWatchlist(ctx, userID, id, true) })
}

// RemoveFromWatchlist takes a film off the list.
func (s *Service) RemoveFromWatchlist(ctx context.Context, id string) error {
	return s.own(ctx, id, func(userID string) error { return s.store.SetWatchlist(ctx, userID, id, false) })
}

func (s *Service) own(ctx context.Context, id string, do func(userID string) error) error {
	a, err := marquee.ActorFrom(ctx)
	if err != nil {
		return err
	}
	if !isID(id) {
		return marquee.E(marquee.CodeNotFound)
	}
	return do(a.UserID)
}

// Watchlist lists the acting person's watchlist, the newest first.
func (s *Service) Watchlist(ctx context.Context, p marquee.PageRequest, language string) (marquee.Page[marquee.Movie], error) {
	return s.ownList(ctx, OwnQuery{List: ListWatchlist, Language: language}, p)
}

// Ratings lists the films the acting person rated, the newest rating first.
func (s *Service) Ratings(ctx context.Context, p marquee.PageRequest, language string) (marquee.Page[marquee.Movie], error) {
	return s.ownList(ctx, OwnQuery{List: ListRatings, Language: language}, p)
}

// ownList lists what q selects; p is the page.
func (s *Service) ownList(ctx context.Context, q OwnQuery, p marquee.PageRequest) (marquee.Page[marquee.Movie], error) {
	var none marquee.Page[marquee.Movie]
	a, err := marquee.ActorFrom(ctx)
	if err != nil {
		return none, err
	}
	if p.At != "" && p.At != atEnd {
		return none, marquee.Invalid(marquee.FieldError{Field: "at", Code: marquee.FieldUnknown})
	}
	b := browse{
		cursors: s.cursors, binding: bindingOf(string(q.List), a.UserID, string(q.Month)), request: p,
		list: func(w Window) ([]Entry, error) {
			q := q
			q.Window = w
			return s.store.ListOwn(ctx, a.UserID, q)
		},
	}
	page, err := b.page()
	if err != nil {
		return none, err
	}
	n, err := s.store.CountOwn(ctx, a.UserID, q, MostCounted)
	if err != nil {
		return none, err
	}
	return withTotal(page, n), nil
}
