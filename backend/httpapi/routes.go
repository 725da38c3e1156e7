package httpapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

// who may call a route.
type who int

const (
	anybody  who = iota // an Authorization header is not even looked at
	signedIn            // a live access token
	either              // the action looks itself
)

type route struct {
	method string
	path   string
	who    who
	do     echo.HandlerFunc
}

const base = "/api/v1"

// routes is every operation of the contract; HEAD follows from GET.
func (s *server) routes() []route {
	const (
		get, post, put, patch, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete
	)
	return []route{
		{post, base + "/users", anybody, s.register},
		{get, base + "/users/me", signedIn, s.showMe},
		{put, base + "/users/me", signedIn, s.updateMe},
		{patch, base + "/users/me", signedIn, s.updateMe},
		{del, base + "/users/me", signedIn, s.deleteMe},
		{get, exportPath, signedIn, s.exportMe},

		{post, base + "/auth/login", anybody, s.login},
		{post, base + "/auth/login/mfa", anybody, s.loginMFA},
		{post, base + "/auth/step-up", signedIn, s.stepUp},
		{post, base + "/auth/mfa/totp", signedIn, s.startTOTP},
		{put, base + "/auth/mfa/totp", signedIn, s.confirmTOTP},
		{del, base + "/auth/mfa/totp", signedIn, s.endTOTP},
		{post, base + "/auth/mfa/recovery-codes", signedIn, s.renewRecoveryCodes},
		{post, base + "/auth/refresh", anybody, s.refresh},
		{post, base + "/auth/logout", either, s.logout},
		{get, base + "/auth/sessions", signedIn, s.listSessions},
		{del, base + "/auth/sessions/:id", signedIn, s.endSession},
		{get, base + "/auth/activity", signedIn, s.listActivity},
		{post, base + "/auth/challenge", anybody, s.challenge},
		{post, tokenPath, anybody, s.token},
		{post, base + "/auth/device", anybody, s.askDevice},
		{get, base + "/auth/device/:id", signedIn, s.showDevice},
		{post, base + "/auth/device/:id", signedIn, s.answerDevice},
		{get, base + "/users/me/keys", signedIn, s.listKeys},
		{post, base + "/users/me/keys", signedIn, s.linkKey},
		{patch, base + "/users/me/keys/:id", signedIn, s.changeKey},
		{del, base + "/users/me/keys/:id", signedIn, s.removeKey},

		{get, base + "/events", signedIn, s.events},

		{get, base + "/admin/users", signedIn, s.listUsers},
		{patch, base + "/admin/users/:id", signedIn, s.changeUser},

		{get, base + "/movies", signedIn, s.findMovies},
		{get, base + "/movies/:id", signedIn, s.showMovie},
		{get, base + "/genres", signedIn, s.listGenres},
		{put, base + "/movies/:id/rating", signedIn, s.rateMovie},
		{del, base + "/movies/:id/rating", signedIn, s.unrateMovie},
		{put, base + "/movies/:id/watchlist", signedIn, s.addToWatchlist},
		{del, base + "/movies/:id/watchlist", signedIn, s.removeFromWatchlist},
		{get, base + "/movies/:id/watched", signedIn, s.listViewings},
		{put, base + "/movies/:id/watched", signedIn, s.markWatched},
		{del, base + "/movies/:id/watched", signedIn, s.unmarkWatched},
		{get, base + "/users/me/watchlist", signedIn, s.listOwn(marquee.MovieService.Watchlist)},
		{get, base + "/users/me/ratings", signedIn, s.listOwn(marquee.MovieService.Ratings)},
		{get, base + "/users/me/diary", signedIn, s.listDiary},
		{get, base + "/users/me/diary/months", signedIn, s.listDiaryMonths},
		{post, base + "/users/me/library", signedIn, s.saveLibrary},

		{get, "/.well-known/jwks.json", anybody, s.keySet},
		{get, "/livez", anybody, s.live},
		{get, "/readyz", anybody, s.ready},
		{get, base + "/openapi.json", anybody, s.contract},
		{get, "/docs", anybody, s.readableContract},
	}
}

// notAPI reports a request for a path that pages may answer.
func notAPI(c echo.Context) bool {
	return !strings.HasPrefix(c.Request().URL.Path, "/api/")
}

// pages hands everything that is neither under /api/ nor one of our routes to
// the pages. A catch-all route would do it too, but would swallow every 405.
func (s *server) pages(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if s.Pages != nil && c.Path() == "" && notAPI(c) {
			ctx, cancel := context.WithTimeout(c.Request().Context(), s.cfg.RequestTimeout)
			defer cancel()
			s.Pages.ServeHTTP(c.Response(), c.Request().WithContext(ctx))
			return nil
		}
		return next(c)
	}
}
