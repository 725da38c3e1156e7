package httpapi_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"example.com/marquee/common/marquee"
)

// mischief are members that no request may set.
const mischief = `"is_superuser":true,"is_active":false,"id":"00000000-0000-7000-8000-000000000000","created_at":"2001-01-01T00:00:00Z",` +
	`"password_hash":"x","hashed_password":"x","role":"admin","IS_SUPERUSER":true,"auth_time":1`

// Section 6 row 2.
func massAssignmentAtRegistration(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		twin := r.register("honest")
		got := r.want(r.send(request{method: "POST", path: "/api/v1/users?is_superuser=true", off: true,
			json: `{` + mischief + `,"email":"mallory@example.com","username":"mallory","password":"` + goodPassword + `"}`}), 201, "")
		mine := r.want(r.me(r.login("mallory").str("access_token")), 200, "")
		for _, u := range []answer{twin, got, mine} {
			if u.json["is_superuser"] != false || u.json["is_active"] != true || strings.HasPrefix(u.str("id"), "00000000") || strings.HasPrefix(u.str("created_at"), "2001") {
				t.Errorf("%s", u.text)
			}
		}
	})
}

// A sign-out that was answered 503, or whose answer was lost, is asked again
// with the same access token, and is done by then.
func TestLogoutMayBeRepeated(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		token, other := r.signIn("mina"), r.login("mina").str("access_token")
		for range 2 {
			r.want(r.send(request{method: "POST", path: "/api/v1/auth/logout", token: token}), 200, "")
		}
		r.want(r.me(token), 401, "invalid_token")
		// To end others takes a live session.
		r.want(r.send(request{method: "POST", path: "/api/v1/auth/logout?scope=global", token: token}), 401, "invalid_token")
		r.want(r.me(other), 200, "")
	})
}

// Section 6 row 3.
func selfPromotionByUpdate(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		token := r.signIn("mallory")
		before := r.me(token)
		for _, method := range []string{"PUT", "PATCH"} {
			r.want(r.send(request{method: method, path: "/api/v1/users/me?is_superuser=true", token: token, off: true, json: `{` + mischief + `}`}), 200, "")
			after := r.want(r.me(token), 200, "")
			for _, member := range []string{"is_superuser", "is_active", "id", "created_at", "username", "email"} {
				if after.json[member] != before.json[member] {
					t.Errorf("%s %s: %v became %v", method, member, before.json[member], after.json[member])
				}
			}
			// The twin: the same method changes what may be changed.
			name := "mallory." + strings.ToLower(method)
			if got := r.send(request{method: method, path: "/api/v1/users/me", token: token, json: object{"username": name}}); got.str("username") != name {
				t.Errorf("%s", got.text)
			}
			before = r.me(token)
		}
	})
}

// Section 6 row 1: the original's sign-out always failed and ended nothing.
func TestAttack_ReplayAfterLogout(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		r.register("mina")
		stolen, other := r.login("mina"), r.login("mina")
		r.want(r.me(stolen.str("access_token")), 200, "") // the twin
		out := r.want(r.send(request{method: "POST", path: "/api/v1/auth/logout", token: stolen.str("access_token")}), 200, "")
		if out.str("detail") != "You are signed out." {
			t.Errorf("%s", out.text)
		}
		r.want(r.me(stolen.str("access_token")), 401, "invalid_token")
		r.want(r.send(request{method: "POST", path: "/api/v1/auth/refresh", json: object{"refresh_token": stolen.str("refresh_token")}}), 401, "invalid_token")
		// By the refresh token an ended session is no error.
		r.want(r.send(request{method: "POST", path: "/api/v1/auth/logout", token: stolen.str("access_token"),
			json: object{"refresh_token": stolen.str("refresh_token")}}), 200, "")
		// Row 7: the other device is not signed out.
		r.want(r.me(other.str("access_token")), 200, "")
		r.want(r.send(request{method: "POST", path: "/api/v1/auth/refresh", json: object{"refresh_token": other.str("refresh_token")}}), 200, "")
	})
}

