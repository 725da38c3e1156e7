package httpapi

import (
	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

// grantSSHSignature takes the signature of a challenge by an SSH key.
func (s *server) grantSSHSignature(c echo.Context, b *body) (marquee.Tokens, error) {
	proof := marquee.KeyProof{Nonce: b.required("nonce"), ServerOrigin: b.required("origin"), Signature: b.required("signature")}
	if err := b.err(); err != nil {
		return marquee.Tokens{}, err
	}
	return s.Auth.LoginWithKey(c.Request().Context(), proof, s.origin(c.Request()))
}
