package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

func (s *server) findMovies(c echo.Context) error {
	q, err := decodeQuery(c.Request())
	if err != nil {
		return err
	}
	f := marquee.MovieFilter{
		Query:    q.text("q", 100),
		Genre:    q.text("genre", 100),
		YearFrom: q.number("year_from", 1, 9999),
		YearTo:   q.number("year_to", 1, 9999),
		Sort:     oneOf(q, "sort", marquee.SortTitle, marquee.SortYear, marquee.SortYearDesc, marquee.SortRating),
		Page:     q.page(),
		Language: language(c),
	}

	if err := q.err(); err != nil {
		return err
	}

	page, err := s.Movies.FindMovies(c.Request().Context(), f)
	if err != nil {
		return err
	}

	return respond(c, http.StatusOK, page)
}
