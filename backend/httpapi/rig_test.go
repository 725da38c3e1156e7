package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/httpapi"
	"example.com/marquee/backend/httpapi/contracttest"
	"example.com/marquee/backend/store"
	"example.com/marquee/common/marquee"
)

const (
	articleOrigin = "http://localhost:3000"
	goodPassword  = "kettle-orbit-93-violin"
)

// rig is the API over the real parts, behind a real listener.
type rig struct {
	testing.TB
	url    string
	http   *http.Client
	faults *faulty
	// operator is what an operator may do besides.
	operator *auth.Service
	log      *syncBuffer
	seen     *contracttest.Recorder
	film     string // id of a film
	clock    *clock // of the store, and of what is counted
	redis    *redis.Client
	dbURL    string
	store    *store.Store
	drain    func() // ends every stream
	trust    *trusted
	// notReady makes the check of readiness fail.
	notReady atomic.Bool
}

type options struct {
	cfg    httpapi.Config
	limits *auth.Limits // nil: none
	pages  http.Handler
}

// newRig serves the API.
func newRig(tb testing.TB, with pair, o options) *rig {
	tb.Helper()
	o.cfg.CORSOrigins = append(o.cfg.CORSOrigins, articleOrigin)
	p := with(tb, o.limits)
	r := &rig{TB: tb, faults: &faulty{Auth: p.auth}, operator: p.auth, log: p.log, film: p.film, clock: p.clock, redis: p.redis, dbURL: p.url, store: p.store, trust: p.trust}
	ready := func(context.Context) error {
		if r.notReady.Load() {
			return errors.New(secretCause)
		}
		return nil
	}
	draining := make(chan struct{})
	r.drain = sync.OnceFunc(func() { close(draining) })
	tb.Cleanup(r.drain)
	handler := httpapi.New(httpapi.Deps{
		Live: p.live, Draining: draining,
		Auth: r.faults, Movies: p.movies, Ready: ready, Pages: o.pages,
		Log: r.log.logger(),
	}, o.cfg)
	srv := httptest.NewServer(handler)
	tb.Cleanup(srv.Close)

	seen, err := contracttest.New(httpapi.Contract())
	if err != nil {
		tb.Fatal(err)
	}
	r.url, r.seen = srv.URL, seen
	p.auth.ServeAs(srv.URL)
	r.http = &http.Client{
		Transport:     seen.Transport(tb, srv.Client().Transport),
		CheckRedirect: func(*http.Request, []*http.Request) error { return errors.New("redirected") },
	}
	return r
}

// answer is one answer, read.
type answer struct {
	status int
	header http.Header
	text   string
	json   map[string]any
}

func (a answer) str(name string) string { s, _ := a.json[name].(string); return s }

// fields lists "field=code" of a refusal.
func (a answer) fields() string {
	var all []string
	errs, _ := a.json["errors"].([]any)
	for _, e := range errs {
		m := e.(map[string]any)
		all = append(all, m["field"].(string)+"="+m["code"].(string))
	}
	return strings.Join(all, " ")
}

// request is one request; the zero value of a member leaves it out.
type request struct {
	method, path string
	token        string // bearer
	json         any    // a string is sent as it is
	form         url.Values
	header       map[string]string
	off          bool // breaks the contract on purpose
}

func (r *rig) send(q request) answer {
	r.Helper()
	var body io.Reader
	media := ""
	switch v := q.json.(type) {
	case nil:
		if q.form != nil {
			body, media = strings.NewReader(q.form.Encode()), "application/x-www-form-urlencoded"
		}
	case string:
		body, media = strings.NewReader(v), "application/json"
	default:
		text, err := json.Marshal(v)
		if err != nil {
			r.Fatal(err)
		}
		body, media = bytes.NewReader(text), "application/json"
	}
	ctx := r.Context()
	if q.off {
		ctx = contracttest.OffContract(ctx)
	}
	req, err := http.NewRequestWithContext(ctx, q.method, r.url+q.path, body)
	if err != nil {
		r.Fatal(err)
	}
	if media != "" {
		req.Header.Set("Content-Type", media)
	}
	if q.token != "" {
		req.Header.Set("Authorization", "Bearer "+q.token)
	}
	for name, value := range q.header {
		req.Header.Set(name, value)
	}
	return r.sendRaw(req)
}

