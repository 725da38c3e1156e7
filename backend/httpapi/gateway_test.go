package httpapi_test

import (
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

// A visitor over SSH is listed and limited by his own address, from before he
// signs in.
func TestGatewaySpeaksForItsVisitor(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		ctx := t.Context()
		g, key := r.gate("127.0.0.0/8"), newHolder(t)
		r.register("haneul")
		c := g.client()
		_, err := c.Login(ctx, marquee.Credentials{Login: "haneul", Password: goodPassword})
		must(t, err)
		linked, err := c.LinkKey(ctx, marquee.KeyLink{Name: "laptop", KeyProof: marquee.KeyProof{Assertion: g.vouch(key), PublicKey: key.line()}})
		must(t, err)
		if linked.Fingerprint != key.fingerprint() {
			t.Errorf("%+v", linked)
		}
		window := g.client()
		must(t, g.signIn(window, key))
		must(t, window.Refresh(ctx))
		sessions, err := window.Sessions(ctx)
		must(t, err)
		if len(sessions) != 2 {
			t.Fatalf("%+v", sessions)
		}
		for _, s := range sessions {
			if s.Address != visitor || s.Client != "ssh" {
				t.Errorf("%+v", s)
			}
		}
		// The server dies: what it opened runs out by itself.
		r.clock.advance(2*auth.DefaultLives().Access + time.Second)
		wantCode(t, "after the server died", window.Refresh(ctx), marquee.CodeInvalidToken)
		wantCode(t, "after the server died, by password", c.Refresh(ctx), marquee.CodeInvalidToken)
	})
}

// Sessions of one command neither count for the cap nor stay.
func TestBriefSessionsAreOutsideTheCap(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		ctx := t.Context()
		g, key := r.gate(), newHolder(t)
		owner := r.comer("haneul")
		_, err := key.link(owner, marquee.KeyLink{})
		must(t, err)
		verb := g.client()
		for range 12 {
			word := g.say(keyWord, key.fingerprint(), func(c jwt.MapClaims) { c["brief"] = true })
			_, err := verb.LoginWithKey(ctx, marquee.KeyProof{Assertion: word}, marquee.Origin{})
			must(t, err)
		}
		_, err = owner.Me(ctx)
		must(t, err)
		for range 10 {
			must(t, g.signIn(g.client(), key))
		}
		_, err = owner.Me(ctx)
		wantCode(t, "the twin: ten sessions that stay", err, marquee.CodeInvalidToken)
	})
}

// An assertion is believed once, for a minute, for this service, and from an
// SSH server that is trusted where it calls from.
func TestAttack_Assertions(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		ctx := t.Context()
		g, key := r.gate(), newHolder(t)
		_, err := key.link(r.comer("haneul"), marquee.KeyLink{})
		must(t, err)
		c := r.client()
		login := func(word string) error {
			_, err := c.LoginWithKey(ctx, marquee.KeyProof{Assertion: word}, marquee.Origin{})
			return err
		}
		spoilt := func(change func(jwt.MapClaims)) string { return g.say(keyWord, key.fingerprint(), change) }
		now := r.clock.live()
		for what, word := range map[string]string{
			"of a stranger":       r.stranger().vouch(key),
			"from elsewhere":      r.gate("192.0.2.0/24").vouch(key),
			"for another service": spoilt(func(c jwt.MapClaims) { c["aud"] = "https://other.example" }),
			"for several":         spoilt(func(c jwt.MapClaims) { c["aud"] = []string{r.url, "https://other.example"} }),
			"of another server":   spoilt(func(c jwt.MapClaims) { c["iss"] = r.stranger().id() }),
			"over": spoilt(func(c jwt.MapClaims) {
				c["iat"], c["exp"] = now.Add(-3*time.Minute).Unix(), now.Add(-2*time.Minute).Unix()
			}),
			"for an hour":            spoilt(func(c jwt.MapClaims) { c["exp"] = now.Add(time.Hour).Unix() }),
			"without an end":         spoilt(func(c jwt.MapClaims) { delete(c, "exp") }),
			"without a name":         spoilt(func(c jwt.MapClaims) { delete(c, "jti") }),
			"of a visitor nowhere":   spoilt(func(c jwt.MapClaims) { c["peer"] = "localhost" }),
			"of whose request it is": g.say(peerWord, key.fingerprint(), nil),
			"none":                   "a.b.c",
		} {
			wantCode(t, what, login(word), marquee.CodeInvalidGrant)
		}
		good := g.vouch(key)
		must(t, login(good)) // the twin
		wantCode(t, "again", login(good), marquee.CodeInvalidGrant)
	})
}

// Only a trusted SSH server may say who somebody is.
func TestAttack_AddressClaimedByHeader(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		g := r.gate()
		claim := func(name, value string) request {
			return request{method: "POST", path: "/api/v1/auth/login", header: map[string]string{name: value},
				json: object{"username": "haneul", "password": goodPassword}}
		}
		r.register("haneul")
		for _, word := range []string{"", "203.0.113.9", r.stranger().say(peerWord, g.id(), nil), g.say(keyWord, g.id(), nil),
			g.say(peerWord, "SHA256:x", nil), r.gate("192.0.2.0/24").say(peerWord, g.id(), nil),
			g.say(peerWord, g.id(), func(c jwt.MapClaims) { c["aud"] = "https://other.example" })} {
			r.want(r.send(claim("X-Marquee-Gateway", word)), 401, marquee.CodeInvalidAssertion)
		}
		address := func(login answer) string {
			list := r.send(request{method: "GET", path: "/api/v1/auth/sessions", token: login.str("access_token")})
			return list.json["items"].([]any)[0].(map[string]any)["address"].(string)
		}
		if got := address(r.want(r.send(claim("X-Forwarded-For", visitor)), 200, "")); got == visitor {
			t.Error("a header was believed")
		}
		r.clock.advance(time.Second)
		twin := claim("X-Marquee-Gateway", g.say(peerWord, g.id(), nil))
		twin.header["X-Forwarded-For"] = "198.51.100.1"
		if got := address(r.want(r.send(twin), 200, "")); got != visitor {
			t.Errorf("the visitor of a trusted server is shown at %s", got)
		}
	})
}

// One visitor who guesses over SSH does not use up what the others may.
func TestVisitorsOfAGatewayHaveTheirOwnLimits(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		limits := auth.DefaultLimits()
		limits.SignIn = marquee.Limit{Rate: 2, Period: time.Hour, Burst: 2}
		r := newRig(t, with, options{limits: &limits})
		g := r.gate()
		login := func(peer string) answer {
			word := g.say(peerWord, g.id(), func(c jwt.MapClaims) { c["peer"] = peer })
			return r.send(request{method: "POST", path: "/api/v1/auth/login", header: map[string]string{"X-Marquee-Gateway": word},
				json: object{"username": "nobody", "password": goodPassword}})
		}
		for range 2 {
			r.want(login("203.0.113.1"), 401, marquee.CodeWrongCredentials)
		}
		r.want(login("203.0.113.1"), 429, marquee.CodeTooManyRequests)
		r.want(login("203.0.113.2"), 401, marquee.CodeWrongCredentials)
	})
}
