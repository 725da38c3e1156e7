package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"
)

// keySet answers the public keys (RFC 7517 section 5). How long they may be
// kept is for the rules to say: a new key is among them for longer before it
// signs.
func (s *server) keySet(c echo.Context) error {
	keys, maxAge := s.Auth.JWKS()
	sum := sha256.Sum256(keys)
	tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`

	h := c.Response().Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", fmt.Sprintf("public, max-age=%d", int(maxAge.Seconds())))
	if matches(c.Request().Header, tag) {
		return c.NoContent(http.StatusNotModified)
	}
	return write(c, http.StatusOK, "application/jwk-set+json", keys)
}

// matches reports whether If-None-Match names the tag (RFC 9110 section
// 13.1.2, weak comparison).
func matches(h http.Header, tag string) bool {
	asked := strings.Split(strings.Join(h.Values("If-None-Match"), ","), ",")
	return slices.ContainsFunc(asked, func(t string) bool {
		t = strings.TrimSpace(t)
		return t == "*" || strings.TrimPrefix(t, "W/") == tag
	})
}
