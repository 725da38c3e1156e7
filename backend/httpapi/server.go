package httpapi

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"example.com/marquee/common/marquee"
)

// Auth is what the API asks of the rules of identity.
type Auth interface {
	marquee.AuthService
	marquee.AccountService
	marquee.AdminService
	marquee.PersonalDataService
	marquee.KeyService
	marquee.DeviceService
	// Authenticate returns whom an access token speaks for;
	// CodeInvalidToken, CodeUnavailable.
	Authenticate(ctx context.Context, accessToken string) (marquee.Actor, error)
	// Refresh rotates; CodeInvalidToken, CodeTooManyRequests, CodeUnavailable.
	Refresh(ctx context.Context, refreshToken string, o marquee.Origin) (marquee.Tokens, error)
	// LogoutWithRefreshToken ends sessions by a refresh token, also by one of
	// an ended session; CodeInvalidToken, CodeUnavailable.
	LogoutWithRefreshToken(ctx context.Context, refreshToken string, scope marquee.LogoutScope) error
	// LogoutWithAccessToken ends the session of an access token, also of an
	// ended session; CodeInvalidToken, CodeUnavailable.
	LogoutWithAccessToken(ctx context.Context, accessToken string) error
	// SessionEnd tells of the end of the acting session, nil while it lives;
	// CodeUnavailable.
	SessionEnd(ctx context.Context) (*marquee.LiveEvent, error)
	// GatewayPeer returns for whom a trusted SSH server calls, by its word and
	// the address it calls from; CodeInvalidAssertion.
	GatewayPeer(assertion, caller string) (address string, err error)
	// JWKS returns the public keys as a JSON Web Key Set (RFC 7517) and how
	// long it may be kept.
	JWKS() (keys []byte, maxAge time.Duration)
}

// Deps are the parts that the API stands on. Ready, Pages and Log may be nil.
type Deps struct {
	Auth   Auth
	Movies marquee.MovieService
	// Live is where the events of a session come from; nil: there are none.
	Live Live
	// Draining is closed when the service ends: nobody listens on. nil: never.
	Draining <-chan struct{}
	// Ready returns nil when the service can do its work.
	Ready func(ctx context.Context) error
	// Pages serves every path that is not the API's.
	Pages http.Handler
	Log   *slog.Logger
}

// Live has the events of people who listen.
type Live interface {
	// Subscribe listens for a session until cancel is called. The channel is
	// closed for a listener that is too slow.
	Subscribe(userID, sessionID string) (events <-chan marquee.LiveEvent, cancel func())
}

// Config is how the API behaves; the zero value is sound.
type Config struct {
	// CORSOrigins are the origins whose scripts may call the API, each written
	// as a browser sends it ("http://localhost:3000"). Nothing else matches.
	CORSOrigins []string
	// TrustedProxies may say who the client is, in X-Forwarded-For.
	TrustedProxies []netip.Prefix
	// PublicURL is where people reach the service; nil: answers name paths only.
	PublicURL *url.URL
	// RequestTimeout bounds the work on one request; 0 is 12 s.
	RequestTimeout time.Duration
	// Streams bound those who listen for events; the zero value is
	// DefaultStreams.
	Streams Streams
}

type server struct {
	Deps
	cfg     Config
	address func(*http.Request) string
	streams streamCount
	json    []byte // the contract as JSON
	docs    []byte // and for people
}

// New returns the API. It panics if the embedded contract cannot be read,
// which a test excludes.
func New(d Deps, cfg Config) http.Handler {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Ready == nil {
		d.Ready = func(context.Context) error { return nil }
	}
	if cfg.RequestTimeout == 0 {
		cfg.RequestTimeout = 12 * time.Second
	}
	cfg.Streams = cfg.Streams.withDefaults()
	s := &server{Deps: d, cfg: cfg, address: AddressOf(cfg.TrustedProxies)}
	s.json, s.docs = mustRenderContract()

	e := echo.New()
	e.HTTPErrorHandler = s.fail
	e.IPExtractor = s.address
	e.Pre(middleware.RemoveTrailingSlashWithConfig(middleware.TrailingSlashConfig{Skipper: notAPI}))
	e.Use(s.requestID, s.accessLog(), s.recoverPanics(), securityHeaders, s.pages,
		s.cors(), noStore, s.gateway, s.deadline, limitBody)
	for _, r := range s.routes() {
		h := r.do
		if r.who == signedIn {
			h = s.bearer(h)
		}
		e.Add(r.method, r.path, h)
		if r.method == http.MethodGet {
			e.HEAD(r.path, h)
		}
	}
	return e
}
