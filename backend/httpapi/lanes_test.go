package httpapi_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"example.com/marquee/backend/auth"
)

// narrow opens the slow lane early, so that few guesses need to be hashed.
func narrow() *auth.Limits {
	l := usual()
	l.Lane.After = 5
	return l
}

const (
	ownAddress = "198.51.100.7"
	newAddress = "192.0.2.99"
)

// storm guesses at a name from n addresses and returns how many guesses were
// looked at. None may be right.
func (r *rig) storm(name string, n int) (looked int) {
	r.Helper()
	for i := range n {
		switch got := r.guess(name, fmt.Sprint("guess ", i), from(fmt.Sprintf("203.0.%d.%d", i%100, i/100+1))); got.status {
		case 401:
			looked++
		case 429:
		default:
			r.Fatalf("%d: %s", got.status, got.text)
		}
	}
	return looked
}

// enter signs in from an address, with a device token unless it is "".
func (r *rig) enter(name, password, address, deviceToken string) answer {
	r.Helper()
	body := object{"username": name, "password": password}
	if deviceToken != "" {
		body["device_token"] = deviceToken
	}
	return r.send(request{method: "POST", path: "/api/v1/auth/login", json: body, header: from(address)})
}

// While an account is guessed at from everywhere, its owner signs in where he
// has before, and with a device that he has used before.
func TestAttack_GuessingFromManyAddresses(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{cfg: behindProxy(), limits: narrow()})
		r.register("mina")
		device := r.want(r.enter("mina", goodPassword, ownAddress, ""), 200, "").str("device_token")
		if got := r.storm("mina", 60); got != 6 { // five, and the first in the lane
			t.Errorf("%d guesses were looked at", got)
		}
		r.want(r.enter("mina", goodPassword, "203.0.113.1", ""), 429, "too_many_requests")
		r.want(r.enter("mina", goodPassword, ownAddress, ""), 200, "")

		r.storm("mina", 60)
		r.want(r.enter("mina", goodPassword, newAddress, ""), 429, "too_many_requests")
		again := r.want(r.enter("mina", goodPassword, newAddress, device), 200, "").str("device_token")
		r.want(r.enter("mina", goodPassword, newAddress, again), 200, "") // what the device got is good the next time
		// The twin of all: another account is not slowed.
		r.register("joon")
		r.want(r.enter("joon", goodPassword, "203.0.113.2", ""), 200, "")
	})
}

// A device token that is not the account's, or not its any more, chooses
// nothing.
func TestAttack_DeviceTokens(t *testing.T) {
	r := newRig(t, embeddedParts, options{cfg: behindProxy(), limits: narrow()})
	r.register("mina")
	r.register("mallory")
	login := r.want(r.enter("mina", goodPassword, ownAddress, ""), 200, "")
	device := login.str("device_token")
	foreign := r.want(r.enter("mallory", goodPassword, "203.0.113.66", ""), 200, "").str("device_token")
	r.storm("mina", 30)
	flipped := device[:20] + map[bool]string{true: "A", false: "B"}[device[20] != 'A'] + device[21:]
	for what, token := range map[string]string{
		"none": "", "of another account": foreign, "forged": flipped, "cut": device[:40], "long": strings.Repeat("A", 5000),
		"not base64": "%%%", "an access token": login.str("access_token"), "a refresh token": login.str("refresh_token"),
	} {
		if got := r.enter("mina", goodPassword, newAddress, token); got.status != 429 {
			t.Errorf("%s: %d", what, got.status)
		}
	}
	// A thief of the token has the pauses of one caller, wherever he is.
	for i := range 4 {
		r.want(r.enter("mina", "a guess", fmt.Sprintf("192.0.2.%d", i), device), 401, "wrong_credentials")
	}
	r.want(r.enter("mina", goodPassword, newAddress, device), 429, "too_many_requests")
	r.clock.advance(time.Second)
	r.want(r.enter("mina", goodPassword, newAddress, device), 200, "") // the twin
	r.want(r.me(device), 401, "invalid_token")                         // and it opens nothing

	token := r.want(r.enter("mina", goodPassword, ownAddress, ""), 200, "").str("access_token")
	const fresh = "violin-orbit-39-kettle"
	r.want(r.send(request{method: "PUT", path: "/api/v1/users/me", token: token,
		json: object{"password": fresh, "current_password": goodPassword}}), 200, "")
	r.storm("mina", 30)
	r.want(r.enter("mina", fresh, "192.0.2.250", device), 429, "too_many_requests")
	r.want(r.enter("mina", fresh, ownAddress, ""), 200, "")
}

