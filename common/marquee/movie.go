package marquee

import "time"

// Movie is a film, with what the asking person did with it.
type Movie struct {
	ID             string   `json:"id"`
	Title          string   `json:"title"`
	OriginalTitle  string   `json:"original_title"`
	Year           int      `json:"year"`
	RuntimeMinutes int      `json:"runtime_minutes"` // 0: unknown
	Countries      []string `json:"countries"`
	Languages      []string `json:"languages"`
	Genres         []string `json:"genres"`
	Directors      []string `json:"directors"` // these and the cast of Korean films in Hangul, where known, for callers in Korean
	Cast           []string `json:"cast"`
	Overview       string   `json:"overview"` // in the caller's language where there is one
	// IMDbURL and WikipediaURL are the film's pages there, "" where none is known.
	IMDbURL      string `json:"imdb_url"`
	WikipediaURL string `json:"wikipedia_url"`

	// RatingAverage, 1 to 10 or 0 without ratings, and RatingCount are of the
	// people here and of those of other sites whose figures were imported.
	RatingAverage float64 `json:"rating_average"`
	RatingCount   int     `json:"rating_count"`
	MyRating      int     `json:"my_rating"` // 1 to 10; 0: not rated
	OnWatchlist   bool    `json:"on_watchlist"`
	// WatchedOn is the date of the last viewing, nil without one; in a diary
	// it is the date of the entry.
	WatchedOn  *Date `json:"watched_on"`
	WatchCount int   `json:"watch_count"` // viewings, each on a date of its own

	// NotedAt says when the entry was made, in a list of the person's own; nil
	// elsewhere. Rewatch says of a diary's entry that it was not the first
	// viewing; false elsewhere.
	NotedAt *time.Time `json:"noted_at"`
	Rewatch bool       `json:"rewatch"`
}

// Bounds of films, and of what people think of them.
const (
	TitleMax  = 500  // characters
	YearMin   = 1888 // of the oldest that is kept; nothing was watched before
	YearMax   = 2100
	RatingMin = 1
	RatingMax = 10
)

// Sort is an order of films.
type Sort string

// The orders of films. A minus sorts downwards.
const (
	SortTitle    Sort = "title"
	SortYear     Sort = "year"
	SortYearDesc Sort = "-year"
	SortRating   Sort = "-rating"
)

// QueryMax is how many characters MovieFilter.Query and PageRequest.At may have.
const QueryMax = 100

// MovieFilter says which films, in which order, and which page of them.
type MovieFilter struct {
	Query    string // words looked for in titles and people; the last one as a prefix
	Genre    string // exact; "" for all
	YearFrom int    // 0: no bound
	YearTo   int    // 0: no bound
	Sort     Sort   // "" is SortTitle
	Page     PageRequest
	Language string // "en" or "ko", for overviews and names; "" is "en"
}

// PageRequest asks for one page of a list.
type PageRequest struct {
	Limit  int    // 1 to 100; 0 is 20
	Cursor string // from an earlier Page of the same list; "" is the first page
	// At starts elsewhere: "end" is the last page, other text is the first
	// title that sorts at or after it (title sorts only).
	At string
}

// Page is one page of a list. Cursors are opaque and bound to their query.
type Page[T any] struct {
	Items      []T     `json:"items"`
	NextCursor *string `json:"next_cursor"`
	PrevCursor *string `json:"prev_cursor"`
	Total      int     `json:"total"`
	TotalIs    string  `json:"total_is"` // TotalExact or TotalAtLeast
	// CorrectedQuery is what may have been meant by the query of a search that
	// finds fewer than five films: the films it finds follow those few, and are
	// counted. "" in any other list.
	CorrectedQuery string `json:"corrected_query"`
}

// How Page.Total is meant: counted up to 10,000 matches, beyond that a bound.
const (
	TotalExact   = "exact"
	TotalAtLeast = "at_least"
)