func TestLogoutScopes(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		r.register("mina")
		a, b, c := r.login("mina").str("access_token"), r.login("mina").str("access_token"), r.login("mina").str("access_token")
		alive := func(want ...int) {
			t.Helper()
			for i, token := range []string{a, b, c} {
				if got := r.me(token).status; got != want[i] {
					t.Errorf("session %d: %d, want %d", i, got, want[i])
				}
			}
		}
		logout := func(token, scope string) {
			t.Helper()
			r.want(r.send(request{method: "POST", path: "/api/v1/auth/logout/?scope=" + scope, token: token}), 200, "")
		}
		alive(200, 200, 200)
		logout(a, "local")
		alive(401, 200, 200)
		logout(b, "others")
		alive(401, 200, 401)
		c = r.login("mina").str("access_token")
		logout(c, "global")
		alive(401, 401, 401)
	})
}

// A sign-out needs something that names the session.
func TestAttack_LogoutOfNobody(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		pair := func() answer { return r.login("mina") }
		r.register("mina")
		live := pair()
		r.want(r.send(request{method: "POST", path: "/api/v1/auth/logout"}), 401, "unauthenticated")
		r.want(r.send(request{method: "POST", path: "/api/v1/auth/logout", json: `{}`}), 401, "unauthenticated")
		r.want(r.send(request{method: "POST", path: "/api/v1/auth/logout", token: "dead"}), 401, "invalid_token")
		r.want(r.send(request{method: "POST", path: "/api/v1/auth/logout", json: `{"refresh_token":"forged"}`}), 401, "invalid_token")
		for _, method := range []string{"GET", "PUT", "DELETE"} {
			if got := r.send(request{method: method, path: "/api/v1/auth/logout", token: live.str("access_token")}); got.status != 405 {
				t.Errorf("%s: %d", method, got.status)
			}
		}
		r.want(r.me(live.str("access_token")), 200, "")
		// The twin: the refresh token alone is enough.
		r.want(r.send(request{method: "POST", path: "/api/v1/auth/logout", json: object{"refresh_token": live.str("refresh_token")}}), 200, "")
		r.want(r.me(live.str("access_token")), 401, "invalid_token")
	})
}

// Section 6 row 14: sign-in tells nobody who has an account.
func TestAttack_EnumerationBySignIn(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		r.register("mina")
		shape := func(name string) string {
			got := r.send(request{method: "POST", path: "/api/v1/auth/login", json: object{"username": name, "password": "not the password"}})
			delete(got.json, "instance")
			return fmt.Sprint(got.status, got.json, got.header.Get("WWW-Authenticate"), got.header.Get("Cache-Control"), len(got.header))
		}
		known := shape("mina")
		for _, unknown := range []string{"nobody", "nobody@example.com", "mina@example.com", "영화", strings.Repeat("a", 500)} {
			if got := shape(unknown); got != known {
				t.Errorf("%.40s: %s, known: %s", unknown, got, known)
			}
		}
		r.login("mina") // the twin
	})
}

// Section 6 row 15: the server has a policy of its own.
func TestAttack_PasswordsOutsideThePolicy(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		token := r.signIn("mina")
		for password, code := range map[string]string{
			"": "required", "short-1": "too_short", strings.Repeat("가", 7): "too_short", strings.Repeat("a", 257): "too_long",
			// ASVS 6.2.4 and 6.2.11: what is tried first. Mina asks for the name
			// weakling in the same breath.
			"iloveyou1": "common", "marquee-marquee-1": "contains_name", "weakling1": "contains_name",
			"sdfghjkl;'": "keyboard", "stuvwxyz": "sequence", strings.Repeat("a", 256): "repeats", "1987-11-05": "date", "oldhorse": "common_words",
		} {
			got := r.send(request{method: "POST", path: "/api/v1/users", json: object{"email": "weak@example.com", "username": "weakling", "password": password}})
			if got.status != 422 || got.fields() != "password="+code {
				t.Errorf("registered with %.10q: %d %s", password, got.status, got.text)
			}
			// Row 18: an empty password answered 200 and changed nothing.
			got = r.send(request{method: "PUT", path: "/api/v1/users/me", token: token, json: object{
				"username": "weakling", "password": password, "current_password": goodPassword}})
			if got.status != 422 || got.fields() != "password="+code {
				t.Errorf("changed to %.10q: %d %s", password, got.status, got.text)
			}
		}
		r.login("mina")
		// The twin: 128 characters of any kind, none of them asked for.
		long := "오늘 저녁은 김치찌개 먹자" + strings.Repeat("가 €", 37) + "Qz"
		r.want(r.send(request{method: "PUT", path: "/api/v1/users/me", token: token, json: object{"password": long, "current_password": goodPassword}}), 200, "")
		r.want(r.send(request{method: "POST", path: "/api/v1/auth/login", json: object{"username": "mina", "password": long}}), 200, "")
	})
}

