package app

import "time"

// ago says how long ago t was, in words; beyond a month it says the date.
func ago(e env, t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	if ago := e.say.Ago(e.now().Sub(t)); ago != "" {
		return ago
	}
	return local(e, t).Format(time.DateOnly)
}

// local is t on the person's clock.
func local(e env, t time.Time) time.Time { return t.In(e.now().Location()) }

// moment is a time to the minute, "" for none.
func moment(e env, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return local(e, t).Format("2006-01-02 15:04")
}

// span is a length of time in its two largest units: "23 min 10 s".
func span(e env, d time.Duration) string {
	d = max(0, d).Round(time.Second)
	h, m, s := int(d/time.Hour), int(d/time.Minute)%60, int(d/time.Second)%60
	switch {
	case h >= 48:
		return e.say.T("pages.span.days", "Days", h/24, "Hours", h%24)
	case h > 0:
		return e.say.T("pages.span.hours", "Hours", h, "Minutes", m)
	case m > 0:
		return e.say.T("pages.span.minutes", "Minutes", m, "Seconds", s)
	}
	return e.say.T("pages.span.seconds", "Seconds", s)
}
