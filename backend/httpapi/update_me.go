package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

// updateMe serves PUT and PATCH: the article's client sends only what changes
// with PUT.
func (s *server) updateMe(c echo.Context) error {
	b, err := decodeBody(c.Request())
	if err != nil {
		return err
	}
	p := marquee.UserPatch{
		Email: b.optionalText("email"), Username: b.optionalText("username"),
		Password: b.secret("password"), CurrentPassword: b.password("current_password"),
		Origin: s.origin(c.Request()),
	}

	if err := b.err(); err != nil {
		return err
	}

	user, err := s.Auth.UpdateMe(c.Request().Context(), p)
	if err != nil {
		return err
	}

	return respond(c, http.StatusOK, user)
}
