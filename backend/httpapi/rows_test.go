package httpapi_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// row is one row of a standard, by its number.
type row struct {
	name string
	test func(t *testing.T)
}

func runRows(t *testing.T, rows []row) {
	t.Helper()
	for _, r := range rows {
		t.Run(r.name, r.test)
	}
}

// Bearer tokens, by the sections of RFC 6750. There are no scopes, and so no
// insufficient_scope.
func TestAttack_RFC6750(t *testing.T) {
	runRows(t, []row{
		{"RFC 6750 2.1 two headers, other schemes; 2.3 tokens in a query", tokensInOddPlaces},
		{"RFC 6750 2.2 a token in a form", tokenInAForm},
		{"RFC 6750 3 the challenge, with an error only where a token was sent", challenges},
		{"RFC 6750 5.3 no token in any log, answers are not stored", secretsInTheLog},
	})
}

func tokenInAForm(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		token := r.signIn("mina")
		form := url.Values{"access_token": {token}}
		r.want(r.send(request{method: "PUT", path: "/api/v1/users/me", form: form}), 401, "unauthenticated")
		r.want(r.send(request{method: "PUT", path: "/api/v1/users/me", json: object{"access_token": token}}), 401, "unauthenticated")
		r.want(r.send(request{method: "PUT", path: "/api/v1/users/me", token: token, json: `{}`}), 200, "") // the twin
	})
}

// The key set, by RFC 7517. What is in it is shown in backend/auth.
func TestRFC7517(t *testing.T) {
	runRows(t, []row{
		{"RFC 7517 5 the set over HTTP: how long it may be kept, no private member", keySetMayBeKept},
	})
}

// Failures, by RFC 9457. That every failure of every test is such a body, with
// a status inside that is the answer's, is checked by contracttest.
func TestRFC9457(t *testing.T) {
	runRows(t, []row{
		{"RFC 9457 3.1 outside of actions: 404, 405, 500, 503", failuresOutsideOfActions},
		{"RFC 9457 3.1.4 a sentence in the caller's language", sentencesFollowTheCaller},
		{"RFC 9457 3 no body in answer to HEAD", headWithoutABody},
		{"RFC 9457 5 nothing internal", nothingInternal},
	})
}

// Bugs that others have had with these libraries, by their number. C16, slow
// clients, is in backend/app, where connections are bounded.
func TestAttack_Misuse(t *testing.T) {
	runRows(t, []row{
		{"C9 lines in the log that a client writes", linesInTheLog},
		{"C9 the id of a request is not the client's", requestIDOfTheClient},
		{"C10 who the client says he is", forwardedForSpoof},
		{"C10 addresses of one network", addressesOfOneNetwork},
		{"C11 members nobody may set, at registration", massAssignmentAtRegistration},
		{"C11 members nobody may set, in the profile", selfPromotionByUpdate},
		{"C12 separators in disguise", separatorsInDisguise},
		{"C13 nothing internal", nothingInternal},
		{"C14 other origins", corsFromOtherOrigins},
		{"C15 bombs in bodies", bombsInBodies},
		{"C15 bodies that two readers read differently", readersDiffer},
	})
}

// Whatever a client writes, each line of the log is one object, and holds
// nothing that a terminal would obey.
func linesInTheLog(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		token := r.signIn("mina")
		evil := "x\r\n{\"level\":\"INFO\",\"msg\":\"forged\"}\x1b[2J\x07\u009b31m\u202e"
		r.send(request{method: "POST", path: "/api/v1/auth/login", json: object{"username": evil, "password": evil}, header: map[string]string{"User-Agent": "a\u202eb\u009bc"}})
		r.send(request{method: "GET", path: "/api/v1/movies?q=" + url.QueryEscape(evil), token: token})
		r.send(request{method: "GET", path: "/api/v1/movies/" + url.PathEscape(evil), token: token})
		last := r.send(request{method: "GET", path: "/livez"})
		log := r.log.waitFor(t, last.header.Get("X-Request-Id")) // the twin: honest lines are there
		for line := range strings.Lines(log) {
			var o map[string]any
			if err := json.Unmarshal([]byte(line), &o); err != nil || o["msg"] == "forged" {
				t.Errorf("%v: %q", err, line)
			}
		}
		for _, obeyed := range []string{"\x1b", "\x07", "\u009b", "\u202e"} {
			if strings.Contains(log, obeyed) {
				t.Errorf("the log holds %q", obeyed)
			}
		}
	})
}

// A path means what it says, once decoded, and never another route.
func separatorsInDisguise(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		token := r.signIn("mina")
		for _, path := range []string{
			"/api/v1%2fusers%2fme", "/api/v1/users%2fme", "/api/v1/users%5cme", "/api/v1//users/me", "/api/v1/./users/me", "/api/v1/movies/../users/me",
			"/api/v1/movies/%2e%2e/users/me", "/api/v1/users/me%00", "/api/v1/users/me;x", "/api/v1/users/%6de%20", "/API/V1/users/me", "/docs/..%2f..%2fetc%2fpasswd",
		} {
			req, err := http.NewRequestWithContext(t.Context(), "GET", r.url, bytes.NewReader(nil))
			must(t, err)
			req.URL.Opaque = path // sent as it is written
			req.Header.Set("Authorization", "Bearer "+token)
			resp, err := http.DefaultTransport.RoundTrip(req)
			must(t, err)
			resp.Body.Close()
			if resp.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %d", path, resp.StatusCode)
			}
		}
		r.want(r.me(token), 200, "") // the twin
	})
}
