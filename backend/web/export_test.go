package web

// Patterns are the pages there are and what forms are sent to.
func Patterns() []string {
	var patterns []string
	for _, r := range new(server).routes() {
		patterns = append(patterns, r.pattern)
	}
	return patterns
}
