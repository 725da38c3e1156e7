package catalog

import (
	"context"

	"example.com/marquee/common/marquee"
)

// Film is a film as a source tells of it, or as it is stored. Fields of
// marquee.Movie that belong to a person or to ratings are not read when a film
// is saved.
//
// What a source does not say stays as it is: an empty text, a runtime of 0, a
// list that is nil. An empty list that is not nil says that there are none.
type Film struct {
	marquee.Movie // Overview is not used: see below
	// OverviewEN and OverviewKO are one or a few sentences; "" where there is none.
	OverviewEN, OverviewKO string
	// IMDbID is "tt" and digits, or "". It is an identity across sources: films
	// of one IMDb id are one film.
	IMDbID string
	// Page is the film's in the English Wikipedia, by its name as it reads
	// ("Up_(2009_film)"), or "". Several films may have one page.
	Page string
	// Also are ids under which the film is stored if it has come with a year
	// before or after its own: see otherIDs.
	Also []string
	// Source names where the film came from. A film is changed by the source
	// that brought it, or by one that takes precedence; any other adds only
	// what the film lacks (see Merge).
	Source string
	// Digest differs when what the source says about the film does, apart from
	// people who come from a file of their own.
	Digest string
	// TitleKey orders films by title as bytes (see titleKey).
	TitleKey []byte
	// OriginalKey is the same of the original title, nil where that is the title.
	OriginalKey []byte
	// Terms are what a search finds the film by (see terms).
	Terms []string
	// IMDb and MovieLens are what those sites counted; nil: nothing is said.
	IMDb, MovieLens *Tally
	// Patch says that the film is not told of whole: it changes one that is
	// there and adds none.
	Patch bool
}

// Tally is the ratings that another site counted. Sum is in tenths of points on
// the scale of 1 to 10, so that an average with one decimal is exact; at most
// 10^9 votes.
type Tally struct{ Sum, Votes int64 }

// Saved counts what SaveFilms did. Unknown are patches of films that are not there.
type Saved struct{ Added, Updated, Unchanged, Unknown int }

// Stored is so much of a stored film as shows whether a source says the same of
// it again. Its lists are never nil.
type Stored struct {
	Source, Digest  string
	Directors, Cast []string
	IMDb, MovieLens Tally
}

// Mark is a named number beside the films, written in the same transaction.
type Mark struct {
	Name  string // "" for none
	Value int64
}

// Selection says which films; the zero value is all of them.
type Selection struct {
	// Terms must all be among a film's terms. Prefix, unless "", must begin one.
	Terms  []string
	Prefix string
	// Nothing selects no film at all.
	Nothing  bool
	YearFrom int // 0: no bound
	YearTo   int // 0: no bound
}

// Everything reports whether s selects all films.
func (s Selection) Everything() bool {
	return len(s.Terms) == 0 && s.Prefix == "" && !s.Nothing && s.YearFrom == 0 && s.YearTo == 0
}

// Matches are the films that were found for a selection, as a storage holds them.
type Matches interface {
	// Count is how many there are, exactly.
	Count() int
	// Without returns those that are not among others, of the same storage.
	Without(others Matches) Matches
}

// Position is a place in an order. The members that count depend on the list.
type Position struct {
	// TitleKey, Number and ID place a film among films. Number is the year,
	// the year negated or Rank, as the order has it; unused for titles.
	// An empty ID is the place before every film of that key.
	TitleKey []byte
	Number   int64
	ID       string
	// Part is which of the lists that follow each other it is in, from 0.
	Part int
	// Date, Number (when it was recorded) and ID place an entry in a list of a
	// person's; Date only in a diary.
	Date string
}

// Window is a part of a list: Limit entries after From, or before it with
// Backward. A nil From is the list's beginning, or its end with Backward.
type Window struct {
	From     *Position
	Backward bool
	Limit    int
}

// MovieQuery asks for films: Matches, or with nil all of them.
type MovieQuery struct {
	Matches
	Sort marquee.Sort
	Window
	// Language of the overview and of people's names (see InKorean): "ko", or English.
	Language string
}

// Entry is a film of a list with its place in it.
type Entry struct {
	marquee.Movie
	At Position
}

// List names a list of a person's own.
type List string

// The lists.
const (
	ListWatchlist List = "watchlist"
	ListRatings   List = "ratings"
	ListDiary     List = "diary"
)

