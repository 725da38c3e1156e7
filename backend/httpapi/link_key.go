package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

func (s *server) linkKey(c echo.Context) error {
	b, err := decodeBody(c.Request())
	if err != nil {
		return err
	}
	l := marquee.KeyLink{Name: b.required("name"), Origin: s.origin(c.Request())}
	if from := optional[[]string](b, "from"); from != nil {
		l.From = *from
	}
	if replaces := optional[bool](b, "replaces_second_factor"); replaces != nil {
		l.ReplacesSecondFactor = *replaces
	}
	if l.Assertion = b.text("assertion"); l.Assertion != "" {
		l.PublicKey, l.Origin = b.required("public_key"), s.callerOf(c)
	} else {
		l.Nonce, l.ServerOrigin, l.Signature = b.required("nonce"), b.required("origin"), b.required("signature")
	}

	if err := b.err(); err != nil {
		return err
	}

	key, err := s.Auth.LinkKey(c.Request().Context(), l)
	if err != nil {
		return err
	}

	return respond(c, http.StatusCreated, key)
}
