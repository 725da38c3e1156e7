package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

func (s *server) changeKey(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	b, err := decodeBody(c.Request())
	if err != nil {
		return err
	}
	p := marquee.KeyPatch{
		Name: b.optionalText("name"), From: optional[[]string](b, "from"),
		ReplacesSecondFactor: optional[bool](b, "replaces_second_factor"),
	}

	if err := b.err(); err != nil {
		return err
	}

	key, err := s.Auth.ChangeKey(c.Request().Context(), id, p)
	if err != nil {
		return err
	}

	return respond(c, http.StatusOK, key)
}
