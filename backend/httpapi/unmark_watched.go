package httpapi

import (
	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

func (s *server) unmarkWatched(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	q, err := decodeQuery(c.Request())
	if err != nil {
		return err
	}
	on := marquee.Date(q.checked("on", func(v string) error { _, err := marquee.ParseDate(v); return err }))

	if err := q.err(); err != nil {
		return err
	}

	if err := s.Movies.UnmarkWatched(c.Request().Context(), id, on); err != nil {
		return err
	}

	return respondNothing(c)
}
