package httpapi

import (
	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

func (s *server) login(c echo.Context) error {
	b, err := decodeBodyOrForm(c.Request())
	if err != nil {
		return err
	}
	cr := marquee.Credentials{
		Login: b.required("username"), Password: b.requiredPassword("password"),
		DeviceToken: b.text("device_token"), Origin: s.origin(c.Request()),
	}

	if err := b.err(); err != nil {
		return err
	}

	tokens, err := s.Auth.Login(c.Request().Context(), cr)
	if err != nil {
		return err
	}

	return respondTokens(c, tokens)
}
