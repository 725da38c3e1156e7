package web_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"example.com/marquee/backend/web"
	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

// failing is films that fail as a test says.
type failing struct {
	marquee.MovieService
	fail func() error
}

func (f failing) FindMovie(context.Context, string, string) (marquee.Movie, error) {
	return marquee.Movie{}, f.fail()
}

// Every error that becomes a page names the request by which the log has the
// rest, leads on, and tells nothing of the inside.
func TestErrorPagesNameTheRequest(t *testing.T) {
	const id, inside = "REQUESTNUMBER42", "db-7.internal"
	fail := func() error { return nil }
	public, err := url.Parse("http://127.0.0.1:8000")
	must(t, err)
	pages := web.New(web.Deps{
		Auth: stagedAuth{text: "minji"}, Movies: failing{stagedFilms{text: "Parasite"}, func() error { return fail() }}, FormKey: make([]byte, 32),
	}, web.Config{PublicURL: public})
	request := func(method, path, body string) *http.Request {
		r := httptest.NewRequestWithContext(marquee.WithRequestID(t.Context(), id), method, path, strings.NewReader(body))
		r.Host = "127.0.0.1:8000"
		r.AddCookie(&http.Cookie{Name: "marquee_session", Value: liveCookie, Quoted: true})
		return r
	}
	get := func(path string) *http.Request { return request(http.MethodGet, path, "") }
	post := func(path, kind, body string) *http.Request {
		r := request(http.MethodPost, path, body)
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		return r
	}
	const form = "application/x-www-form-urlencoded"
	twice := get("/films")
	twice.AddCookie(&http.Cookie{Name: "marquee_session", Value: "another"})
	elsewhere := get("/")
	elsewhere.Host = "evil.example"
	foreign := post("/login", form, "username=x")
	foreign.Header.Set("Sec-Fetch-Site", "cross-site")
	unknown := map[*http.Request]bool{twice: true, elsewhere: true, foreign: true}
	for _, c := range []struct {
		want  int
		r     *http.Request
		err   error
		shown []string
	}{
		{want: 400, r: twice},
		{want: 403, r: foreign, shown: []string{`href="/login">Try again`}},
		{want: 404, r: get("/nothing")},
		{want: 404, r: get("/films/1"), err: marquee.E(marquee.CodeNotFound)},
		{want: 405, r: get("/logout")},
		{want: 413, r: post("/login", form, strings.Repeat("x", 70<<10))},
		{want: 415, r: post("/login", "application/json", "{}")},
		{want: 421, r: elsewhere},
		{want: 422, r: get("/films/1"), err: marquee.Invalid(marquee.FieldError{Field: "id", Code: marquee.FieldFormat})},
		{want: 429, r: get("/films/1"), err: &marquee.Error{Code: marquee.CodeTooManyRequests, RetryAfter: 90 * time.Second},
			shown: []string{"Try again in 90 s.", `href="/films/1">Try again`}},
		{want: 429, r: get("/films/1"), err: &marquee.Error{Code: marquee.CodeTooManyRequests, RetryAfter: 14*time.Minute + time.Second},
			shown: []string{"Try again in 15 min."}},
		{want: 500, r: get("/films/1"), err: errors.New(inside), shown: []string{`href="/films/1">Try again`}},
		{want: 503, r: get("/films/1"), err: marquee.Unavailable("ask "+inside, errors.New(inside)), shown: []string{`href="/films/1">Try again`}},
		{want: 500, r: get("/films/1?panic")},
	} {
		fail = func() error {
			if c.err == nil {
				panic(inside)
			}
			return c.err
		}
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, c.r)
		p := page{Response: w.Result(), body: w.Body.String()}
		p.Request = c.r
		p.mustShow(t, c.want, append(c.shown, "<html", id, "</html>", `href="/"`)...)
		mustBeSound(t, c.r.URL.Path, p.body, "en")
		if strings.Contains(p.body, "Create an account") || strings.Contains(p.body, "Sign out") == unknown[c.r] {
			t.Errorf("%d speaks to somebody else:\n%s", c.want, p.body)
		}
		if strings.Contains(p.body, inside) || p.Header.Get("Cache-Control") != "no-store" || strings.Contains(p.body, "goroutine") {
			t.Errorf("%d: %v\n%s", c.want, p.Header, p.body)
		}
		if has := p.Header.Get("Retry-After") != ""; has != (c.want == 429 || c.want == 503) {
			t.Errorf("%d: Retry-After %q", c.want, p.Header.Get("Retry-After"))
		}
	}
}

// A form that came too slowly is told so, and may be sent again.
func TestAFormThatComesTooSlowly(t *testing.T) {
	pages := stage(t, "harmless", false, nil)
	for _, late := range []bool{true, false} {
		l := look{method: http.MethodPost, path: "/films/1/watchlist", cookie: liveCookie, want: http.StatusServiceUnavailable}
		r := l.request(t, lang.English)
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		if late {
			cancel()
		} else {
			l.want = http.StatusBadRequest // the twin: what breaks off in time is not understood
		}
		r = r.WithContext(ctx)
		r.Body = io.NopCloser(iotest.ErrReader(os.ErrDeadlineExceeded))
		w := httptest.NewRecorder()
		pages.ServeHTTP(w, r)
		body := w.Body.String()
		if w.Code != l.want || late != strings.Contains(body, "This took too long. Nothing was changed") || late != (w.Header().Get("Retry-After") != "") || late != strings.Contains(body, "Try again") {
			t.Errorf("late %t: %d %v\n%s", late, w.Code, w.Header(), body)
		}
	}
}
