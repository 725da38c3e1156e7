package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

func (s *server) listKeys(c echo.Context) error {
	keys, err := s.Auth.Keys(c.Request().Context())
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, list[marquee.SSHKey]{keys})
}
