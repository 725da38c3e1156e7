package httpapi_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/httpapi"
	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
)

// tight are limits small enough to reach quickly.
func tight() *auth.Limits {
	l := auth.DefaultLimits()
	l.SignIn = marquee.Limit{Rate: 6, Period: time.Hour, Burst: 6}
	l.Register = marquee.Limit{Rate: 4, Period: time.Hour, Burst: 4}
	l.OwnPassword.Free = 1
	return &l
}

// usual are the limits of the service.
func usual() *auth.Limits {
	l := auth.DefaultLimits()
	return &l
}

func (r *rig) tryLogin(name string, header map[string]string) int {
	r.Helper()
	return r.guess(name, "a guess", header).status
}

func (r *rig) guess(name, password string, header map[string]string) answer {
	r.Helper()
	return r.send(request{method: "POST", path: "/api/v1/auth/login", json: object{"username": name, "password": password}, header: header})
}

// from is a request that the trusted proxy of behindProxy passes on.
func from(address string) map[string]string { return map[string]string{"X-Forwarded-For": address} }

func behindProxy() httpapi.Config {
	return httpapi.Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
}

// Section 6 row 13.
func TestAttack_GuessingPasswords(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{limits: usual()})
		r.register("mina")
		for _, name := range []string{"mina", "MINA", " mina ", "Mina"} { // one name however it is written
			r.want(r.guess(name, "a guess", nil), 401, "wrong_credentials")
		}
		for _, pause := range []int{1, 2, 4, 8} {
			got := r.want(r.guess("mina", goodPassword, nil), 429, "too_many_requests") // not even the right one
			if got.header.Get("Retry-After") != fmt.Sprint(pause) {
				t.Errorf("Retry-After %q, want %d", got.header.Get("Retry-After"), pause)
			}
			r.clock.advance(time.Duration(pause) * time.Second)
			r.want(r.guess("mina", "a guess", nil), 401, "wrong_credentials")
		}
		r.signIn("joon") // the twin: somebody else from there
		r.clock.advance(16 * time.Second)
		r.login("mina")
		r.want(r.guess("mina", "a guess", nil), 401, "wrong_credentials") // and it begins anew
	})
}

func TestThreeMistypesAreNotNoticed(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{limits: usual()})
		r.register("mina")
		c, err := client.New(client.Options{BaseURL: r.url})
		must(t, err)
		t.Cleanup(c.Close)
		for range 2 {
			for range 3 {
				_, err := c.Login(t.Context(), marquee.Credentials{Login: "mina", Password: "mistyped"})
				if !marquee.IsCode(err, marquee.CodeWrongCredentials) {
					t.Errorf("%v", err)
				}
			}
			_, err := c.Login(t.Context(), marquee.Credentials{Login: "mina", Password: goodPassword})
			must(t, err)
		}
	})
}

func TestAttack_SprayingOnePasswordOverManyNames(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{limits: tight()})
		statuses := map[int]int{}
		for i := range 10 {
			statuses[r.tryLogin(fmt.Sprint("name", i), nil)]++
		}
		if statuses[401] != 6 || statuses[429] != 4 {
			t.Errorf("%v", statuses)
		}
	})
}

func TestAttack_FloodOfAccounts(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{limits: tight()})
		for range 10 { // slips do not count
			r.want(r.send(request{method: "POST", path: "/api/v1/users", json: `{"username":"a"}`}), 422, "invalid_input")
		}
		statuses := map[int]int{}
		for i := range 6 {
			name := fmt.Sprint("flood", i)
			statuses[r.send(request{method: "POST", path: "/api/v1/users", json: object{"email": name + "@example.com", "username": name, "password": goodPassword}}).status]++
		}
		if statuses[201] != 4 || statuses[429] != 2 {
			t.Errorf("%v", statuses)
		}
	})
}

func TestAttack_GuessingTheCurrentPassword(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{limits: tight()})
		token := r.signIn("mina")
		statuses := map[int]int{}
		for range 4 {
			statuses[r.send(request{method: "PUT", path: "/api/v1/users/me", token: token, json: `{"password":"another-long-phrase-7","current_password":"a guess"}`}).status]++
		}
		if statuses[403] != 2 || statuses[429] != 2 {
			t.Errorf("%v", statuses)
		}
		// The twin: what needs no password is not limited by it.
		r.want(r.send(request{method: "PUT", path: "/api/v1/users/me", token: token, json: `{"username":"mina.lee"}`}), 200, "")
	})
}

