package lang

// Activity says in one line what happened to an account, by the codes of the
// API: the kind, why a session ended ("" for other kinds), who did it ("" and
// "self" go without saying) and how often. A code that is newer than these
// sentences stands for itself, as it came: who draws it cleans it.
func (m *Messages) Activity(kind, reason, by string, times int) string {
	word := func(group, code string) string {
		if s, ok := m.Find("activity." + group + "." + code); ok {
			return s
		}
		return code
	}
	text := word("kind", kind)
	if reason != "" {
		text += ": " + word("end", reason)
	}
	if by != "" && by != "self" {
		text += ", " + word("by", by)
	}
	if times > 1 {
		text += " (" + m.T("activity.times", "Count", times) + ")"
	}
	return text
}
