package marquee

import "time"

// Date is a calendar date of the person's, "2006-01-02", without a time zone.
type Date string

// ParseDate reads a calendar date from 1888 on; it returns an invalid_input
// error on field "date" for anything else.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < YearMin {
		return "", Invalid(FieldError{Field: "date", Code: FieldFormat})
	}
	return Date(s), nil
}

// eastmost is how far ahead of UTC a calendar is, at most.
const eastmost = 14 * time.Hour

// LatestDate is the last day that has begun anywhere on earth. What a person
// did, he did by then: where he is, is not known.
func LatestDate(now time.Time) Date { return Date(now.UTC().Add(eastmost).Format(time.DateOnly)) }

// ParsePastDate is ParseDate that refuses the days after LatestDate as well.
func ParsePastDate(s string, now time.Time) (Date, error) {
	d, err := ParseDate(s)
	if err == nil && d > LatestDate(now) {
		return "", Invalid(FieldError{Field: "date", Code: FieldFuture})
	}
	return d, err
}

// Month is a calendar month, "2006-01".
type Month string

// ParseMonth reads a calendar month from 1888 on; it returns an invalid_input
// error on field "month" for anything else.
func ParseMonth(s string) (Month, error) {
	t, err := time.Parse("2006-01", s)
	if err != nil || t.Year() < YearMin {
		return "", Invalid(FieldError{Field: "month", Code: FieldFormat})
	}
	return Month(s), nil
}

// Month returns the month of a date.
func (d Date) Month() Month { return Month(d[:min(len(d), len("2006-01"))]) }

// Viewing is one time that a person saw a film. A film has at most one a day.
type Viewing struct {
	WatchedOn Date `json:"watched_on"`
	Rewatch   bool `json:"rewatch"` // not the first viewing
}

// DiaryFilter says which entries of a diary, and which page of them.
type DiaryFilter struct {
	Month    Month // "" for all
	Page     PageRequest
	Language string // "en" or "ko", for overviews and names; "" is "en"
}

// MonthCount is how many entries a diary has in a month.
type MonthCount struct {
	Month Month `json:"month"`
	Count int   `json:"count"`
}
