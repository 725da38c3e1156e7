package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

// number sets thousands apart, which both languages do by commas.
func number(n int) string {
	digits := strconv.Itoa(n)
	for at := len(digits) - 3; at > 0 && digits[at-1] != '-'; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

// Number is number for templates.
func (v view) Number(n int) string { return number(n) }

// Date is the day of a moment in words.
func (v view) Date(at time.Time) string { return dateIn(v.Messages, at.In(v.Zone)) }

// Stamp is a moment for programs (RFC 3339).
func (v view) Stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// Offset is how far the zone is from UTC at a moment: UTC+9, UTC-3:30.
func (v view) Offset(at time.Time) string {
	_, offset := at.In(v.Zone).Zone() // seconds
	if offset == 0 {
		return "UTC"
	}
	text := fmt.Sprintf("UTC%+d", offset/3600)
	if minutes := max(offset, -offset) / 60 % 60; minutes != 0 {
		text += fmt.Sprintf(":%02d", minutes)
	}
	return text
}

// Moment is a date with the time of day and the zone and, for a day, how long
// ago it was.
func (v view) Moment(at time.Time) string {
	moment := v.T("web.date.moment", "Date", v.Date(at), "Time", at.In(v.Zone).Format("15:04"), "Zone", v.Offset(at))
	if ago := v.Now.Sub(at); ago < 24*time.Hour {
		return v.T("web.date.recent", "Moment", moment, "Ago", v.Ago(ago))
	}
	return moment
}

// Day is a calendar date of the person's in words.
func (v view) Day(d marquee.Date) string {
	at, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return string(d)
	}
	return dateIn(v.Messages, at)
}

// DayOfMonth is a calendar date under the heading of its month.
func (v view) DayOfMonth(d marquee.Date) string {
	at, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return string(d)
	}
	return v.T("web.date.of_month", "Day", at.Day(), "Weekday", v.T("web.weekday."+strconv.Itoa(int(at.Weekday()))))
}

func dateIn(m *lang.Messages, at time.Time) string {
	return m.T("web.date.day", "Year", at.Year(), "Month", m.T("web.month."+at.Format("01")), "Day", at.Day())
}

// Tongue is the language of a text as far as its letters tell, for programs
// that read pages out; "" where they do not.
func (v view) Tongue(text string) string { return tongue(text) }

func tongue(text string) string {
	switch {
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Hangul, r) }):
		return lang.Korean
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.In(r, unicode.Hiragana, unicode.Katakana) }):
		return "ja"
	}
	return ""
}

// titles are those of a film, Original only where it is another one.
type titles struct{ Title, TitleIn, Original, OriginalIn string }

func titlesOf(title, original string) titles {
	t := titles{Title: title, TitleIn: tongue(title)}
	if original != title {
		t.Original, t.OriginalIn = original, tongue(original)
	}
	return t
}

// filmList is films for the list of them.
type filmList struct {
	view
	Films []marquee.Movie
	From  string
}
