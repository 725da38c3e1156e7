package httpapi_test

import (
	"testing"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/redisstore"
	"example.com/marquee/common/testrig"
)

// Section 6 row 22: with Redis away nobody is let in, nobody is told that his
// token is bad, and nobody waits.
func TestAttack_RedisAway(t *testing.T) {
	var server *testrig.Server
	limits := usual()
	limits.AskDevice.Burst, limits.Challenge.Burst = 1, 1
	r := newRig(t, func(tb testing.TB, limits *auth.Limits) parts {
		server = testrig.RedisServer(tb)
		client, err := redisstore.Dial(server.URL(), patience)
		must(tb, err)
		tb.Cleanup(func() { client.Close() })
		return assemble(tb, testrig.PostgresFrom(tb, "httpapi", migrate), client, redisstore.Options{}, limits, hashCost(tb))
	}, options{limits: limits})
	r.register("mina")
	login := r.login("mina")
	token := login.str("access_token")
	r.want(r.me(token), 200, "") // the twin

	other := r.login("mina")

	server.Kill()
	for _, q := range []request{
		{method: "GET", path: "/api/v1/users/me", token: token},
		{method: "GET", path: "/api/v1/movies", token: token},
		// The end is in SQL all the same: see the last line.
		{method: "POST", path: "/api/v1/auth/logout", token: other.str("access_token")},
	} {
		if got := r.want(r.send(q), 503, "unavailable"); got.header.Get("Retry-After") == "" {
			t.Errorf("%s: no Retry-After", q.path)
		}
	}
	// What needs no Redis goes on.
	r.want(r.send(request{method: "GET", path: "/livez"}), 200, "")
	r.want(r.send(request{method: "GET", path: "/.well-known/jwks.json"}), 200, "")
	pair := r.want(r.send(request{method: "POST", path: "/api/v1/auth/refresh", json: object{"refresh_token": login.str("refresh_token")}}), 200, "")

	r.want(r.send(request{method: "POST", path: "/api/v1/auth/logout", token: other.str("access_token"), json: object{"refresh_token": other.str("refresh_token")}}), 503, "unavailable")

	// Limits are kept in the process meanwhile.
	for _, path := range []string{"/api/v1/auth/device", "/api/v1/auth/challenge"} {
		r.want(r.send(request{method: "POST", path: path}), 200, "")
		r.want(r.send(request{method: "POST", path: path}), 429, "too_many_requests")
	}

	server.Start()
	r.want(r.me(pair.str("access_token")), 200, "") // by itself
	r.want(r.me(other.str("access_token")), 401, "invalid_token")
}