// C10: the address is the peer's, whatever the client claims.
func forwardedForSpoof(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		claim := func(i int) map[string]string {
			ip := fmt.Sprintf("203.0.113.%d", i)
			return map[string]string{"X-Forwarded-For": ip, "X-Real-Ip": ip, "Forwarded": "for=" + ip, "True-Client-Ip": ip}
		}
		direct := newRig(t, with, options{limits: tight()})
		statuses := map[int]int{}
		for i := range 100 {
			statuses[direct.tryLogin(fmt.Sprint("name", i), claim(i))]++
		}
		if statuses[401] != 6 || statuses[429] != 94 {
			t.Errorf("direct: %v", statuses)
		}

		// Behind a trusted proxy its own entry, the right-most, counts; what the
		// client wrote to the left of it does not.
		trusted := httpapi.Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.1.2.3/8")}}
		behind := newRig(t, with, options{cfg: trusted, limits: tight()})
		statuses = map[int]int{}
		for i := range 20 {
			header := map[string]string{"X-Forwarded-For": fmt.Sprintf("203.0.113.%d, 198.51.100.7, 10.9.9.9", i), "X-Real-Ip": "203.0.113.9"}
			statuses[behind.tryLogin(fmt.Sprint("name", i), header)]++
		}
		if statuses[401] != 6 || statuses[429] != 14 {
			t.Errorf("behind a proxy: %v", statuses)
		}
		// A private address is trusted no more than any other, unless it is listed.
		statuses = map[int]int{}
		for i := range 20 {
			statuses[behind.tryLogin(fmt.Sprint("private", i), map[string]string{"X-Forwarded-For": fmt.Sprintf("203.0.113.%d, 192.168.1.1", i)})]++
		}
		if statuses[401] != 6 || statuses[429] != 14 {
			t.Errorf("behind a proxy that is not listed: %v", statuses)
		}
		// The twin: another client behind the same proxy is another address.
		if got := behind.tryLogin("name", map[string]string{"X-Forwarded-For": "198.51.100.8"}); got != 401 {
			t.Errorf("another client: %d", got)
		}
		behind.register("mina")
		token := behind.want(behind.send(request{method: "POST", path: "/api/v1/auth/login", json: object{"username": "mina", "password": goodPassword},
			header: map[string]string{"X-Forwarded-For": "203.0.113.1, 198.51.100.9"}}), 200, "").str("access_token")
		list := behind.send(request{method: "GET", path: "/api/v1/auth/sessions", token: token})
		if s := list.json["items"].([]any)[0].(map[string]any); s["address"] != "198.51.100.9" {
			t.Errorf("%v", s)
		}
	})
}

// An IPv6 subscriber has 2^64 addresses.
func addressesOfOneNetwork(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		trusted := httpapi.Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}
		r := newRig(t, with, options{cfg: trusted, limits: tight()})
		statuses := map[int]int{}
		for i := range 10 {
			statuses[r.tryLogin(fmt.Sprint("name", i), map[string]string{"X-Forwarded-For": fmt.Sprintf("2001:db8:0:1::%x", i+1)})]++
		}
		if statuses[401] != 6 || statuses[429] != 4 {
			t.Errorf("%v", statuses)
		}
		if got := r.tryLogin("name", map[string]string{"X-Forwarded-For": "2001:db8:0:2::1"}); got != 401 { // the twin
			t.Errorf("another network: %d", got)
		}
	})
}

// Clients on the socket of a data directory have no address.
func TestPeerOnTheUnixSocketIsLocal(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		l, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
		if err != nil {
			t.Fatal(err)
		}
		srv := &http.Server{Handler: httpapi.New(httpapi.Deps{Auth: r.faults}, httpapi.Config{})}
		t.Cleanup(func() { srv.Close() })
		go srv.Serve(l)
		r.http.Transport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
			return net.Dial("unix", l.Addr().String())
		}}
		token := r.signIn("mina")
		list := r.want(r.send(request{method: "GET", path: "/api/v1/auth/sessions", token: token}), 200, "")
		if s := list.json["items"].([]any)[0].(map[string]any); s["address"] != "local" {
			t.Errorf("%v", s)
		}
	})
}

