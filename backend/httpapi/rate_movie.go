package httpapi

import (
	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

func (s *server) rateMovie(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	b, err := decodeBody(c.Request())
	if err != nil {
		return err
	}
	rating := b.number("rating", marquee.RatingMin, marquee.RatingMax)

	if err := b.err(); err != nil {
		return err
	}

	if err := s.Movies.RateMovie(c.Request().Context(), id, rating); err != nil {
		return err
	}

	return respondNothing(c)
}
