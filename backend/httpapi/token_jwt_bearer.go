package httpapi

import (
	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

// grantJWTBearer takes the assertion of an SSH server that a key proved itself
// to it (RFC 7523 section 2.1). Where the server may call from is held against
// the HTTP peer; the visitor's address is in the assertion.
func (s *server) grantJWTBearer(c echo.Context, b *body) (marquee.Tokens, error) {
	proof := marquee.KeyProof{Assertion: b.required("assertion")}
	if err := b.err(); err != nil {
		return marquee.Tokens{}, err
	}
	return s.Auth.LoginWithKey(c.Request().Context(), proof, s.callerOf(c))
}