func (r *rig) sendRaw(req *http.Request) answer {
	r.Helper()
	resp, err := r.http.Do(req)
	if err != nil {
		r.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		r.Fatal(err)
	}
	a := answer{status: resp.StatusCode, header: resp.Header, text: string(text)}
	_ = json.Unmarshal(text, &a.json) // pages and key sets have their own checks
	return a
}

// want ends the test unless the answer has the status and, for a failure, the
// code.
func (r *rig) want(a answer, status int, code marquee.Code) answer {
	r.Helper()
	if a.status != status || a.str("code") != string(code) {
		r.Fatalf("%d %q, want %d %q: %s", a.status, a.str("code"), status, code, a.text)
	}
	return a
}

type object = map[string]any

func (r *rig) register(name string) answer {
	r.Helper()
	return r.want(r.send(request{method: "POST", path: "/api/v1/users", json: object{
		"email": name + "@example.com", "username": name, "password": goodPassword}}), 201, "")
}

func (r *rig) login(name string) answer {
	r.Helper()
	return r.want(r.send(request{method: "POST", path: "/api/v1/auth/login", json: object{
		"username": name, "password": goodPassword}}), 200, "")
}

// signIn makes an account and returns its access token.
func (r *rig) signIn(name string) string {
	r.Helper()
	r.register(name)
	return r.login(name).str("access_token")
}

func (r *rig) me(token string) answer {
	r.Helper()
	return r.send(request{method: "GET", path: "/api/v1/users/me", token: token})
}

// faulty fails on demand where every request of its kind comes by.
type faulty struct {
	httpapi.Auth
	how atomic.Pointer[string]
}

// secretCause is what must be in no answer.
const secretCause = `pq: relation "users" at db.internal:5432`

func (f *faulty) set(how string) { f.how.Store(&how) }

func (f *faulty) fail(ctx context.Context) error {
	how := f.how.Load()
	if how == nil {
		return nil
	}
	switch *how {
	case "panic":
		panic(secretCause)
	case "internal":
		return errors.New(secretCause)
	case "unavailable":
		return marquee.Unavailable("test", errors.New(secretCause))
	case "hang":
		<-ctx.Done()
		return marquee.Unavailable("test", ctx.Err())
	}
	return nil
}

func (f *faulty) Authenticate(ctx context.Context, token string) (marquee.Actor, error) {
	if err := f.fail(ctx); err != nil {
		return marquee.Actor{}, err
	}
	return f.Auth.Authenticate(ctx, token)
}

func (f *faulty) Register(ctx context.Context, r marquee.Registration) (marquee.User, error) {
	if err := f.fail(ctx); err != nil {
		return marquee.User{}, err
	}
	return f.Auth.Register(ctx, r)
}

func (f *faulty) Login(ctx context.Context, c marquee.Credentials) (marquee.Tokens, error) {
	if err := f.fail(ctx); err != nil {
		return marquee.Tokens{}, err
	}
	return f.Auth.Login(ctx, c)
}

func (f *faulty) LoginMFA(ctx context.Context, s marquee.SecondStep) (marquee.Tokens, error) {
	if err := f.fail(ctx); err != nil {
		return marquee.Tokens{}, err
	}
	return f.Auth.LoginMFA(ctx, s)
}

func (f *faulty) AskDevice(ctx context.Context, o marquee.Origin) (marquee.DeviceAuthorization, error) {
	if err := f.fail(ctx); err != nil {
		return marquee.DeviceAuthorization{}, err
	}
	return f.Auth.AskDevice(ctx, o)
}

func (f *faulty) Refresh(ctx context.Context, token string, o marquee.Origin) (marquee.Tokens, error) {
	if err := f.fail(ctx); err != nil {
		return marquee.Tokens{}, err
	}
	return f.Auth.Refresh(ctx, token, o)
}

func (f *faulty) LogoutWithAccessToken(ctx context.Context, token string) error {
	if err := f.fail(ctx); err != nil {
		return err
	}
	return f.Auth.LogoutWithAccessToken(ctx, token)
}

// syncBuffer is a log that may be read while it is written.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(s, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// waitFor waits until the log holds text: the line of a request is written
// after its answer.
func (s *syncBuffer) waitFor(tb testing.TB, text string) string {
	tb.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); time.Now().Before(end); <-tick.C {
		if got := s.String(); strings.Contains(got, text) {
			return got
		}
	}
	tb.Fatalf("the log never held %q:\n%s", text, s.String())
	return ""
}
