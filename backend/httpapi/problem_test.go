package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/marquee/backend/httpapi"
)

func failuresOutsideOfActions(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		token := r.signIn("mina")
		r.want(r.send(request{method: "GET", path: "/api/v1/nothing"}), 404, "not_found")
		r.want(r.send(request{method: "GET", path: "/"}), 404, "not_found")
		for method, path := range map[string]string{"DELETE": "/api/v1/genres", "TRACE": "/api/v1/users/me", "PROPFIND": "/api/v1/movies", "GET": "/api/v1/auth/logout", "PUT": "/livez"} {
			got := r.want(r.send(request{method: method, path: path}), 405, "method_not_allowed")
			if got.header.Get("Allow") == "" {
				t.Errorf("%s %s: no Allow", method, path)
			}
		}
		hangs := newRig(t, with, options{cfg: httpapi.Config{RequestTimeout: 100 * time.Millisecond}})
		hangs.faults.set("hang")
		got := hangs.want(hangs.me("whose answer nobody waits for"), 503, "timeout")
		if got.header.Get("Retry-After") == "" {
			t.Error("no Retry-After")
		}
		r.faults.set("panic")
		r.want(r.me(token), 500, "internal")
		r.faults.set("")
		r.want(r.me(token), 200, "") // the process lives
		r.notReady.Store(true)
		r.want(r.send(request{method: "GET", path: "/readyz"}), 503, "unavailable")
		r.want(r.send(request{method: "GET", path: "/livez"}), 200, "")
	})
}

func nothingInternal(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		token := r.signIn("mina")
		for how, status := range map[string]int{"panic": 500, "internal": 500, "unavailable": 503} {
			r.faults.set(how)
			got := r.me(token)
			if got.status != status {
				t.Errorf("%s: %d", how, got.status)
			}
			for _, inside := range []string{"pq:", "relation", "db.internal", "goroutine", ".go:"} {
				if strings.Contains(got.text, inside) {
					t.Errorf("%s tells %q: %s", how, inside, got.text)
				}
			}
			r.log.waitFor(t, got.str("instance"))
		}
		if !strings.Contains(r.log.String(), "db.internal") {
			t.Error("the cause is not in the log")
		}
	})
}

func sentencesFollowTheCaller(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		for accept, want := range map[string][2]string{
			"":               {"Please sign in.", "en"},
			"ko-KR,ko;q=0.9": {"로그인해 주세요.", "ko"},
			"fr":             {"Please sign in.", "en"},
		} {
			got := r.send(request{method: "GET", path: "/api/v1/users/me", header: map[string]string{"Accept-Language": accept}})
			if got.str("detail") != want[0] || got.header.Get("Content-Language") != want[1] {
				t.Errorf("%q: %q %q", accept, got.str("detail"), got.header.Get("Content-Language"))
			}
		}
		got := r.send(request{method: "POST", path: "/api/v1/users", json: `{"username":"abc"}`, header: map[string]string{"Accept-Language": "ko"}})
		if got.fields() != "email=required username=too_short password=required" || !strings.Contains(got.text, "4자 이상이어야 합니다.") {
			t.Errorf("%s", got.text)
		}
		token := r.signIn("mina")
		for accept, want := range map[string]string{"en": "This day has not come yet.", "ko": "아직 오지 않은 날짜입니다."} {
			got := r.send(request{method: "PUT", path: "/api/v1/movies/" + r.film + "/watched", token: token, json: `{"watched_on":"2999-01-01"}`, header: map[string]string{"Accept-Language": accept}})
			if got.status != 422 || got.fields() != "watched_on=future" || !strings.Contains(got.text, want) {
				t.Errorf("%d %s", got.status, got.text)
			}
		}
	})
}

func challenges(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		r.register("mina")
		const bare, dead = `Bearer realm="marquee"`, `Bearer realm="marquee", error="invalid_token"`
		for _, c := range []struct{ header, want string }{
			{"", bare}, {"Basic bWluYTp4", bare}, {"Bearer nonsense", dead}, {"bearer nonsense", dead}, {"Bearer", dead},
		} {
			q := request{method: "GET", path: "/api/v1/users/me"}
			if c.header != "" {
				q.header = map[string]string{"Authorization": c.header}
			}
			if got := r.send(q); got.status != 401 || got.header.Get("WWW-Authenticate") != c.want {
				t.Errorf("%q: %d %q", c.header, got.status, got.header.Get("WWW-Authenticate"))
			}
		}
		wrong := r.send(request{method: "POST", path: "/api/v1/auth/login", json: object{"username": "mina", "password": "x"}})
		if wrong.status != 401 || wrong.header.Get("WWW-Authenticate") != bare {
			t.Errorf("%v", wrong.header)
		}
		token := r.login("mina").str("access_token")
		for _, scheme := range []string{"Bearer ", "bearer ", "BEARER ", "Bearer  "} {
			r.want(r.send(request{method: "GET", path: "/api/v1/users/me", header: map[string]string{"Authorization": scheme + token}}), 200, "")
		}
	})
}

