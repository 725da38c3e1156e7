package httpapi

import (
	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

// grantDeviceCode asks whether a device was let in (RFC 8628 section 3.4).
func (s *server) grantDeviceCode(c echo.Context, b *body) (marquee.Tokens, error) {
	code := b.required("device_code")
	if err := b.err(); err != nil {
		return marquee.Tokens{}, err
	}
	return s.Auth.LoginDevice(c.Request().Context(), code, s.origin(c.Request()))
}
