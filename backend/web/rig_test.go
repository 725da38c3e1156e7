package web_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/catalog"
	"example.com/marquee/backend/embedded"
	"example.com/marquee/backend/redisstore"
	"example.com/marquee/backend/store"
	"example.com/marquee/backend/web"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/strength"
	"example.com/marquee/common/testrig"
)

func TestMain(m *testing.M) { os.Exit(testrig.Main(m)) }

const (
	name     = "minji"
	password = "a long enough password"
)

// site is the pages over real parts, on a loopback port.
type site struct {
	*httptest.Server
	auth  *auth.Service
	db    *store.Store
	total int // of starter films
	ahead atomic.Int64
}

// now is the store's clock: the time of day, and ahead of it once a test says so.
func (s *site) now() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) }

// onEach runs a test on the zero-setup parts and on real servers.
func onEach(t *testing.T, test func(t *testing.T, s *site)) {
	if !testrig.ServersAlone() {
		t.Run("embedded", func(t *testing.T) { test(t, openSite(t)) })
	}
	t.Run("servers", func(t *testing.T) {
		client, err := redisstore.Dial(testrig.Redis(t), patience)
		must(t, err)
		t.Cleanup(func() { client.Close() })
		test(t, openOn(t, testrig.PostgresFrom(t, "web", prepare), client, redisstore.Options{}))
	})
}

func openSite(tb testing.TB) *site {
	tb.Helper()
	r, err := embedded.StartRedis()
	must(tb, err)
	tb.Cleanup(func() { r.Close() })
	return openOn(tb, testrig.SQLiteFrom(tb, "web", prepare), r.Client(), redisstore.Options{Word: embedded.RedisWord})
}

// prepare makes the schema and loads the starter films.
func prepare(url string) error {
	db, err := store.Open(context.Background(), store.Options{URL: url})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Migrate(context.Background()); err != nil {
		return err
	}
	return catalog.New(catalog.Deps{Store: db}).LoadStarter(context.Background())
}

func openOn(tb testing.TB, dsn string, client *redis.Client, o redisstore.Options) *site {
	tb.Helper()
	s := &site{}
	db, err := store.Open(tb.Context(), store.Options{URL: dsn, Clock: s.now})
	must(tb, err)
	tb.Cleanup(func() { db.Close() })
	start := time.Now()
	o.Clock = func() time.Time { return start } // pauses do not end by themselves
	copies := redisstore.New(client, o)
	rules, err := auth.New(auth.Deps{Accounts: db, Sessions: db, Keys: db, Copies: copies, Attempts: copies, Activity: db, Belongings: db},
		auth.Config{Master: bytes.Repeat([]byte("master secret of a test. "), 2), HashCost: auth.HashCost{Memory: 64, Passes: 1, Threads: 1}, Passwords: marquee.PasswordRules{Judge: strength.Judge}})
	must(tb, err)
	must(tb, rules.Start(tb.Context()))
	films := catalog.New(catalog.Deps{Store: db, CursorKey: rules.DeriveKey("cursors"), TypoTime: time.Minute})
	all, err := films.FindMovies(marquee.WithActor(tb.Context(), marquee.Actor{UserID: name}), marquee.MovieFilter{})
	must(tb, err)
	s.auth, s.db, s.total = rules, db, all.Total
	s.Server = httptest.NewUnstartedServer(nil)
	public, err := url.Parse("http://" + s.Listener.Addr().String())
	must(tb, err)
	rules.ServeAs(public.String())
	s.Config.Handler = web.New(web.Deps{
		Auth: rules, Movies: films, FormKey: rules.DeriveKey("forms"),
	}, web.Config{
		PublicURL: public, SSHCommand: "ssh -p 23234 films.example", SessionLife: auth.DefaultLives().Absolute, DeviceLife: auth.FamiliarFor,
	})
	s.Start()
	tb.Cleanup(s.Close)
	return s
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// visitor is a browser without scripts: it keeps cookies and sends forms.
type visitor struct {
	*http.Client
	tb       testing.TB
	site     *site
	language string
}

func (s *site) visitor(tb testing.TB) *visitor {
	tb.Helper()
	jar, err := cookiejar.New(nil)
	must(tb, err)
	c := s.Client()
	return &visitor{tb: tb, site: s, language: "en", Client: &http.Client{Transport: c.Transport, Jar: jar}}
}

// page is an answer, read.
type page struct {
	*http.Response
	body string
}

func (v *visitor) do(r *http.Request) page {
	v.tb.Helper()
	if r.Header.Get("Accept-Language") == "" {
		r.Header.Set("Accept-Language", v.language)
	}
	answer, err := v.Do(r)
	must(v.tb, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	must(v.tb, err)
	return page{answer, string(body)}
}

func (v *visitor) get(path string) page {
	v.tb.Helper()
	r, err := http.NewRequestWithContext(v.tb.Context(), http.MethodGet, v.site.URL+path, nil)
	must(v.tb, err)
	return v.do(r)
}

var tokenField = regexp.MustCompile(`name="form" value="([^"]+)"`)

// token is that of the forms on a page.
func (v *visitor) token(path string) string {
	v.tb.Helper()
	m := tokenField.FindStringSubmatch(v.get(path).body)
	if m == nil {
		v.tb.Fatalf("no form on %s", path)
	}
	return m[1]
}

// send fills a form and follows where it leads.
func (v *visitor) send(from, action string, pairs ...string) page {
	v.tb.Helper()
	form := url.Values{"form": {v.token(from)}}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return v.do(v.request(action, form))
}

func (v *visitor) request(action string, form url.Values) *http.Request {
	v.tb.Helper()
	r, err := http.NewRequestWithContext(v.tb.Context(), http.MethodPost, v.site.URL+action, strings.NewReader(form.Encode()))
	must(v.tb, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func (v *visitor) register() page {
	v.tb.Helper()
	return v.send("/register", "/register",
		"username", name, "email", name+"@example.com", "password", password, "repeat", password)
}

func (v *visitor) cookie(of string) string {
	u, _ := url.Parse(v.site.URL)
	for _, c := range v.Jar.Cookies(u) {
		if c.Name == of {
			return c.Value
		}
	}
	return ""
}

func (p page) mustShow(tb testing.TB, status int, words ...string) {
	tb.Helper()
	if p.StatusCode != status {
		tb.Errorf("%s answers %d, want %d", p.Request.URL.Path, p.StatusCode, status)
	}
	for _, w := range words {
		if !strings.Contains(p.body, w) {
			tb.Errorf("%s does not show %q:\n%s", p.Request.URL.Path, w, p.body)
		}
	}
}
