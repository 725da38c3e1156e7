package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"
)

func (s *server) showDevice(c echo.Context) error {
	d, err := s.Auth.DeviceRequest(c.Request().Context(), c.Param("id"), s.origin(c.Request()))
	if err != nil {
		return err
	}

	return respond(c, http.StatusOK, d)
}
