package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

const pageSize = 20 // films on a page

type choice struct {
	Value, Label string
	Chosen       bool
}

type filmsPage struct {
	Query, YearFrom, YearTo string
	Genres, Sorts           []choice
	Films                   []marquee.Movie
	Count                   string
	Previous, Next          string // addresses of the neighbouring pages
	From                    string // what the addresses of the films end in
	Filtered                bool
	Corrected               string // a sentence if films of another query are shown as well
	Unfiltered              string // address of the same words without genre and years, where there are any
	problems
}

// films lists and searches the catalogue.
func (s *server) films(w http.ResponseWriter, v *visit) error {
	f, errs := readFilter(v)
	genres, err := s.Movies.Genres(v.ctx())
	if err != nil {
		return err
	}
	page := filmsPage{
		Query: f.Query, YearFrom: v.FormValue("year_from"), YearTo: v.FormValue("year_to"),
		Genres: genreChoices(v.msgs, genres, f.Genre), Sorts: sortChoices(v.msgs, f.Sort),
	}
	page.Filtered = f.Query != "" || f.Genre != "" || page.YearFrom != "" || page.YearTo != ""
	status := http.StatusOK
	if len(errs) == 0 {
		found, err := s.Movies.FindMovies(v.ctx(), f)
		if errs = fieldErrors(err); err != nil && (errs == nil || noSuchPage(err)) {
			return err
		}
		page.Films = found.Items
		if found.CorrectedQuery != "" {
			page.Corrected = v.msgs.T("web.corrected", "Query", found.CorrectedQuery)
		}
		page.Count = countOf(v.msgs, found.Total, found.TotalIs)
		page.Previous, page.Next = filmsList.neighbours(v.URL.Query(), found.PrevCursor, found.NextCursor)
		page.From = filmsList.remembered(v.URL.Query())
		if f.Query != "" && (f.Genre != "" || f.YearFrom != 0 || f.YearTo != 0) {
			page.Unfiltered = "/films?" + url.Values{"q": {f.Query}}.Encode()
		}
	}
	if len(errs) > 0 {
		status, page.problems = http.StatusUnprocessableEntity, problemsOf(v.msgs, errs)
	}
	s.show(w, v, status, "films", v.msgs.T("web.films"), page)
	return nil
}

func readFilter(v *visit) (f marquee.MovieFilter, errs []marquee.FieldError) {
	year := func(name string) int {
		text := v.FormValue(name)
		if text == "" {
			return 0
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || n > 9999 {
			errs = append(errs, marquee.FieldError{Field: name, Code: marquee.FieldRange})
		}
		return n
	}
	f = marquee.MovieFilter{
		Query: v.FormValue("q"), Genre: v.FormValue("genre"), Sort: marquee.Sort(v.FormValue("sort")),
		YearFrom: year("year_from"), YearTo: year("year_to"), Language: v.msgs.Tag(),
		Page: marquee.PageRequest{Limit: pageSize, Cursor: v.FormValue("cursor")},
	}
	return f, errs
}

func genreChoices(m *lang.Messages, genres []string, chosen string) []choice {
	all := []choice{{Label: m.T("web.all_genres"), Chosen: chosen == ""}}
	for _, g := range genres {
		all = append(all, choice{Value: g, Label: m.Word(g), Chosen: g == chosen})
	}
	slices.SortFunc(all[1:], func(a, b choice) int { return strings.Compare(a.Label, b.Label) })
	return all
}

func sortChoices(m *lang.Messages, chosen marquee.Sort) []choice {
	if chosen == "" {
		chosen = marquee.SortTitle
	}
	var all []choice
	for _, o := range []struct {
		sort marquee.Sort
		id   string
	}{
		{marquee.SortTitle, "web.sort.title"}, {marquee.SortYearDesc, "web.sort.newest"},
		{marquee.SortYear, "web.sort.oldest"}, {marquee.SortRating, "web.sort.rating"},
	} {
		all = append(all, choice{Value: string(o.sort), Label: m.T(o.id), Chosen: o.sort == chosen})
	}
	return all
}

func countOf(m *lang.Messages, total int, is string) string {
	switch {
	case is == marquee.TotalAtLeast:
		return m.T("web.count_at_least", "Count", number(total))
	case total == 1:
		return m.T("web.count_one")
	}
	return m.T("web.count", "Count", number(total))
}

type listPage struct {
	Heading, Empty string
	Films          []marquee.Movie
	Count          string
	Previous, Next string
	From           string
}

func (s *server) showWatchlist(w http.ResponseWriter, v *visit) error {
	found, err := s.Movies.Watchlist(v.ctx(), listRequest(v), v.msgs.Tag())
	return s.showList(w, v, watchlistList, found, err)
}

func listRequest(v *visit) marquee.PageRequest {
	return marquee.PageRequest{Limit: pageSize, Cursor: v.FormValue("cursor")}
}

func (s *server) showList(w http.ResponseWriter, v *visit, l list, found marquee.Page[marquee.Movie], err error) error {
	if err != nil {
		return err
	}
	page := listPage{
		Heading: v.msgs.T(l.title), Empty: v.msgs.T(l.title + ".empty"), Films: found.Items,
		Count: countOf(v.msgs, found.Total, found.TotalIs), From: l.remembered(v.URL.Query()),
	}
	page.Previous, page.Next = l.neighbours(v.URL.Query(), found.PrevCursor, found.NextCursor)
	s.show(w, v, http.StatusOK, "list", page.Heading, page)
	return nil
}
