package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

func (s *server) listRatings(c echo.Context) error {
	q, err := decodeQuery(c.Request())
	if err != nil {
		return err
	}
	p := q.page()

	if err := q.err(); err != nil {
		return err
	}

	page, err := s.Movies.Ratings(c.Request().Context(), p, language(c))
	if err != nil {
		return err
	}

	return respond(c, http.StatusOK, page)
}
