package httpapi_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/marquee/backend/auth"
)

// articleClient does what the article's web client does, and nothing else:
// on every call it sends whatever is in its cookie as a bearer token, its
// origin, and a preflight before.
type articleClient struct {
	*rig
	access, refresh string // cookies
}

func (a *articleClient) call(method, path string, body any, form url.Values) answer {
	a.Helper()
	preflight := a.send(request{method: "OPTIONS", path: path, header: map[string]string{
		"Origin": articleOrigin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization,content-type",
	}})
	if preflight.status != http.StatusNoContent || preflight.header.Get("Access-Control-Allow-Origin") != articleOrigin ||
		!strings.Contains(preflight.header.Get("Access-Control-Allow-Methods"), method) ||
		!strings.Contains(strings.ToLower(preflight.header.Get("Access-Control-Allow-Headers")), "authorization") {
		a.Fatalf("preflight of %s %s: %d %v", method, path, preflight.status, preflight.header)
	}
	header := map[string]string{"Origin": articleOrigin, "Accept": "application/json, text/plain, */*"}
	if a.access != "" {
		header["Authorization"] = "Bearer " + a.access
	}
	got := a.send(request{method: method, path: path, json: body, form: form, header: header})
	if got.header.Get("Access-Control-Allow-Origin") != articleOrigin {
		a.Fatalf("%s %s %d: the browser would hide the answer: %v", method, path, got.status, got.header)
	}
	if got.status >= http.StatusBadRequest && got.str("detail") == "" {
		a.Fatalf("%s %s %d: detail is no string: %s", method, path, got.status, got.text)
	}
	return got
}

func (a *articleClient) signIn(name, password string) answer {
	a.Helper()
	got := a.call("POST", "/api/v1/auth/login", nil, url.Values{"username": {name}, "password": {password}})
	if got.status == http.StatusOK {
		a.access, a.refresh = got.str("access_token"), got.str("refresh_token")
	}
	return got
}

func TestArticleClientWorksUnchanged(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		for _, cookie := range []string{"", "undefined", "a.dead.token", strings.Repeat("x", 3000)} {
			t.Run("cookie "+cookie[:min(len(cookie), 12)], func(t *testing.T) {
				a := &articleClient{rig: newRig(t, with, options{}), access: cookie}
				form := object{"email": "mina@example.com", "username": "mina", "password": goodPassword, "confirmPassword": goodPassword}
				user := a.want(a.call("POST", "/api/v1/users/", form, nil), 201, "")
				for _, member := range []string{"id", "email", "username", "is_active", "is_superuser", "created_at", "updated_at"} {
					if _, ok := user.json[member]; !ok {
						t.Errorf("no %s", member)
					}
				}
				a.want(a.call("POST", "/api/v1/users/", form, nil), 409, "username_taken")
				a.want(a.signIn("mina", "wrong"), 401, "wrong_credentials")

				got := a.want(a.signIn("mina", goodPassword), 200, "")
				if got.str("token_type") != "bearer" || len(a.access) > 3800 || len(a.refresh) > 3800 {
					t.Errorf("%s", got.text)
				}
				me := a.want(a.call("GET", "/api/v1/users/me", nil, nil), 200, "")
				if me.str("username") != "mina" || me.json["is_superuser"] != false || me.json["is_active"] != true {
					t.Errorf("%s", me.text)
				}
				a.want(a.call("PUT", "/api/v1/users/me", object{"username": "mina.lee"}, nil), 200, "")
				a.want(a.call("PUT", "/api/v1/users/me", object{"password": "another-long-phrase-7"}, nil), 403, "wrong_password")

				// A new pair, asked for with the old access token along.
				pair := a.want(a.call("POST", "/api/v1/auth/refresh", object{"refresh_token": a.refresh}, nil), 200, "")
				a.access, a.refresh = pair.str("access_token"), pair.str("refresh_token")
				a.want(a.call("GET", "/api/v1/users/me", nil, nil), 200, "")

				out := a.want(a.call("POST", "/api/v1/auth/logout", nil, nil), 200, "")
				if out.str("detail") == "" {
					t.Errorf("%s", out.text)
				}
				a.want(a.call("GET", "/api/v1/users/me", nil, nil), 401, "invalid_token")
				a.want(a.call("POST", "/api/v1/auth/refresh", object{"refresh_token": a.refresh}, nil), 401, "invalid_token")
			})
		}
	})
}

// Its code refreshes again at once when a refresh is refused.
func TestDeadRefreshTokenRepeatedIsSoon429(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		defaults := auth.DefaultLimits()
		r := newRig(t, with, options{limits: &defaults})
		r.signIn("mina")
		live := r.login("mina").str("refresh_token")
		statuses := map[int]int{}
		for range 20 {
			got := r.send(request{method: "POST", path: "/api/v1/auth/refresh", json: object{"refresh_token": "dead"}})
			statuses[got.status]++
			if got.status == 429 && got.header.Get("Retry-After") == "" {
				t.Error("429 without Retry-After")
			}
		}
		if statuses[401] != 5 || statuses[429] != 15 {
			t.Errorf("%v, want five times 401 and then 429", statuses)
		}
		// The twin: a live token is never counted.
		for range 20 {
			live = r.want(r.send(request{method: "POST", path: "/api/v1/auth/refresh", json: object{"refresh_token": live}}), 200, "").str("refresh_token")
		}
	})
}

func TestBothSpellingsOfAPath(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		token := r.signIn("mina")
		for _, path := range []string{"/users/me", "/auth/sessions", "/movies", "/movies/" + r.film, "/genres", "/users/me/watchlist"} {
			for _, slash := range []string{"", "/"} {
				r.want(r.send(request{method: "GET", path: "/api/v1" + path + slash, token: token}), 200, "")
			}
		}
		r.want(r.send(request{method: "PUT", path: "/api/v1/movies/" + r.film + "/rating/", token: token, json: `{"rating":7}`}), 204, "")
	})
}
