package app

import (
	"strings"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
)

// maxTextWidth keeps lines readable on a wide screen.
const maxTextWidth = 88

// textWidth is how wide text may be on a page, two cells in from its sides.
func textWidth(size Size) int { return max(1, min(size.Width-4, maxTextWidth)) }

// viewFilm draws a film as lines of at most width cells: the preview and the
// film page show the same, but for the keys that rate, which only the page takes.
func viewFilm(e env, m marquee.Movie, width int, rates bool) []string {
	width = max(1, min(width, maxTextWidth))
	var lines []string
	for _, line := range cells.Wrap(cells.Clean(m.Title), width) {
		lines = append(lines, e.theme.Heading.Render(line))
	}
	for _, line := range cells.Wrap(filmFacts(e, m), width) {
		lines = append(lines, e.theme.Faint.Render(line))
	}
	lines = append(lines, "")
	lines = append(lines, viewMarks(e, m, width, rates)...)
	lines = append(lines, "")
	people := []struct {
		label string
		names []string
	}{
		{"directors", m.Directors}, {"cast", m.Cast}, {"genres", e.say.Words(m.Genres)}, {"languages", e.say.Words(m.Languages)},
	}
	for _, p := range people {
		lines = append(lines, labelled(e, e.say.T("tui.film."+p.label), list(p.names), width)...)
	}
	if overview := cells.Wrap(cells.Clean(m.Overview), width); len(overview) > 0 {
		lines = append(append(lines, ""), overview...)
	}
	return lines
}

// filmFacts is the line below the title.
func filmFacts(e env, m marquee.Movie) string {
	var parts []string
	if original := cells.Clean(m.OriginalTitle); original != "" && original != cells.Clean(m.Title) {
		parts = append(parts, original)
	}
	if m.Year > 0 {
		parts = append(parts, number(m.Year))
	}
	if m.RuntimeMinutes > 0 {
		parts = append(parts, e.say.T("tui.film.minutes", "N", m.RuntimeMinutes))
	}
	if len(m.Countries) > 0 {
		parts = append(parts, list(e.say.Words(m.Countries)))
	}
	return strings.Join(parts, " · ")
}

// viewMarks shows the ratings as bars and what the person did with the film,
// in words.
func viewMarks(e env, m marquee.Movie, width int, rates bool) []string {
	all := e.say.T("tui.film.unrated")
	if m.RatingCount > 0 {
		all = bar(e, m.RatingAverage, width) + " " + average(m.RatingAverage) + " " +
			e.theme.Faint.Render(e.say.T("tui.film.ratings", "N", e.count(m.RatingCount)))
	}
	notRated := "tui.film.not_rated"
	if rates && e.keys.rate.Keys()[0] == "1" { // the sentence names the usual keys
		notRated = "tui.film.not_rated_keys"
	}
	mine := e.theme.Faint.Render(e.say.T(notRated))
	if m.MyRating > 0 {
		mine = bar(e, float64(m.MyRating), width) + " " + e.theme.Accent.Render("★"+number(m.MyRating))
	}
	watchlist, watched := e.say.T("tui.film.off_watchlist"), e.say.T("tui.film.not_watched")
	if m.OnWatchlist {
		watchlist = "+ " + e.say.T("tui.film.on_watchlist")
	}
	if m.WatchedOn != nil {
		watched = "✓ " + e.say.T("tui.film.watched_on", "Date", cells.CleanLabel(string(*m.WatchedOn), 10))
		if m.WatchCount > 1 {
			watched += " " + e.theme.Faint.Render(e.say.T("tui.film.times", "N", e.count(m.WatchCount)))
		}
	}
	var lines []string
	for _, row := range [][2]string{{"average", all}, {"mine", mine}, {"watchlist", watchlist}, {"watched", watched}} {
		label := cells.Fit(e.say.T("tui.film."+row[0]), labelWidth(width))
		lines = append(lines, cells.Truncate(e.theme.Faint.Render(label)+" "+row[1], width))
	}
	return lines
}

// labelWidth is the width of the labels at the left.
func labelWidth(width int) int {
	if width < 50 {
		return 10
	}
	return 12
}

// bar draws a rating of 1 to 10 as a bar of ten cells, twenty with room.
func bar(e env, value float64, width int) string {
	n := 10
	if width >= 60 {
		n = 20
	}
	full, empty := cells.Bar(value, 10, n)
	return e.theme.Accent.Render(full) + e.theme.Faint.Render(empty)
}

// labelled wraps text beside its label; nothing without text.
func labelled(e env, label, text string, width int) []string {
	left := labelWidth(width)
	var lines []string
	for i, line := range cells.Wrap(text, max(1, width-left-1)) {
		if i > 0 {
			label = ""
		}
		lines = append(lines, cells.Truncate(e.theme.Faint.Render(cells.Fit(label, left))+" "+line, width))
	}
	return lines
}

// list joins names from outside.
func list(names []string) string {
	clean := make([]string, 0, len(names))
	for _, n := range names {
		if n = cells.CleanLabel(n, 100); n != "" {
			clean = append(clean, n)
		}
	}
	return strings.Join(clean, ", ")
}
