package web

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"example.com/marquee/common/marquee"
)

// Auth is what the pages ask of the rules of identity.
type Auth interface {
	Register(ctx context.Context, r marquee.Registration) (marquee.User, error)
	// LoginBrowser opens a session without a token pair and returns its cookie,
	// and the token by which the device is known from now on.
	LoginBrowser(ctx context.Context, c marquee.Credentials) (cookie, deviceToken string, err error)
	// LoginBrowserMFA is the second step, after CodeMFARequired.
	LoginBrowserMFA(ctx context.Context, step marquee.SecondStep) (cookie, deviceToken string, err error)
	// StepUpBrowser makes the sign-in of a cookie's session a recent one and
	// returns the cookie that takes its place.
	StepUpBrowser(ctx context.Context, cookie string, p marquee.StepUp) (renewed string, err error)
	// StartTOTP, ConfirmTOTP, EndTOTP and RenewRecoveryCodes are those of
	// marquee.AuthService.
	StartTOTP(ctx context.Context) (marquee.TOTPSecret, error)
	ConfirmTOTP(ctx context.Context, c marquee.FirstCode) ([]string, error)
	EndTOTP(ctx context.Context) error
	RenewRecoveryCodes(ctx context.Context) ([]string, error)
	// AuthenticateBrowser returns whom a cookie speaks for; CodeInvalidToken,
	// CodeUnavailable.
	AuthenticateBrowser(ctx context.Context, cookie string) (marquee.Actor, error)
	// EndOfBrowser tells why a cookie is good no more: a reason as in
	// marquee.Activity, "" where its time ran out; CodeNotFound for one that
	// was never good, is replaced or still good.
	EndOfBrowser(ctx context.Context, cookie string) (reason string, err error)
	Logout(ctx context.Context, scope marquee.LogoutScope) error
	Me(ctx context.Context) (marquee.User, error)
	UpdateMe(ctx context.Context, p marquee.UserPatch) (marquee.User, error)
	Sessions(ctx context.Context) ([]marquee.Session, error)
	EndSession(ctx context.Context, id string) error
	Activity(ctx context.Context, p marquee.PageRequest) (marquee.ActivityPage, error)
	// Challenge, Keys, LinkKey, ChangeKey and RemoveKey are those of
	// marquee.KeyService.
	Challenge(ctx context.Context, o marquee.Origin) (marquee.Challenge, error)
	Keys(ctx context.Context) ([]marquee.SSHKey, error)
	LinkKey(ctx context.Context, l marquee.KeyLink) (marquee.SSHKey, error)
	ChangeKey(ctx context.Context, id string, p marquee.KeyPatch) (marquee.SSHKey, error)
	RemoveKey(ctx context.Context, id string) error
	// ExportMe and DeleteMe are those of marquee.PersonalDataService.
	ExportMe(ctx context.Context, w io.Writer) error
	DeleteMe(ctx context.Context, d marquee.Deletion) error
	// AskDevice, DeviceRequest and AnswerDevice are those of
	// marquee.DeviceService. DeviceAnswered tells whether LoginBrowserDevice
	// would open a session, by the same errors, and changes nothing.
	AskDevice(ctx context.Context, o marquee.Origin) (marquee.DeviceAuthorization, error)
	DeviceRequest(ctx context.Context, userCode string, o marquee.Origin) (marquee.DeviceRequest, error)
	AnswerDevice(ctx context.Context, userCode string, approve bool, o marquee.Origin) error
	DeviceAnswered(ctx context.Context, deviceCode string) error
	LoginBrowserDevice(ctx context.Context, deviceCode string, o marquee.Origin) (cookie string, err error)
	// PasswordLinkOwner and UsePasswordLink serve the operator's one-use link;
	// CodeNotFound for one that is unknown, used or over.
	PasswordLinkOwner(ctx context.Context, token string) (marquee.User, error)
	UsePasswordLink(ctx context.Context, token, newPassword string, o marquee.Origin) error
}

// Deps are the parts that the pages stand on.
type Deps struct {
	Auth   Auth
	Movies marquee.MovieService
	Log    *slog.Logger
	// FormKey makes the tokens in forms; 32 bytes.
	FormKey []byte
	// PreviousFormKey, where there is one, still checks them.
	PreviousFormKey []byte
	// Address returns who sent a request; nil takes the peer.
	Address func(*http.Request) string
	Clock   func() time.Time
}

