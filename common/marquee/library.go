package marquee

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Bounds of what is brought from elsewhere.
const (
	LibraryMax         = 200 // entries of one request
	LibraryViewingsMax = 100 // viewings of one entry
)

// LibraryEntry is what a person did with one film elsewhere, on its way into
// the account here. The film is named as people name it, by title and year.
// Members that are left out leave what is here as it is.
type LibraryEntry struct {
	Title string `json:"title"` // or the original title
	Year  int    `json:"year"`  // 1888 to 2100

	Rating  int  `json:"rating,omitempty"`   // 1 to 10; takes the place of the one that is here
	RatedOn Date `json:"rated_on,omitempty"` // "": now
	// ListedOn puts the film on the watchlist, as on that day.
	ListedOn Date             `json:"listed_on,omitempty"`
	Viewings []LibraryViewing `json:"viewings,omitempty"`
	// SeenOn is for a film that was seen nobody knows when: it becomes a
	// viewing of that day unless there is one of any other.
	SeenOn Date `json:"seen_on,omitempty"`
}

// LibraryViewing is a viewing on its way in.
type LibraryViewing struct {
	WatchedOn Date `json:"watched_on"`
	Rewatch   bool `json:"rewatch,omitempty"`  // also when the first viewing is not recorded
	NotedOn   Date `json:"noted_on,omitempty"` // "": now
}

// LibraryOutcome says what became of an entry.
type LibraryOutcome string

// The outcomes.
const (
	LibrarySaved     LibraryOutcome = "saved"
	LibraryUnchanged LibraryOutcome = "unchanged" // all of it was here
	LibraryNotFound  LibraryOutcome = "not_in_catalogue"
	LibraryAmbiguous LibraryOutcome = "ambiguous" // more than one film is called so
)

// LibraryResult is what became of an entry, and of which film it was.
type LibraryResult struct {
	Outcome LibraryOutcome `json:"outcome"`
	MovieID string         `json:"movie_id"` // "" if no one film was found
}

// CheckLibrary returns what is wrong with entries: fields as "items[3].year".
// No date may be after LatestDate.
func CheckLibrary(entries []LibraryEntry, now time.Time) []FieldError {
	if len(entries) > LibraryMax {
		return []FieldError{{Field: "items", Code: FieldRange, Limit: LibraryMax}}
	}
	var wrong []FieldError
	for i, e := range entries {
		for _, f := range e.Check(now) {
			f.Field = fmt.Sprintf("items[%d].%s", i, f.Field)
			wrong = append(wrong, f)
		}
	}
	return wrong
}

// Check returns what is wrong with an entry by field.
func (e LibraryEntry) Check(now time.Time) []FieldError {
	var wrong []FieldError
	refuse := func(field, code string, limit int) {
		wrong = append(wrong, FieldError{Field: field, Code: code, Limit: limit})
	}
	switch title := strings.TrimSpace(e.Title); {
	case title == "":
		refuse("title", FieldRequired, 0)
	case !utf8.ValidString(title) || strings.ContainsRune(title, 0):
		refuse("title", FieldCharacters, 0)
	case utf8.RuneCountInString(title) > TitleMax:
		refuse("title", FieldTooLong, TitleMax)
	}
	if e.Year < YearMin || e.Year > YearMax {
		refuse("year", FieldRange, YearMax)
	}
	if e.Rating != 0 && (e.Rating < RatingMin || e.Rating > RatingMax) {
		refuse("rating", FieldRange, RatingMax)
	}
	if len(e.Viewings) > LibraryViewingsMax {
		refuse("viewings", FieldRange, LibraryViewingsMax)
	}
	date := func(field string, d Date) {
		switch _, err := ParseDate(string(d)); {
		case err != nil:
			refuse(field, FieldFormat, 0)
		case d > LatestDate(now):
			refuse(field, FieldFuture, 0)
		}
	}
	optional := func(field string, d Date) {
		if d != "" {
			date(field, d)
		}
	}
	optional("rated_on", e.RatedOn)
	optional("listed_on", e.ListedOn)
	optional("seen_on", e.SeenOn)
	for i, v := range e.Viewings {
		date(fmt.Sprintf("viewings[%d].watched_on", i), v.WatchedOn)
		optional(fmt.Sprintf("viewings[%d].noted_on", i), v.NotedOn)
	}
	return wrong
}
