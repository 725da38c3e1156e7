package letterboxd

import (
	"bytes"
	"encoding/csv"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"example.com/marquee/common/marquee"
)

// Reason says why a row was left out.
type Reason string

// The reasons.
const (
	ReasonTooLong      Reason = "too_long"      // more than 64 KiB, or a title of more than 500 characters
	ReasonBrokenText   Reason = "broken_text"   // not UTF-8
	ReasonMalformed    Reason = "malformed"     // not a row of CSV
	ReasonMissingTitle Reason = "missing_title" //
	ReasonBadYear      Reason = "bad_year"      // missing, or out of 1888 to 2100
	ReasonBadRating    Reason = "bad_rating"    // not 0.5 to 5 in halves
	ReasonBadDate      Reason = "bad_date"      // no calendar date
	ReasonFutureDate   Reason = "future_date"   // a day that has begun nowhere on earth
)

// kind is what a file of the export holds.
type kind int

const (
	other kind = iota // not of the export, or not read
	diaryKind
	ratingsKind
	watchlistKind
	watchedKind
	unclearKind // a watchlist or watched films: both have the same columns
)

// The columns.
const (
	colDate    = "Date"
	colName    = "Name"
	colYear    = "Year"
	colURI     = "Letterboxd URI"
	colRating  = "Rating"
	colRewatch = "Rewatch"
	colTags    = "Tags"
	colWatched = "Watched Date"
	colReview  = "Review"
)

// kindOf tells a file by its header, and by its name where two kinds have the
// same. Reviews are left alone: what they say beside the text is in the diary.
func kindOf(header []string, name string) kind {
	has := func(column string) bool { return slices.Contains(header, column) }
	base := strings.ToLower(path.Base(name))
	switch {
	case !has(colName) || !has(colYear) || has(colReview):
		return other
	case has(colWatched):
		return diaryKind
	case has(colRating):
		return ratingsKind
	case !has(colDate):
		return other
	case strings.Contains(base, "watchlist"):
		return watchlistKind
	case strings.Contains(base, "watched"):
		return watchedKind
	}
	return unclearKind
}

// fieldsOf reads a line of CSV (RFC 4180).
func fieldsOf(line []byte) ([]string, error) {
	r := csv.NewReader(bytes.NewReader(line))
	r.FieldsPerRecord = -1
	return r.Read()
}

// row is a row of any of the files.
type row struct {
	title   string
	year    int
	date    marquee.Date // when it was written down; "" if the file does not say
	rating  int          // 1 to 10; 0 without one
	watched marquee.Date // of the diary
	rewatch bool
}

// readRow reads a line of a file of kind k; a Reason says what is wrong.
func readRow(k kind, header []string, line []byte, now time.Time) (row, Reason) {
	if !utf8.Valid(line) {
		return row{}, ReasonBrokenText
	}
	fields, err := fieldsOf(line)
	if err != nil {
		return row{}, ReasonMalformed
	}
	value := func(column string) string {
		if i := slices.Index(header, column); i >= 0 && i < len(fields) {
			return strings.TrimSpace(fields[i])
		}
		return ""
	}
	r := row{title: value(colName), rewatch: strings.EqualFold(value(colRewatch), "yes")}
	r.year, _ = strconv.Atoi(value(colYear)) // 0 is refused below
	var ok bool
	if r.rating, ok = readRating(value(colRating)); !ok || k == ratingsKind && r.rating == 0 {
		return row{}, ReasonBadRating
	}
	if r.date, ok = readDate(value(colDate)); !ok {
		return row{}, ReasonBadDate
	}
	if r.watched, ok = readDate(value(colWatched)); !ok || k == diaryKind && r.watched == "" {
		return row{}, ReasonBadDate
	}
	if (k == watchlistKind || k == watchedKind) && r.date == "" {
		return row{}, ReasonBadDate
	}
	if last := marquee.LatestDate(now); r.date > last || r.watched > last {
		return row{}, ReasonFutureDate
	}
	return r, reasonOf(marquee.LibraryEntry{Title: r.title, Year: r.year}.Check(now))
}

// reasonOf says what is wrong with the film's name, "" for nothing.
func reasonOf(wrong []marquee.FieldError) Reason {
	if len(wrong) == 0 {
		return ""
	}
	switch wrong[0].Code {
	case marquee.FieldRequired:
		return ReasonMissingTitle
	case marquee.FieldTooLong:
		return ReasonTooLong
	case marquee.FieldRange:
		return ReasonBadYear
	}
	return ReasonBrokenText
}

// readRating reads stars, 0.5 to 5 in halves, as 1 to 10.
func readRating(s string) (rating int, ok bool) {
	if s == "" {
		return 0, true
	}
	stars, err := strconv.ParseFloat(s, 64)
	rating = int(stars * 2)
	if err != nil || float64(rating) != stars*2 || rating < marquee.RatingMin || rating > marquee.RatingMax {
		return 0, false
	}
	return rating, true
}

func readDate(s string) (marquee.Date, bool) {
	if s == "" {
		return "", true
	}
	d, err := marquee.ParseDate(s)
	return d, err == nil
}
