package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"example.com/marquee/backend/catalog"
	"example.com/marquee/backend/web"
	"example.com/marquee/common/marquee"
)

// films are the films of a site, for pages with another wiring than its own.
func (s *site) films() *catalog.Service {
	return catalog.New(catalog.Deps{Store: s.db, CursorKey: s.auth.DeriveKey("cursors")})
}

// wire makes the site serve pages of other parts than its own.
func (s *site) wire(tb testing.TB, change func(*web.Deps)) {
	tb.Helper()
	d := web.Deps{Auth: s.auth, Movies: s.films(), FormKey: s.auth.DeriveKey("forms")}
	change(&d)
	public, err := url.Parse(s.URL)
	must(tb, err)
	s.Config.Handler = web.New(d, web.Config{PublicURL: public})
}

func TestMethodsThatAPageDoesNotTake(t *testing.T) {
	v := openSite(t).visitor(t)
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{http.MethodPost, "/films", 405, "GET, HEAD"},
		{http.MethodDelete, "/login", 405, "GET, POST, HEAD"},
		{http.MethodGet, "/logout", 405, "POST"},
		{http.MethodPut, "/account/sessions/1/end", 405, "POST"},
		{http.MethodPost, "/nothing", 404, ""},
		{http.MethodGet, "/films/1/rating/more", 404, ""},
		{http.MethodHead, "/nothing", 404, ""},
	} {
		r, err := http.NewRequestWithContext(t.Context(), c.method, v.site.URL+c.path, nil)
		must(t, err)
		p := v.do(r)
		if p.StatusCode != c.status || p.Header.Get("Allow") != c.allow {
			t.Errorf("%s %s: %d, Allow %q; want %d, %q", c.method, c.path, p.StatusCode, p.Header.Get("Allow"), c.status, c.allow)
		}
	}
}

func TestOverTLS(t *testing.T) {
	s := openSite(t)
	public, err := url.Parse("https://films.example")
	must(t, err)
	pages := web.New(web.Deps{Auth: s.auth, Movies: s.films(), FormKey: s.auth.DeriveKey("forms")}, web.Config{PublicURL: public})
	ask := func(host, method, path string, form url.Values, cookies ...*http.Cookie) *http.Response {
		r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(form.Encode()))
		r.Host = host
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if method == http.MethodPost {
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		}
		for _, c := range cookies {
			r.AddCookie(c)
		}
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, r)
		return w.Result()
	}
	for host, want := range map[string]int{
		"films.example": 200, "films.example:443": 200, "FILMS.example": 200, "localhost:8000": 200,
		"films.example:8443": 421, "films.example.evil.example": 421, "evil.example": 421, "": 421,
	} {
		answer := ask(host, http.MethodGet, "/", nil)
		if answer.StatusCode != want {
			t.Errorf("Host %q: %d, want %d", host, answer.StatusCode, want)
		}
		if !strings.HasPrefix(answer.Header.Get("Strict-Transport-Security"), "max-age=") {
			t.Errorf("Host %q: no HSTS", host)
		}
	}
	answer := ask("films.example", http.MethodPost, "/register", url.Values{
		"username": {name}, "email": {name + "@example.com"}, "password": {password}, "repeat": {password},
	})
	var session *http.Cookie
	for _, c := range answer.Cookies() {
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" {
			t.Errorf("cookie %v", c)
		}
		if c.Name == "__Host-marquee-session" {
			session = c
		}
	}
	if session == nil {
		t.Fatal("no session")
	}
	if got := ask("films.example", http.MethodGet, "/account", nil, session); got.StatusCode != 200 {
		t.Errorf("the cookie opens nothing: %d", got.StatusCode)
	}
	// The name that plain HTTP uses could have been planted by anybody.
	plain := &http.Cookie{Name: "marquee_session", Value: session.Value}
	if got := ask("films.example", http.MethodGet, "/account", nil, plain); got.StatusCode != http.StatusSeeOther {
		t.Errorf("a cookie without the prefix was taken: %d", got.StatusCode)
	}
}

// refusing is the rules of identity while nothing can be tried.
type refusing struct {
	web.Auth
	err error
}

func (r refusing) LoginBrowser(context.Context, marquee.Credentials) (string, string, error) {
	return "", "", r.err
}

func (r refusing) Register(context.Context, marquee.Registration) (marquee.User, error) {
	return marquee.User{}, r.err
}

// Where waiting is all that helps, what was typed must not have to be typed again.
func TestWaitingLosesNothingTyped(t *testing.T) {
	s := openSite(t)
	v := s.visitor(t)
	for status, err := range map[int]error{
		http.StatusTooManyRequests:    &marquee.Error{Code: marquee.CodeTooManyRequests, RetryAfter: 30*time.Second + time.Millisecond},
		http.StatusServiceUnavailable: marquee.Unavailable("sign in", context.DeadlineExceeded),
	} {
		s.wire(t, func(d *web.Deps) { d.Auth = refusing{d.Auth, err} })
		for _, p := range []page{
			v.register(), v.send("/login?next=/diary", "/login", "username", name, "password", password, "next", "/diary"),
		} {
			p.mustShow(t, status, `value="minji"`, `role="alert"`, "<h1>")
			if p.Header.Get("Retry-After") == "" || strings.Contains(p.body, password) {
				t.Errorf("%d: Retry-After %q, or the password came back", status, p.Header.Get("Retry-After"))
			}
		}
	}
}

var nextField = regexp.MustCompile(`action="/language">(?s:.*?)name="next" value="([^"]*)"`)

// languageBack is where the choice of a language leads back to from a page.
func languageBack(p page) string {
	return html.UnescapeString(nextField.FindStringSubmatch(p.body)[1])
}

func TestTheLanguageKeepsThePage(t *testing.T) {
	v := openSite(t).visitor(t)
	v.register()
	if got := languageBack(v.get("/films?q=host&sort=-year")); got != "/films?q=host&sort=-year" {
		t.Errorf("back to %q", got)
	}
	film := filmLink.FindString(v.get("/films").body)
	if got := languageBack(v.send(film, film+"/rating", "rating", "11")); got != "/films" { // has no page of its own
		t.Errorf("after a refused rating back to %q", got)
	}
}

func TestFormsOutliveAChangeOfTheKey(t *testing.T) {
	s := openSite(t)
	v := s.visitor(t)
	form := url.Values{"form": {v.token("/login")}, "language": {"ko"}, "next": {"/"}}
	s.wire(t, func(d *web.Deps) {
		d.PreviousFormKey, d.FormKey = d.FormKey, []byte("another key, as long as it must be")
	})
	v.do(v.request("/language", form)).mustShow(t, 200, `lang="ko"`)
	s.wire(t, func(d *web.Deps) { d.FormKey = []byte("another key, as long as it must be") })
	v.do(v.request("/language", form)).mustShow(t, http.StatusForbidden)
}
