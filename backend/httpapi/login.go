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
		Login: b.required("username"), Password: b.requiredPassword("password"), Origin: s.origin(c.Request()),
	}

	if err := b.err(); err != nil {
		return err
	}
	ctx, limits, from := c.Request().Context(), s.cfg.Limits, marquee.Network(cr.Origin.Address)
	if err := s.limit(ctx, limits.Login, "login", from); err != nil {
		return err
	}
	if err := s.limit(ctx, limits.LoginName, "login-name", from, marquee.FoldName(cr.Login)); err != nil {
		return err
	}

	tokens, err := s.Auth.Login(ctx, cr)
	if err != nil {
		return err
	}

	return respondTokens(c, tokens)
}