// OwnQuery asks for entries of a person's own list.
type OwnQuery struct {
	List
	Month marquee.Month // of a diary; "" for all
	Window
	// Language of the overview and of people's names (see InKorean): "ko", or English.
	Language string
}

// NamedFilm is a film with what it is called.
type NamedFilm struct {
	ID, Title, OriginalTitle string
	Year                     int
}

// LibraryItem is an entry whose film is known.
type LibraryItem struct {
	MovieID string
	marquee.LibraryEntry
}

// MostCounted is how far the total of a list is told.
const MostCounted = 10_000

// Storage keeps films. Every film it returns carries what the person userID
// did with it. Errors are marquee.Error: CodeNotFound for an unknown film,
// CodeUnavailable.
type Storage interface {
	// SaveFilms adds films, or merges each with the one that is there, and
	// writes mark, all in one transaction. A film is there if its id is, or its
	// IMDb id, or one that SameFilm recognises. Ids must not repeat.
	SaveFilms(ctx context.Context, films []Film, mark Mark) (Saved, error)
	// StoredFilms returns what is stored under ids, of those that are there.
	StoredFilms(ctx context.Context, ids []string) (map[string]Stored, error)
	// IMDbIDs returns the IMDb ids of films in order, limit of them after one.
	IMDbIDs(ctx context.Context, after string, limit int) ([]string, error)
	// CatalogueMark returns the number last written under name, 0 for none.
	CatalogueMark(ctx context.Context, name string) (int64, error)

	// MovieCount is how many films there are.
	MovieCount(ctx context.Context) (int, error)
	// FindMatches finds the films of a selection.
	FindMatches(ctx context.Context, s Selection) (Matches, error)
	// ListMovies returns a window of films in the list's order, also backward.
	ListMovies(ctx context.Context, userID string, q MovieQuery) ([]Entry, error)
	// ListCommonTerms lists the terms that many films have, unless that was done
	// when there were about as many films, so that FindMatches is quick with them.
	// It reports how many it found. It takes about a minute for a million films,
	// in steps of which each holds up those who save films.
	ListCommonTerms(ctx context.Context) (int, error)
	// LookAtFilms has the database find out what its tables hold, which it does by
	// itself some time after many films were saved: until then it reads more
	// than it must. It takes seconds for a million films, and holds nobody up.
	LookAtFilms(ctx context.Context) error
	// MovieByID returns one film.
	MovieByID(ctx context.Context, userID, id, language string) (marquee.Movie, error)
	// NearWords lists the spellings of words that n describes, in any order. It
	// may leave some out where there are very many.
	NearWords(ctx context.Context, n Near) ([]string, error)
	// GenresInUse lists the genres that films have, in any order.
	GenresInUse(ctx context.Context) ([]string, error)

	// SetRating sets, or with 0 removes, a person's rating and keeps the
	// film's sum and count in the same transaction.
	SetRating(ctx context.Context, userID, movieID string, rating int) error
	// SetWatchlist puts a film on a person's list or takes it off. A film that
	// is on it keeps its place.
	SetWatchlist(ctx context.Context, userID, movieID string, on bool) error
	// AddViewing records that a person saw a film on a date; one that is
	// recorded stays as it is.
	AddViewing(ctx context.Context, userID, movieID string, on marquee.Date) error
	// RemoveViewings removes the viewing of a date, or with "" all of the film's.
	RemoveViewings(ctx context.Context, userID, movieID string, on marquee.Date) error
	// Viewings lists a person's viewings of a film, the last first, most at most.
	Viewings(ctx context.Context, userID, movieID string, most int) ([]marquee.Viewing, error)
	// DiaryMonths counts a person's viewings by month, the last first.
	DiaryMonths(ctx context.Context, userID string) ([]marquee.MonthCount, error)

	// FilmsNamed returns the films whose TitleKey or OriginalKey is among keys.
	FilmsNamed(ctx context.Context, keys [][]byte) ([]NamedFilm, error)
	// SaveLibrary does what the items say in one transaction, the sums of
	// ratings included, and tells of each whether anything was new.
	SaveLibrary(ctx context.Context, userID string, items []LibraryItem) (changed []bool, err error)

	// ListOwn returns a window of a list of the person's, newest first.
	ListOwn(ctx context.Context, userID string, q OwnQuery) ([]Entry, error)
	// CountOwn counts the entries that q selects, its window apart, up to one
	// above most.
	CountOwn(ctx context.Context, userID string, q OwnQuery, most int) (int, error)
}
