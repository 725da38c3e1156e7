package httpapi

import (
	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

func (s *server) stepUp(c echo.Context) error {
	b, err := decodeBody(c.Request())
	if err != nil {
		return err
	}
	p := marquee.StepUp{Password: b.requiredPassword("password"), Code: b.text("code"), Origin: s.origin(c.Request())}

	if err := b.err(); err != nil {
		return err
	}

	if err := s.Auth.StepUp(c.Request().Context(), p); err != nil {
		return err
	}

	return respondNothing(c)
}