// Somebody who guesses from the same address does not hold up a client that
// has signed in before, and signed out since.
func TestAttack_GuessingBesideAKnownClient(t *testing.T) {
	r := newRig(t, embeddedParts, options{limits: usual()})
	r.register("mina")
	open := func(tokens client.TokenStore) *client.Client {
		c, err := client.New(client.Options{BaseURL: r.url, Tokens: tokens})
		must(t, err)
		t.Cleanup(c.Close)
		return c
	}
	mine := marquee.Credentials{Login: "mina", Password: goodPassword}
	kept := client.MemoryTokens()
	known := open(kept)
	_, err := known.Login(t.Context(), mine)
	must(t, err)
	must(t, known.Logout(t.Context(), marquee.LogoutLocal))
	for range 4 {
		r.want(r.guess("mina", "a guess", nil), 401, "wrong_credentials")
	}
	_, err = open(nil).Login(t.Context(), mine)
	var slowed *marquee.Error
	if !errors.As(err, &slowed) || slowed.Code != marquee.CodeTooManyRequests || slowed.RetryAfter != time.Second {
		t.Errorf("a client that is not known: %v", err)
	}
	_, err = open(kept).Login(t.Context(), mine)
	must(t, err)
}

// A change of the name tells whether another is taken, as registration does,
// and must not tell it of a thousand: neither in one account nor in many.
func TestAttack_NamesTriedByRenaming(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		l := tight()
		l.Register.Burst = 10
		l.Change = marquee.Limit{Rate: 4, Period: time.Hour, Burst: 4}
		r := newRig(t, with, options{limits: l, cfg: behindProxy()})
		r.register("mina")
		joon, bora := r.signIn("joon"), r.signIn("bora")
		rename := func(token, name, address string) answer {
			return r.send(request{method: "PUT", path: "/api/v1/users/me", token: token, json: object{"username": name}, header: from(address)})
		}
		for range 6 { // slips do not count, nor does what changes nothing
			r.want(rename(joon, "a", "192.0.2.1"), 422, "invalid_input")
			r.want(rename(joon, "joon", "192.0.2.1"), 200, "")
		}
		for range 4 {
			r.want(rename(joon, "mina", "192.0.2.1"), 409, "username_taken")
		}
		got := r.want(rename(joon, "mina", "203.0.113.1"), 429, "too_many_requests")
		if got.header.Get("Retry-After") == "" {
			t.Error("without Retry-After")
		}
		r.want(rename(bora, "mina", "192.0.2.1"), 429, "too_many_requests") // many accounts at one place
		r.want(rename(bora, "bora2", "203.0.113.1"), 200, "")               // the twin
	})
}

// A bad password costs no hash, but to find it bad costs as much: neither who
// registers nor who is signed in may have that done without end.
func TestAttack_FloodOfBadPasswords(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		l := usual()
		l.Judge = marquee.Limit{Rate: 6, Period: time.Hour, Burst: 6}
		r := newRig(t, with, options{limits: l, cfg: behindProxy()})
		token := r.signIn("mina") // judged once, elsewhere
		bad := strings.Repeat("a", 256)
		register := func(address string) answer {
			return r.send(request{method: "POST", path: "/api/v1/users", header: from(address),
				json: object{"email": "flood@example.com", "username": "flood", "password": bad}})
		}
		change := func(address string) answer {
			return r.send(request{method: "PUT", path: "/api/v1/users/me", token: token, header: from(address),
				json: object{"password": bad, "current_password": goodPassword}})
		}
		for range 3 {
			r.want(register("192.0.2.1"), 422, "invalid_input")
			r.want(change("192.0.2.1"), 422, "invalid_input")
		}
		r.want(register("192.0.2.1"), 429, "too_many_requests")
		r.want(change("192.0.2.1"), 429, "too_many_requests")
		r.want(change("203.0.113.1"), 422, "invalid_input") // the twin
	})
}
