package lang

import "time"

// Ago says how long ago something was, "" beyond a month, where a date says
// more.
func (m *Messages) Ago(d time.Duration) string {
	switch {
	case d < time.Minute: // and what lies ahead, by a clock that is wrong
		return m.T("pages.ago.now")
	case d < time.Hour:
		return m.T("pages.ago.minutes", "N", int(d/time.Minute))
	case d < 48*time.Hour:
		return m.T("pages.ago.hours", "N", int(d/time.Hour))
	case d < 31*24*time.Hour:
		return m.T("pages.ago.days", "N", int(d/(24*time.Hour)))
	}
	return ""
}
