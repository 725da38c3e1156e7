package httpapi_test

import (
	"context"
	"sync"

	"example.com/marquee/common/marquee"
)

// oneFilm is a catalogue of one film and one person.
type oneFilm struct {
	mu   sync.Mutex
	film marquee.Movie
}

func newOneFilm() *oneFilm {
	return &oneFilm{film: marquee.Movie{
		ID: "m1", Title: "Arrival", OriginalTitle: "Arrival", Year: 2016, Genres: []string{"Drama"},
		Countries: []string{}, Languages: []string{}, Directors: []string{}, Cast: []string{},
	}}
}

func (o *oneFilm) change(id string, do func(*marquee.Movie)) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if id != o.film.ID {
		return marquee.E(marquee.CodeNotFound)
	}
	do(&o.film)
	return nil
}

func (o *oneFilm) page() (marquee.Page[marquee.Movie], error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return marquee.Page[marquee.Movie]{Items: []marquee.Movie{o.film}, Total: 1, TotalIs: marquee.TotalExact}, nil
}

func (o *oneFilm) FindMovies(context.Context, marquee.MovieFilter) (marquee.Page[marquee.Movie], error) {
	return o.page()
}

func (o *oneFilm) FindMovie(_ context.Context, id, _ string) (m marquee.Movie, err error) {
	err = o.change(id, func(f *marquee.Movie) { m = *f })
	return m, err
}

func (o *oneFilm) Genres(context.Context) ([]string, error) { return []string{"Drama"}, nil }

func (o *oneFilm) RateMovie(_ context.Context, id string, rating int) error {
	return o.change(id, func(f *marquee.Movie) { f.MyRating = rating })
}

func (o *oneFilm) UnrateMovie(_ context.Context, id string) error {
	return o.change(id, func(f *marquee.Movie) { f.MyRating = 0 })
}

func (o *oneFilm) AddToWatchlist(_ context.Context, id string) error {
	return o.change(id, func(f *marquee.Movie) { f.OnWatchlist = true })
}

func (o *oneFilm) RemoveFromWatchlist(_ context.Context, id string) error {
	return o.change(id, func(f *marquee.Movie) { f.OnWatchlist = false })
}

func (o *oneFilm) MarkWatched(_ context.Context, id string, on marquee.Date) error {
	return o.change(id, func(f *marquee.Movie) { f.WatchedOn = &on })
}

func (o *oneFilm) UnmarkWatched(_ context.Context, id string) error {
	return o.change(id, func(f *marquee.Movie) { f.WatchedOn = nil })
}

func (o *oneFilm) Watchlist(context.Context, marquee.PageRequest, string) (marquee.Page[marquee.Movie], error) {
	return o.page()
}

func (o *oneFilm) Ratings(context.Context, marquee.PageRequest, string) (marquee.Page[marquee.Movie], error) {
	return o.page()
}

func (o *oneFilm) Diary(context.Context, marquee.PageRequest, string) (marquee.Page[marquee.Movie], error) {
	return o.page()
}