// Section 6 row 16: whoever has an access token must not take the account.
func TestAttack_TakeoverByProfile(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		r.register("mina")
		mine, thief := r.login("mina").str("access_token"), r.login("mina").str("access_token")
		for _, change := range []object{
			{"password": "thief-owns-this-now-1"}, {"email": "thief@example.com"},
			{"password": "thief-owns-this-now-1", "current_password": "a guess"}, {"email": "thief@example.com", "current_password": ""},
		} {
			r.want(r.send(request{method: "PUT", path: "/api/v1/users/me", token: thief, json: change}), 403, "wrong_password")
		}
		r.login("mina")
		// The twin: with the password it works, and the thief's session ends.
		r.want(r.send(request{method: "PUT", path: "/api/v1/users/me", token: mine, json: object{"password": "another-long-phrase-7", "current_password": goodPassword}}), 200, "")
		r.want(r.me(mine), 200, "")
		r.want(r.me(thief), 401, "invalid_token")
	})
}

// Tokens are read from one place only (RFC 6750 section 2.1).
func tokensInOddPlaces(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		token := r.signIn("mina")
		r.want(r.me(token), 200, "") // the twin
		r.want(r.send(request{method: "GET", path: "/api/v1/users/me?access_token=" + token + "&token=" + token}), 401, "unauthenticated")
		r.want(r.send(request{method: "GET", path: "/api/v1/users/me", header: map[string]string{"Cookie": "access_token=" + token + "; session=" + token}}), 401, "unauthenticated")
		for header, code := range map[string]marquee.Code{
			token: "unauthenticated", "Basic " + token: "unauthenticated", "Bearer" + token: "unauthenticated", "Token " + token: "unauthenticated",
			"Bearer " + token + ", Bearer x": "invalid_token", "Bearer\t" + token: "unauthenticated", "Bearer " + token + " x": "invalid_token",
		} {
			r.want(r.send(request{method: "GET", path: "/api/v1/users/me", header: map[string]string{"Authorization": header}}), 401, code)
		}
		req, err := http.NewRequestWithContext(t.Context(), "GET", r.url+"/api/v1/users/me", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header["Authorization"] = []string{"Bearer " + token, "Bearer " + token}
		r.want(r.sendRaw(req), 400, "malformed_request")
		// Where no token is needed, none is looked at.
		req, err = http.NewRequestWithContext(t.Context(), "POST", r.url+"/api/v1/auth/login", strings.NewReader(`{"username":"mina","password":"`+goodPassword+`"}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header["Authorization"], req.Header["Content-Type"] = []string{"Bearer x", "Basic y"}, []string{"application/json"}
		r.want(r.sendRaw(req), 200, "")
	})
}

func TestAttack_MethodOverride(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		token := r.signIn("mina")
		for _, name := range []string{"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"} {
			r.want(r.send(request{method: "POST", path: "/api/v1/users/me?_method=PUT", token: token, json: `{"username":"changed"}`, header: map[string]string{name: "PUT"}}), 405, "method_not_allowed")
		}
		if got := r.me(token); got.str("username") != "mina" {
			t.Errorf("%s", got.text)
		}
		r.want(r.send(request{method: "PUT", path: "/api/v1/users/me", token: token, json: `{"username":"changed"}`}), 200, "") // the twin
	})
}

// Section 8 of ASVS: sessions of others are not there.
func TestAttack_SessionsOfOthers(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		r.register("mina")
		mine := r.login("mina")
		mallory := r.signIn("mallory")
		path := "/api/v1/auth/sessions/" + mine.str("session_id")
		r.want(r.send(request{method: "DELETE", path: path, token: mallory}), 404, "not_found")
		list := r.send(request{method: "GET", path: "/api/v1/auth/sessions", token: mallory})
		if strings.Contains(list.text, mine.str("session_id")) {
			t.Errorf("%s", list.text)
		}
		r.want(r.me(mine.str("access_token")), 200, "")
		// The twin.
		r.want(r.send(request{method: "DELETE", path: path, token: mine.str("access_token")}), 204, "")
		r.want(r.me(mine.str("access_token")), 401, "invalid_token")
	})
}

func TestSessionsShowWhereFrom(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		r.register("mina")
		login := func(client, agent string) string {
			return r.want(r.send(request{method: "POST", path: "/api/v1/auth/login", json: object{"username": "mina", "password": goodPassword},
				header: map[string]string{"X-Marquee-Client": client, "User-Agent": agent}}), 200, "").str("access_token")
		}
		login("tui", "marquee/1")
		token := login("browser", "evil \u202eagent "+strings.Repeat("x", 500))
		items := r.want(r.send(request{method: "GET", path: "/api/v1/auth/sessions", token: token}), 200, "").json["items"].([]any)
		if len(items) != 2 {
			t.Fatalf("%v", items)
		}
		for _, item := range items {
			s := item.(map[string]any)
			agent := s["agent"].(string)
			if s["address"] != "127.0.0.1" || strings.ContainsRune(agent, '\u202e') || len([]rune(agent)) > 256 {
				t.Errorf("%v", s)
			}
			switch s["current"] {
			case true:
				if s["client"] != "api" || s["last_used_at"] != nil { // nobody may call himself a browser
					t.Errorf("%v", s)
				}
			case false:
				if s["client"] != "tui" || agent != "marquee/1" {
					t.Errorf("%v", s)
				}
			}
		}
	})
}

// Caches and logs (section 6 rows 20 and 24, ASVS 14.2.1 and 16.2.5).
func secretsInTheLog(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		r.register("mina")
		login := r.login("mina")
		access, refresh := login.str("access_token"), login.str("refresh_token")
		r.send(request{method: "GET", path: "/api/v1/movies?q=x&access_token=" + access, token: access})
		r.send(request{method: "GET", path: "/api/v1/" + access})
		r.send(request{method: "GET", path: "/api/v1/movies/" + refresh, token: access})
		r.send(request{method: "POST", path: "/api/v1/auth/login", json: object{"username": "mina", "password": "typed-wrong-secret"}})
		r.send(request{method: "POST", path: "/api/v1/auth/login", json: `{"password":"typed-wrong-secret","password":"x"}`})
		r.send(request{method: "POST", path: "/api/v1/auth/refresh", json: object{"refresh_token": refresh}})
		for _, how := range []string{"panic", "internal"} {
			r.faults.set(how)
			r.send(request{method: "POST", path: "/api/v1/auth/login", json: object{"username": "mina", "password": goodPassword}})
			r.faults.set("")
		}
		last := r.send(request{method: "GET", path: "/livez"})
		log := r.log.waitFor(t, last.header.Get("X-Request-Id"))
		for name, secret := range map[string]string{"access token": access, "refresh token": refresh, "password": goodPassword, "mistyped": "typed-wrong-secret"} {
			if strings.Contains(log, secret) {
				t.Errorf("the log holds the %s", name)
			}
		}
		// The twin: it tells who did what.
		for _, told := range []string{`"route":"/api/v1/movies"`, `"user":`, `"status":401`, `"address":"127.0.0.1"`, `"level":"ERROR"`} {
			if !strings.Contains(log, told) {
				t.Errorf("the log does not tell %s", told)
			}
		}
	})
}

// A request id of the client's would let it write into the log.
func requestIDOfTheClient(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		got := r.send(request{method: "GET", path: "/api/v1/nothing", header: map[string]string{"X-Request-Id": "chosen-by-me"}})
		if strings.Contains(got.text+fmt.Sprint(got.header), "chosen-by-me") || got.str("instance") != got.header.Get("X-Request-Id") {
			t.Errorf("%s %v", got.text, got.header)
		}
	})
}
