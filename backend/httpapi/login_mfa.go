package httpapi

import (
	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

func (s *server) loginMFA(c echo.Context) error {
	b, err := decodeBody(c.Request())
	if err != nil {
		return err
	}
	step := marquee.SecondStep{Token: b.required("mfa_token"), Code: b.required("code"), DeviceToken: b.text("device_token"), Origin: s.origin(c.Request())}

	if err := b.err(); err != nil {
		return err
	}

	tokens, err := s.Auth.LoginMFA(c.Request().Context(), step)
	if err != nil {
		return err
	}

	return respondTokens(c, tokens)
}
