package catalog

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"example.com/marquee/common/marquee"
)

// Deps are what the rules of films need.
type Deps struct {
	Store Storage
	// CursorKey signs cursors, 32 bytes. PreviousCursorKey, if any, is still
	// accepted, so that a change of the secret breaks no page being read.
	CursorKey         []byte
	PreviousCursorKey []byte
	// TypoTime is what looking for the words that were meant may take where a
	// search finds next to nothing; 0 is 120 ms. Without an answer by then the
	// search stays as it is.
	TypoTime time.Duration
	// Clock says which days have begun; nil is time.Now.
	Clock func() time.Time
	// Log takes what an operator should know; nil discards it.
	Log *slog.Logger
}

// Service implements marquee.MovieService.
type Service struct {
	store    Storage
	cursors  cursors
	typoTime time.Duration
	clock    func() time.Time
	log      *slog.Logger
}

// New returns the rules of films over a store.
func New(d Deps) *Service {
	s := &Service{store: d.Store, cursors: cursors{keys: [][]byte{d.CursorKey}}, typoTime: cmp.Or(d.TypoTime, typoTime), clock: d.Clock, log: d.Log}
	if len(d.PreviousCursorKey) > 0 {
		s.cursors.keys = append(s.cursors.keys, d.PreviousCursorKey)
	}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	return s
}

// FindMovie returns one film with what the acting person did with it.
func (s *Service) FindMovie(ctx context.Context, id, language string) (marquee.Movie, error) {
	a, err := marquee.ActorFrom(ctx)
	if err != nil {
		return marquee.Movie{}, err
	}
	if !isID(id) {
		return marquee.Movie{}, marquee.E(marquee.CodeNotFound)
	}
	return s.store.MovieByID(ctx, a.UserID, id, language)
}

// Genres lists the genres in use, sorted.
func (s *Service) Genres(ctx context.Context) ([]string, error) {
	if _, err := marquee.ActorFrom(ctx); err != nil {
		return nil, err
	}
	genres, err := s.store.GenresInUse(ctx)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(genres, func(a, b string) int {
		return cmp.Or(strings.Compare(fold(a), fold(b)), strings.Compare(a, b))
	})
	return genres, nil
}

// isID reports whether s has the shape of a film's id, a UUID in small
// letters. Nothing else is in the database, and not all else may be sent to it.
func isID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(s) {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (c == '-') {
			return false
		}
		if c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

var _ marquee.MovieService = (*Service)(nil)
