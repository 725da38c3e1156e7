package httpapi

import "github.com/labstack/echo/v4"

func (s *server) endTOTP(c echo.Context) error {
	if err := s.Auth.EndTOTP(c.Request().Context()); err != nil {
		return err
	}
	return respondNothing(c)
}
