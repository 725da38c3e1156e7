package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

func (s *server) showMe(c echo.Context) error {
	user, err := s.Auth.Me(c.Request().Context())
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, user)
}
