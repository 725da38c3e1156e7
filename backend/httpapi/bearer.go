package httpapi

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

// bearer lets only live access tokens through and says in the context whom
// the request acts for.
func (s *server) bearer(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		token, err := bearerToken(c.Request().Header)
		if err != nil {
			return err
		}
		if err := s.actAs(c, token); err != nil {
			return err
		}
		return next(c)
	}
}

// actAs sets the actor of the request to whom the access token speaks for.
func (s *server) actAs(c echo.Context, token string) error {
	ctx := c.Request().Context()
	actor, err := s.Auth.Authenticate(ctx, token)
	if err != nil {
		return err
	}
	c.SetRequest(c.Request().WithContext(marquee.WithActor(ctx, actor)))
	return nil
}

// bearerToken reads the one place where a token may be (RFC 6750 section
// 2.1); in a query it would end up in logs and is not looked for. Two headers
// are one too many: two readers could pick different ones.
func bearerToken(h http.Header) (string, error) {
	values := h.Values("Authorization")
	switch len(values) {
	case 0:
		return "", marquee.E(marquee.CodeUnauthenticated)
	case 1:
	default:
		return "", marquee.E(marquee.CodeMalformed)
	}
	scheme, token, _ := strings.Cut(values[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return "", marquee.E(marquee.CodeUnauthenticated)
	}
	return strings.TrimLeft(token, " "), nil
}
