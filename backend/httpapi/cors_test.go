package httpapi_test

import (
	"strings"
	"testing"

	"example.com/marquee/backend/auth"
)

// Section 6 row 9: the original let every site in.
func corsFromOtherOrigins(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		token := r.signIn("mina")
		for _, origin := range []string{
			"http://evil.example", "null", "http://localhost:3000.evil.example", "http://evil-localhost:3000", "https://localhost:3000",
			"http://localhost:30000", "http://localhost", "http://LOCALHOST:3000", "http://localhost:3000/", "http://localhost:3000 ", "*",
		} {
			for _, method := range []string{"GET", "OPTIONS"} {
				got := r.send(request{method: method, path: "/api/v1/users/me", token: token, header: map[string]string{
					"Origin": origin, "Access-Control-Request-Method": "PUT"}})
				// A header value is trimmed on the way.
				if allowed := got.header.Get("Access-Control-Allow-Origin"); allowed != "" && strings.TrimSpace(origin) != articleOrigin {
					t.Errorf("%s from %q: %q", method, origin, allowed)
				}
			}
		}
		// The twin.
		got := r.send(request{method: "GET", path: "/api/v1/users/me", token: token, header: map[string]string{"Origin": articleOrigin}})
		if got.header.Get("Access-Control-Allow-Origin") != articleOrigin || got.header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%v", got.header)
		}
		if !strings.Contains(strings.Join(got.header.Values("Vary"), ","), "Origin") {
			t.Error("a cache may mix up origins")
		}
	})
}

// A browser hides an answer without these headers from the page, which then
// sees no status at all.
func TestCORSHeadersAreOnEveryFailure(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		limits := auth.DefaultLimits()
		limits.SignIn.Burst = 1
		r := newRig(t, with, options{limits: &limits})
		token := r.signIn("mina")
		origin := map[string]string{"Origin": articleOrigin}
		check := func(name string, status int, q request) {
			t.Helper()
			q.header = origin
			got := r.send(q)
			if got.status != status || got.header.Get("Access-Control-Allow-Origin") != articleOrigin {
				t.Errorf("%s: %d %q", name, got.status, got.header.Get("Access-Control-Allow-Origin"))
			}
		}
		check("no token", 401, request{method: "GET", path: "/api/v1/users/me"})
		check("no such path", 404, request{method: "GET", path: "/api/v1/nothing"})
		check("method", 405, request{method: "DELETE", path: "/api/v1/genres"})
		check("body", 413, request{method: "POST", path: "/api/v1/users", json: strings.Repeat(" ", 70<<10)})
		check("media", 415, request{method: "POST", path: "/api/v1/users"})
		check("rules", 422, request{method: "POST", path: "/api/v1/users", json: `{}`})
		check("limit", 429, request{method: "POST", path: "/api/v1/auth/login", json: object{"username": "mina", "password": "x"}})
		for how, status := range map[string]int{"panic": 500, "internal": 500, "unavailable": 503} {
			r.faults.set(how)
			check(how, status, request{method: "GET", path: "/api/v1/users/me", token: token})
		}
	})
}
