package httpapi

import (
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"
)

// askDevice is the device authorization endpoint of RFC 8628 section 3.1.
func (s *server) askDevice(c echo.Context) error {
	d, err := s.Auth.AskDevice(c.Request().Context(), s.origin(c.Request()))
	if err != nil {
		return err
	}

	at := url.URL{Path: "/device"}
	if s.cfg.PublicURL != nil {
		at = *s.cfg.PublicURL.JoinPath("device")
	}
	d.VerificationURI = at.String()
	at.RawQuery = url.Values{"code": {d.UserCode}}.Encode()
	d.VerificationURIComplete = at.String()

	return respond(c, http.StatusOK, d)
}
