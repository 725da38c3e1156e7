package httpapi

import "github.com/labstack/echo/v4"

func (s *server) answerDevice(c echo.Context) error {
	b, err := decodeBody(c.Request())
	if err != nil {
		return err
	}
	approve := required[bool](b, "approve")

	if err := b.err(); err != nil {
		return err
	}

	if err := s.Auth.AnswerDevice(c.Request().Context(), c.Param("id"), approve, s.origin(c.Request())); err != nil {
		return err
	}

	return respondNothing(c)
}
