package httpapi

import (
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
)

// cors answers preflights and marks answers for the scripts of the listed
// origins. The whole origin is compared: a pattern or a suffix would let in
// "http://localhost:3000.evil.example". Credentials are not allowed to go
// along: the API knows bearer tokens only, and no cookie of the pages counts
// here.
func (s *server) cors() echo.MiddlewareFunc {
	return middleware.CORSWithConfig(middleware.CORSConfig{
		AllowOriginFunc: func(origin string) (bool, error) {
			return slices.Contains(s.cfg.CORSOrigins, origin), nil
		},
		AllowMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete},
		AllowHeaders: []string{"Authorization", "Content-Type", "Accept", "Accept-Language", clientHeader},
		ExposeHeaders: []string{
			echo.HeaderXRequestID, echo.HeaderRetryAfter, echo.HeaderWWWAuthenticate, "ETag",
		},
		MaxAge: 600,
	})
}
