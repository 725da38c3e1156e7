package httpapi

import (
	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

func (s *server) markWatched(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	b, err := decodeBody(c.Request())
	if err != nil {
		return err
	}
	on, err := marquee.ParseDate(b.required("watched_on"))
	if err != nil && len(b.wrong) == 0 {
		b.refuse("watched_on", marquee.FieldFormat)
	}

	if err := b.err(); err != nil {
		return err
	}

	if err := s.Movies.MarkWatched(c.Request().Context(), id, on); err != nil {
		return err
	}

	return respondNothing(c)
}
