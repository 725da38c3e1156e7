package catalog

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"example.com/marquee/common/marquee"
)

// The bounds of a filter's texts, in characters.
const (
	genreMax = 100
	yearMax  = 9999
)

// FindMovies returns a page of films. CodeInvalid names the field of a filter
// that cannot be: q, genre, year_from, year_to, sort, at, limit or cursor.
func (s *Service) FindMovies(ctx context.Context, f marquee.MovieFilter) (marquee.Page[marquee.Movie], error) {
	var none marquee.Page[marquee.Movie]
	a, err := marquee.ActorFrom(ctx)
	if err != nil {
		return none, err
	}
	if f.Sort == "" {
		f.Sort = marquee.SortTitle
	}
	if err := marquee.Invalid(checkFilter(f)...); err != nil {
		return none, err
	}
	l, err := s.search(ctx, a.UserID, f)
	if err != nil {
		return none, err
	}
	page, err := l.page()
	if err != nil {
		return none, err
	}
	page.CorrectedQuery = l.meant
	if l.matches == nil { // how many films there are is kept
		page.Total, page.TotalIs = l.total, marquee.TotalExact
		return page, nil
	}
	return withTotal(page, l.total), nil
}

// checkFilter returns what is wrong with a filter, the page's cursor and limit
// apart, which browse reads.
func checkFilter(f marquee.MovieFilter) []marquee.FieldError {
	var out []marquee.FieldError
	out = append(out, checkText("q", f.Query, marquee.QueryMax)...)
	out = append(out, checkText("genre", f.Genre, genreMax)...)
	out = append(out, checkText("at", f.Page.At, marquee.QueryMax)...)
	if f.YearFrom < 0 || f.YearFrom > yearMax {
		out = append(out, marquee.FieldError{Field: "year_from", Code: marquee.FieldRange, Limit: yearMax})
	}
	if f.YearTo < 0 || f.YearTo > yearMax || f.YearTo != 0 && f.YearTo < f.YearFrom {
		out = append(out, marquee.FieldError{Field: "year_to", Code: marquee.FieldRange, Limit: yearMax})
	}
	switch f.Sort {
	case marquee.SortTitle, marquee.SortYear, marquee.SortYearDesc, marquee.SortRating:
	default:
		out = append(out, marquee.FieldError{Field: "sort", Code: marquee.FieldUnknown})
	}
	if f.Page.At != "" && f.Page.At != atEnd && f.Sort != marquee.SortTitle {
		out = append(out, marquee.FieldError{Field: "at", Code: marquee.FieldUnknown})
	}
	return out
}

func checkText(field, s string, most int) []marquee.FieldError {
	switch {
	case !utf8.ValidString(s) || strings.ContainsRune(s, 0):
		return []marquee.FieldError{{Field: field, Code: marquee.FieldCharacters}}
	case utf8.RuneCountInString(s) > most:
		return []marquee.FieldError{{Field: field, Code: marquee.FieldTooLong, Limit: most}}
	}
	return nil
}

func selectionOf(f marquee.MovieFilter) Selection {
	s := Selection{YearFrom: f.YearFrom, YearTo: f.YearTo}
	if strings.TrimSpace(f.Query) != "" {
		all, prefix, ok := search(f.Query)
		s.Terms, s.Prefix, s.Nothing = all, prefix, !ok
	}
	if f.Genre != "" {
		s.Terms = append(s.Terms, termOfGenre(f.Genre))
	}
	return s
}

func bindingOfFilter(f marquee.MovieFilter) string {
	return bindingOf("movies", f.Query, f.Genre, strconv.Itoa(f.YearFrom), strconv.Itoa(f.YearTo), string(f.Sort))
}
