package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

func (s *server) changeUser(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	b, err := decodeBody(c.Request())
	if err != nil {
		return err
	}
	change := marquee.UserChange{IsActive: b.optionalFlag("is_active"), IsSuperuser: b.optionalFlag("is_superuser")}

	if err := b.err(); err != nil {
		return err
	}

	user, err := s.Auth.ChangeUser(c.Request().Context(), id, change)
	if err != nil {
		return err
	}

	return respond(c, http.StatusOK, user)
}
