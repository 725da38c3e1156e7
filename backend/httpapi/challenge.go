package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

func (s *server) challenge(c echo.Context) error {
	challenge, err := s.Auth.Challenge(c.Request().Context(), s.origin(c.Request()))
	if err != nil {
		return err
	}
	return respond(c, http.StatusOK, challenge)
}