func headWithoutABody(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		token := r.signIn("mina")
		for _, path := range []string{"/api/v1/users/me", "/api/v1/movies", "/livez", "/docs", "/.well-known/jwks.json", "/api/v1/nothing", "/api/v1/auth/logout"} {
			get := r.send(request{method: "GET", path: path, token: token})
			head := r.send(request{method: "HEAD", path: path, token: token})
			if head.text != "" || head.status != get.status || head.header.Get("Content-Type") != get.header.Get("Content-Type") {
				t.Errorf("%s: %d %q %q, GET %d %q", path, head.status, head.text, head.header.Get("Content-Type"), get.status, get.header.Get("Content-Type"))
			}
		}
	})
}

func TestHeadersOnEveryAnswer(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		token := r.signIn("mina")
		for _, q := range []request{
			{method: "GET", path: "/api/v1/users/me", token: token}, {method: "GET", path: "/api/v1/users/me"},
			{method: "GET", path: "/api/v1/nothing"}, {method: "PUT", path: "/livez"}, {method: "GET", path: "/docs"},
			{method: "POST", path: "/api/v1/users", json: `{`},
		} {
			h := r.send(q).header
			if h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") ||
				!strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors 'none'") || h.Get("Referrer-Policy") != "no-referrer" ||
				h.Get("Cache-Control") != "no-store" || len(h.Get("X-Request-Id")) < 20 || h.Get("Server") != "" {
				t.Errorf("%s %s: %v", q.method, q.path, h)
			}
			if h.Get("Strict-Transport-Security") != "" {
				t.Error("HSTS without TLS")
			}
		}
		login := r.login("mina")
		if login.header.Get("Cache-Control") != "no-store" || login.header.Get("Pragma") != "no-cache" {
			t.Errorf("tokens may be kept: %v", login.header)
		}

		srv := httptest.NewTLSServer(httpapi.New(httpapi.Deps{}, httpapi.Config{}))
		defer srv.Close()
		resp, err := srv.Client().Get(srv.URL + "/api/v1/nothing")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if !strings.HasPrefix(resp.Header.Get("Strict-Transport-Security"), "max-age=63072000") {
			t.Errorf("%v", resp.Header)
		}
	})
}

func keySetMayBeKept(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		got := r.want(r.send(request{method: "GET", path: "/.well-known/jwks.json"}), 200, "")
		if got.header.Get("Cache-Control") != "public, max-age=300" {
			t.Errorf("%v", got.header)
		}
		for _, private := range []string{`"d"`, `"k"`, `"p"`, `"q"`} {
			if strings.Contains(got.text, private) {
				t.Errorf("%s is in the key set", private)
			}
		}
		tag := got.header.Get("ETag")
		for _, asked := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
			again := r.send(request{method: "GET", path: "/.well-known/jwks.json", header: map[string]string{"If-None-Match": asked}})
			if again.status != http.StatusNotModified || again.text != "" || again.header.Get("ETag") != tag {
				t.Errorf("%s: %d", asked, again.status)
			}
		}
		r.want(r.send(request{method: "GET", path: "/.well-known/jwks.json", header: map[string]string{"If-None-Match": `"other"`}}), 200, "")
	})
}

func TestPagesGetWhatIsNotTheAPIs(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		pages := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if end, bounded := r.Context().Deadline(); !bounded || time.Until(end) > time.Minute {
				t.Errorf("a page may work until %v, %v", end, bounded) // a silent database would hold it for ever
			}
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'")
			_, _ = w.Write([]byte("page " + r.Method + " " + r.URL.Path))
		})
		r := newRig(t, with, options{pages: pages})
		for method, path := range map[string]string{"GET": "/", "POST": "/sign-in/"} {
			req, err := http.NewRequestWithContext(t.Context(), method, r.url+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := http.DefaultTransport.RoundTrip(req) // no contract for pages
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if resp.StatusCode != 200 || resp.Header.Get("Content-Security-Policy") != "default-src 'none'; style-src 'self'" || resp.Header.Get("X-Request-Id") == "" {
				t.Errorf("%s: %d %v", path, resp.StatusCode, resp.Header)
			}
			r.log.waitFor(t, `"method":"`+method+`"`)
		}
		r.want(r.send(request{method: "GET", path: "/api/v1/nothing"}), 404, "not_found")
		// Whoever navigates there gets what every client gets: no page.
		seen := r.send(request{method: "GET", path: "/api/v1/movies", header: map[string]string{"Accept": "text/html", "Sec-Fetch-Mode": "navigate"}})
		r.want(seen, 401, "unauthenticated")
		if kind := seen.header.Get("Content-Type"); kind != "application/problem+json" {
			t.Errorf("a browser that navigates to the API gets %s", kind)
		}
		r.want(r.send(request{method: "PUT", path: "/livez"}), 405, "method_not_allowed")
	})
}
