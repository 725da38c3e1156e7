package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

func (s *server) listActivity(c echo.Context) error {
	q, err := decodeQuery(c.Request())
	if err != nil {
		return err
	}
	p := marquee.PageRequest{Limit: q.number("limit", 1, 100), Cursor: q.text("cursor", 200)}

	if err := q.err(); err != nil {
		return err
	}

	page, err := s.Auth.Activity(c.Request().Context(), p)
	if err != nil {
		return err
	}

	return respond(c, http.StatusOK, page)
}
