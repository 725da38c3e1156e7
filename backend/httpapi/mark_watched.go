package httpapi

import (
	"errors"

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

	err = s.Movies.MarkWatched(c.Request().Context(), id, on)
	var e *marquee.Error
	if errors.As(err, &e) && len(e.Fields) > 0 {
		b.refuse("watched_on", e.Fields[0].Code) // what the rules call the date
		return b.err()
	}
	if err != nil {
		return err
	}

	return respondNothing(c)
}
