package httpapi

import (
	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

func (s *server) deleteMe(c echo.Context) error {
	b, err := decodeBody(c.Request())
	if err != nil {
		return err
	}
	d := marquee.Deletion{CurrentPassword: b.requiredPassword("current_password"), Origin: s.origin(c.Request())}

	if err := b.err(); err != nil {
		return err
	}

	if err := s.Auth.DeleteMe(c.Request().Context(), d); err != nil {
		return err
	}

	return respondNothing(c)
}
