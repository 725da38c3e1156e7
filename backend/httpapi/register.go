package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

func (s *server) register(c echo.Context) error {
	b, err := decodeBody(c.Request())
	if err != nil {
		return err
	}
	r := marquee.Registration{Email: b.text("email"), Username: b.text("username"), Password: b.password("password"), Origin: s.origin(c.Request())}
	if err := b.err(); err != nil {
		return err
	}

	// The common rules come before the limit, so that slips cost nothing; the
	// service applies its own, which may be stricter.
	if err := r.Validate(marquee.PasswordRules{}); err != nil {
		return err
	}
	ctx := c.Request().Context()
	if err := s.limit(ctx, s.cfg.Limits.Register, "register", marquee.Network(s.clientAddress(c.Request()))); err != nil {
		return err
	}

	user, err := s.Auth.Register(ctx, r)
	if err != nil {
		return err
	}

	return respond(c, http.StatusCreated, user)
}
