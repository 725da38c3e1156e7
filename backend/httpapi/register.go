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

	user, err := s.Auth.Register(c.Request().Context(), r)
	if err != nil {
		return err
	}

	return respond(c, http.StatusCreated, user)
}
