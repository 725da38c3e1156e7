package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

// recoveryCodes is an answer that is given once.
type recoveryCodes struct {
	Codes []string `json:"recovery_codes"`
}

func (s *server) confirmTOTP(c echo.Context) error {
	b, err := decodeBody(c.Request())
	if err != nil {
		return err
	}
	first := marquee.FirstCode{Code: b.required("code"), Secret: b.text("secret")}

	if err := b.err(); err != nil {
		return err
	}

	codes, err := s.Auth.ConfirmTOTP(c.Request().Context(), first)
	if err != nil {
		return err
	}

	return respond(c, http.StatusOK, recoveryCodes{codes})
}
