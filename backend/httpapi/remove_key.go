package httpapi

import "github.com/labstack/echo/v4"

func (s *server) removeKey(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	if err := s.Auth.RemoveKey(c.Request().Context(), id); err != nil {
		return err
	}
	return respondNothing(c)
}
