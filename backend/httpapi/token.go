package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

const tokenPath = base + "/auth/token"

// The ways to get tokens (RFC 6749 section 4.5), each in a file of its own.
const (
	grantJWTBearer    = "urn:ietf:params:oauth:grant-type:jwt-bearer"  // RFC 7523
	grantDeviceCode   = "urn:ietf:params:oauth:grant-type:device_code" // RFC 8628
	grantSSHSignature = "ssh-signature"
)

// token is the token endpoint of RFC 6749 section 3.2.
func (s *server) token(c echo.Context) error {
	b, err := decodeForm(c.Request())
	if err != nil {
		return err
	}
	grant := b.required("grant_type")

	if err := b.err(); err != nil {
		return err
	}

	var tokens marquee.Tokens
	switch grant {
	case grantJWTBearer:
		tokens, err = s.grantJWTBearer(c, b)
	case grantSSHSignature:
		tokens, err = s.grantSSHSignature(c, b)
	case grantDeviceCode:
		tokens, err = s.grantDeviceCode(c, b)
	default:
		return marquee.E(marquee.CodeUnsupportedGrant)
	}
	if err != nil {
		return err
	}

	return respondTokens(c, tokens)
}

// oauthError is how RFC 6749 section 5.2 names a failure of the token
// endpoint; "" elsewhere, and for what it has no name for.
func oauthError(path string, code marquee.Code) string {
	if path != tokenPath {
		return ""
	}
	switch code {
	case marquee.CodeInvalidGrant, marquee.CodeUnsupportedGrant,
		marquee.CodeAuthorizationPending, marquee.CodeSlowDown, marquee.CodeAccessDenied, marquee.CodeExpiredToken:
		return string(code)
	}
	switch kindOf(code).status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusUnsupportedMediaType, http.StatusRequestEntityTooLarge:
		return "invalid_request"
	}
	return ""
}
