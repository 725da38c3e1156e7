package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

func (s *server) listDiary(c echo.Context) error {
	q, err := decodeQuery(c.Request())
	if err != nil {
		return err
	}
	p := q.page()

	if err := q.err(); err != nil {
		return err
	}

	page, err := s.Movies.Diary(c.Request().Context(), p, language(c))
	if err != nil {
		return err
	}

	return respond(c, http.StatusOK, page)
}