// Config is how the pages behave.
type Config struct {
	// PublicURL is where people reach the pages. Another Host than its own or
	// a loopback one is answered 421: a name that an attacker lets point at us
	// (DNS rebinding) must not get a page.
	PublicURL *url.URL
	// SSHCommand is how to connect by SSH, shown on the first page; "" hides it.
	SSHCommand string
	// Passwords are the bounds of a new password.
	Passwords marquee.PasswordRules
	// SessionLife is how long a session lives at most, and DeviceLife how long
	// a browser is known again that somebody signed in with. A browser keeps
	// their cookies as long, though none beyond 400 days; 0 is as long as its
	// window.
	SessionLife, DeviceLife time.Duration
}

const maxForm = 64 << 10 // bytes of a form

type server struct {
	Deps
	cfg   Config
	views *views
	mux   *http.ServeMux
	// locations are the zones that were asked for, *time.Location by name: each
	// is read from a file.
	locations sync.Map
}

// New returns the pages. It panics if the embedded templates cannot be read,
// which a test excludes.
func New(d Deps, cfg Config) http.Handler {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	if d.Clock == nil {
		d.Clock = time.Now
	}
	if d.Address == nil {
		d.Address = peer
	}
	style := newAsset("style", ".css", "text/css; charset=utf-8", styleFile)
	icon := newAsset("icon", ".svg", "image/svg+xml", iconFile)
	s := &server{Deps: d, cfg: cfg, views: loadViews(style.path, icon.path)}

	s.mux = http.NewServeMux()
	for _, r := range s.routes() {
		s.mux.Handle(r.pattern, s.page(r))
	}
	for _, a := range []asset{style, icon} {
		s.mux.Handle("GET "+a.path, a)
	}

	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(s.denyCrossOrigin))
	return s.ours(s.headers(http.MaxBytesHandler(protection.Handler(http.HandlerFunc(s.serve)), maxForm)))
}

// serve finds the page. What no route takes gets a page of ours as well.
func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	if s.taken(r, r.Method) {
		s.mux.ServeHTTP(w, r)
		return
	}
	s.page(route{do: s.missing}).ServeHTTP(w, r)
}

// taken tells whether there is a route for the request's path and this method.
func (s *server) taken(r *http.Request, method string) bool {
	asked := *r
	asked.Method = method
	_, pattern := s.mux.Handler(&asked)
	return pattern != ""
}

type route struct {
	pattern  string
	signedIn bool // nobody gets here without a session
	do       func(w http.ResponseWriter, r *visit) error
}

// routes is every page and what its forms send.
func (s *server) routes() []route {
	return []route{
		{"GET /{$}", false, s.home},
		{"GET /register", false, s.showRegister},
		{"POST /register", false, s.register},
		{"GET /login", false, s.showLogin},
		{"POST /login", false, s.login},
		{"POST /login/code", false, s.loginCode},
		{"POST /logout", false, s.logout},
		{"POST /login/device", false, s.askDevice},
		{"GET /login/device", false, s.waitForDevice},
		{"POST /login/device/enter", false, s.enterByDevice},
		{"GET /device", true, s.showDevice},
		{"POST /device", true, s.answerDevice},
		{"POST /language", false, s.setLanguage},
		{"GET /password/{token}", false, s.showPassword},
		{"POST /password/{token}", false, s.setPassword},

		{"GET /films", true, s.films},
		{"GET /films/{id}", true, s.film},
		{"POST /films/{id}/rating", true, s.rate},
		{"POST /films/{id}/watchlist", true, s.watchlist},
		{"POST /films/{id}/watched", true, s.watched},
		{"GET /watchlist", true, s.showWatchlist},
		{"GET /diary", true, s.showDiary},

		{"GET /account", true, s.account},
		{"GET /account/profile", true, s.showProfile},
		{"POST /account/profile", true, s.changeProfile},
		{"GET /account/password", true, s.showChangePassword},
		{"POST /account/password", true, s.changePassword},
		{"GET /account/second-factor", true, s.showFactor},
		{"POST /account/second-factor", true, s.changeFactor},
		{"POST /account/step-up", true, s.stepUp},
		{"GET /account/keys", true, s.showKeys},
		{"POST /account/keys", true, s.linkKey},
		{"GET /account/keys/{id}", true, s.showKey},
		{"POST /account/keys/{id}", true, s.changeKey},
		{"POST /account/keys/{id}/remove", true, s.removeKey},
		{"GET /account/zone", true, s.showZone},
		{"POST /account/zone", true, s.setZone},
		{"GET /account/export", true, s.showExport},
		{"POST /account/export", true, s.export},
		{"GET /account/delete", true, s.showDelete},
		{"POST /account/delete", true, s.deleteAccount},
		{"GET /account/activity", true, s.showActivity},
		{"GET /account/sessions", true, s.showSessions},
		{"POST /account/sessions/{id}/end", true, s.endSession},
		{"POST /account/sessions/end-others", true, s.endOthers},
	}
}

func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return "local"
	}
	return host
}