// A name that nobody has is answered as one that somebody has, whatever was
// tried before.
func TestAttack_LimitsTellWhoHasAnAccount(t *testing.T) {
	r := newRig(t, embeddedParts, options{cfg: behindProxy(), limits: narrow()})
	r.register("mina")
	stages := func(name string) (seen []string) {
		note := func(a answer) {
			h := a.header.Clone()
			h.Del("Date")
			h.Del("X-Request-Id")
			delete(a.json, "instance")
			body, _ := json.Marshal(a.json)
			head, _ := json.Marshal(maps.Clone(h))
			seen = append(seen, fmt.Sprint(a.status, " ", string(head), string(body)))
		}
		for i := range 6 { // up to a pause
			note(r.enter(name, fmt.Sprint(i), "192.0.2.1", ""))
		}
		for i := range 8 { // into the lane, and two places in it
			note(r.enter(name, fmt.Sprint(i), fmt.Sprintf("192.0.%d.1", i), ""))
		}
		note(r.enter(name, "a guess", "192.0.2.1", strings.Repeat("A", 75)))
		return seen
	}
	known, unknown := stages("mina"), stages("nobody")
	slowed := 0
	for i := range known {
		if known[i] != unknown[i] {
			t.Errorf("stage %d:\n%s\n%s", i, known[i], unknown[i])
		}
		if strings.HasPrefix(known[i], "429") {
			slowed++
		}
	}
	if slowed < 5 {
		t.Errorf("only %d of %d were slowed: this test sees nothing", slowed, len(known))
	}
}

// Failures in a row are the account's, whichever of its names is used.
func TestAttack_TwoNamesOfOneAccount(t *testing.T) {
	r := newRig(t, embeddedParts, options{cfg: behindProxy(), limits: narrow()})
	r.register("mina")
	for i := range 5 {
		name := []string{"mina", "MINA@example.com"}[i%2]
		r.want(r.enter(name, "a guess", fmt.Sprintf("203.0.%d.1", i), ""), 401, "wrong_credentials")
	}
	r.want(r.enter("mina", "a guess", "192.0.2.1", ""), 401, "wrong_credentials") // the first in the lane
	for _, name := range []string{"mina", "mina@example.com"} {
		r.want(r.enter(name, goodPassword, newAddress, ""), 429, "too_many_requests")
	}
	// The twin: of another account neither.
	r.want(r.enter("minna", "a guess", newAddress, ""), 401, "wrong_credentials")
}

// A Redis that is emptied in the middle of it locks nobody out, and lets as
// many guesses by as at the beginning.
func TestAttack_RedisFlushedAmongGuesses(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{cfg: behindProxy(), limits: narrow()})
		r.register("mina")
		device := r.want(r.enter("mina", goodPassword, ownAddress, ""), 200, "").str("device_token")
		looked := r.storm("mina", 30)
		must(t, r.redis.FlushDB(t.Context()).Err())
		looked += r.storm("mina", 30)
		if looked != 12 {
			t.Errorf("%d guesses were looked at", looked)
		}
		r.want(r.enter("mina", goodPassword, ownAddress, ""), 200, "")
		must(t, r.redis.FlushDB(t.Context()).Err())
		r.want(r.enter("mina", goodPassword, newAddress, device), 200, "")
	})
}

// Somebody who waits for his turn in the lane gets it, though others press.
func TestOwnerOnANewMachineGetsHisTurn(t *testing.T) {
	r := newRig(t, embeddedParts, options{cfg: behindProxy(), limits: narrow()})
	r.register("mina")
	for i := range 6 {
		r.tryLogin("mina", from(fmt.Sprintf("203.0.113.%d", i)))
	}
	for i := range 20 { // one network of many addresses has one place
		r.want(r.enter("mina", "a guess", fmt.Sprintf("203.0.113.%d", 100+i), ""), 429, "too_many_requests")
	}
	got := r.want(r.enter("mina", goodPassword, newAddress, ""), 429, "too_many_requests")
	if got.header.Get("Retry-After") != "60" {
		t.Errorf("Retry-After %q", got.header.Get("Retry-After"))
	}
	r.clock.advance(time.Minute)
	for i := range 20 {
		r.tryLogin("mina", from(fmt.Sprintf("203.0.113.%d", 150+i)))
	}
	r.want(r.enter("mina", goodPassword, newAddress, ""), 200, "")
}
