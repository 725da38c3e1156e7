package httpapi

import (
	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

func (s *server) refresh(c echo.Context) error {
	b, err := decodeBody(c.Request())
	if err != nil {
		return err
	}
	token := b.required("refresh_token")

	if err := b.err(); err != nil {
		return err
	}

	ctx, o := c.Request().Context(), s.origin(c.Request())
	tokens, err := s.Auth.Refresh(ctx, token, o)
	if marquee.IsCode(err, marquee.CodeInvalidToken) {
		// A client that answers 401 by refreshing again would go round for
		// ever. Only refusals count: a live token is never limited.
		if tooMany := s.limit(ctx, s.cfg.Limits.DeadRefresh, "dead-refresh", marquee.Network(o.Address), token); tooMany != nil {
			return tooMany
		}
	}
	if err != nil {
		return err
	}

	return respondTokens(c, tokens)
}
