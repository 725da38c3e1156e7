package httpapi

import (
	"net/http"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

func (s *server) logout(c echo.Context) error {
	q, err := decodeQuery(c.Request())
	if err != nil {
		return err
	}
	b, err := decodeOptionalBody(c.Request())
	if err != nil {
		return err
	}
	refreshToken := b.text("refresh_token")
	scope := oneOf(q, "scope", marquee.LogoutLocal, marquee.LogoutOthers, marquee.LogoutGlobal)

	if err := marquee.Invalid(append(q.wrong, b.wrong...)...); err != nil {
		return err
	}

	if err := s.endBy(c, refreshToken, scope); err != nil {
		return err
	}

	messages := lang.Accept(c.Request().Header.Get("Accept-Language"))
	return respond(c, http.StatusOK, detail{messages.T("api.signed_out")})
}

// endBy ends sessions by the access token or, when that is missing or dead,
// by the refresh token: who only has the latter must be able to sign out. So
// must who signs out while Redis is away, and who asks again because that was
// answered 503: the end of one's own session needs no live one.
func (s *server) endBy(c echo.Context, refreshToken string, scope marquee.LogoutScope) error {
	token, err := bearerToken(c.Request().Header)
	if err == nil {
		err = s.actAs(c, token)
	}
	ctx := c.Request().Context()
	switch code := marquee.ErrorCode(err); {
	case err == nil:
		return s.Auth.Logout(ctx, scope)
	case refreshToken != "" && code != marquee.CodeMalformed:
		return s.Auth.LogoutWithRefreshToken(ctx, refreshToken, scope)
	case scope == marquee.LogoutLocal && (code == marquee.CodeInvalidToken || code == marquee.CodeUnavailable):
		return s.Auth.LogoutWithAccessToken(ctx, token)
	}
	return err
}
