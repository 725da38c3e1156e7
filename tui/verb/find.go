package verb

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
)

var (
	idForm   = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	withYear = regexp.MustCompile(`^(.*\S)\s*\((\d{4})\)$`)
)

const candidatesMost = 10 // films that are named where a title is not enough

// find returns the film that a person names: by its id, or by a title that is
// that of one film only, with the year behind it where there are more. Where
// it is not clear which one is meant, those that may be are listed on Err.
func (w World) find(ctx context.Context, s Service, name string) (marquee.Movie, error) {
	if idForm.MatchString(name) {
		return s.FindMovie(ctx, name, w.Say.Tag())
	}
	filter := marquee.MovieFilter{Query: name, Language: w.Say.Tag(), Page: marquee.PageRequest{Limit: 100}}
	if m := withYear.FindStringSubmatch(name); m != nil {
		filter.Query = m[1]
		filter.YearFrom, _ = strconv.Atoi(m[2])
		filter.YearTo = filter.YearFrom
	}
	page, err := s.FindMovies(ctx, filter)
	if err != nil {
		return marquee.Movie{}, err
	}
	candidates := page.Items
	if same := withTitle(page.Items, filter.Query); len(same) > 0 {
		candidates = same
	}
	switch {
	case len(candidates) == 0:
		return marquee.Movie{}, marquee.E(marquee.CodeNotFound)
	case len(candidates) == 1 && page.CorrectedQuery == "":
		return candidates[0], nil
	}
	for i, m := range candidates {
		if i == candidatesMost {
			fmt.Fprintln(w.Err, "  …")
			break
		}
		fmt.Fprintf(w.Err, "  %s (%d)  %s\n", cells.Clean(titles(m)), m.Year, cells.Clean(m.ID))
	}
	return marquee.Movie{}, errAmbiguous
}

// withTitle returns the films that are called exactly so.
func withTitle(films []marquee.Movie, title string) (same []marquee.Movie) {
	want := marquee.FoldName(title)
	for _, m := range films {
		if marquee.FoldName(m.Title) == want || marquee.FoldName(m.OriginalTitle) == want {
			same = append(same, m)
		}
	}
	return same
}

// titles is both titles of a film, or the one it has.
func titles(m marquee.Movie) string {
	if m.OriginalTitle == "" || m.OriginalTitle == m.Title {
		return m.Title
	}
	return m.Title + " · " + m.OriginalTitle
}

// oneName joins the words of a title that was typed without quotes.
func oneName(args []string) string { return strings.Join(args, " ") }
