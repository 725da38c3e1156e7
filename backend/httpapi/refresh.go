package httpapi

import "github.com/labstack/echo/v4"

func (s *server) refresh(c echo.Context) error {
	b, err := decodeBody(c.Request())
	if err != nil {
		return err
	}
	token := b.required("refresh_token")

	if err := b.err(); err != nil {
		return err
	}

	tokens, err := s.Auth.Refresh(c.Request().Context(), token, s.origin(c.Request()))
	if err != nil {
		return err
	}

	return respondTokens(c, tokens)
}
