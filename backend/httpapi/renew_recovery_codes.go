package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

func (s *server) renewRecoveryCodes(c echo.Context) error {
	codes, err := s.Auth.RenewRecoveryCodes(c.Request().Context())
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, recoveryCodes{codes})
}
