package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

func (s *server) startTOTP(c echo.Context) error {
	secret, err := s.Auth.StartTOTP(c.Request().Context())
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, secret)
}
