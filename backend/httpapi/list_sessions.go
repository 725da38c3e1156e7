package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

func (s *server) listSessions(c echo.Context) error {
	sessions, err := s.Auth.Sessions(c.Request().Context())
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, list[marquee.Session]{sessions})
}
