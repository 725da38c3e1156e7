package httpapi

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"example.com/marquee/common/marquee"
)

// requestID names the request. A name that the client sends is not taken: it
// would let anybody write into the log and mix up two requests.
func (s *server) requestID(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := rand.Text()
		c.SetRequest(c.Request().WithContext(marquee.WithRequestID(c.Request().Context(), id)))
		c.Response().Header().Set(echo.HeaderXRequestID, id)
		return next(c)
	}
}

// accessLog writes one line per request: the route and never the URL, which
// can hold anything that somebody pasted. It also has the error answered, so
// that every middleware inside may just return it.
func (s *server) accessLog() echo.MiddlewareFunc {
	return middleware.RequestLoggerWithConfig(middleware.RequestLoggerConfig{
		HandleError: true, LogLatency: true, LogMethod: true, LogRoutePath: true, LogStatus: true, LogError: true, LogResponseSize: true,
		LogValuesFunc: func(c echo.Context, v middleware.RequestLoggerValues) error {
			ctx := c.Request().Context()
			level := slog.LevelInfo
			if c.Response().Status >= http.StatusInternalServerError {
				level = slog.LevelError
			}
			if !s.Log.Enabled(ctx, level) {
				return nil
			}
			attrs := []slog.Attr{
				slog.String("request_id", marquee.RequestIDFrom(ctx)),
				slog.String("method", marquee.CleanText(v.Method, 16)),
				slog.String("route", v.RoutePath),
				slog.Int("status", c.Response().Status),
				slog.Int64("bytes", v.ResponseSize),
				slog.Duration("took", v.Latency),
				slog.String("address", s.address(c.Request())),
			}
			if a, err := marquee.ActorFrom(ctx); err == nil {
				attrs = append(attrs, slog.String("user", a.UserID), slog.String("session", a.SessionID))
			}
			if v.Error != nil {
				attrs = append(attrs, slog.String("code", string(problemOf(v.Error).Code)))
				if level == slog.LevelError {
					attrs = append(attrs, slog.String("err", marquee.CleanText(v.Error.Error(), 1000)))
				}
			}
			s.Log.LogAttrs(ctx, level, "request", attrs...)
			return nil
		},
	})
}

// recoverPanics turns a panic into an error of the one request. It stands
// outside CORS, whose headers are set by then: the answer keeps them.
func (s *server) recoverPanics() echo.MiddlewareFunc {
	return middleware.RecoverWithConfig(middleware.RecoverConfig{
		DisableStackAll:     true,
		DisableErrorHandler: true,
		LogErrorFunc: func(c echo.Context, err error, stack []byte) error {
			s.Log.LogAttrs(c.Request().Context(), slog.LevelError, "panic",
				slog.String("request_id", marquee.RequestIDFrom(c.Request().Context())),
				slog.String("err", marquee.CleanText(err.Error(), 1000)), slog.String("stack", string(stack)))
			return marquee.Wrap(marquee.CodeInternal, "panic", err)
		},
	})
}

// securityHeaders makes an answer of the API inert in a browser. Pages set
// their own policy over it.
func securityHeaders(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if c.Request().TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		return next(c)
	}
}

// noStore keeps tokens and personal data out of every cache; what may be kept
// says so itself.
func noStore(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Response().Header().Set("Cache-Control", "no-store")
		return next(c)
	}
}

// deadline bounds the work on a request. Whatever a part says when its time
// is cut off, the answer is that it took too long.
func (s *server) deadline(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if c.Path() == eventsPath { // its writes have deadlines of their own
			return next(c)
		}
		limit := s.cfg.RequestTimeout
		if c.Path() == exportPath { // as long as there is
			limit = exportTime
		}
		ctx, cancel := context.WithTimeout(c.Request().Context(), limit)
		defer cancel()
		c.SetRequest(c.Request().WithContext(ctx))
		err := next(c)
		if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return marquee.Wrap(marquee.CodeTimeout, "request", err)
		}
		return err
	}
}

// maxBody is the most that a request may carry, in bytes.
const maxBody = 64 << 10

// limitBody cuts a body off at maxBody, and refuses one that says it is
// longer before any of it is read.
func limitBody(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if r.ContentLength > maxBody {
			c.Response().Header().Set("Connection", "close")
			return marquee.E(marquee.CodeTooLarge)
		}
		r.Body = http.MaxBytesReader(c.Response(), r.Body, maxBody)
		return next(c)
	}
}
