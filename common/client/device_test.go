package client_test

import (
	"encoding/json"
	"net"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"

	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
)

// The device token of a sign-in goes with the next one, after a sign-out too,
// and never rests with the pair.
func TestDeviceTokenGoesWithTheNextSignIn(t *testing.T) {
	s := newServer(t)
	var sent []string
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/api/v1/auth/login" {
			return false
		}
		var body struct {
			DeviceToken string `json:"device_token"`
		}
		_ = json.NewDecoder(r.Body).Decode(&body)
		sent = append(sent, body.DeviceToken)
		answer(w, 200, marquee.Tokens{
			AccessToken: "access.1", RefreshToken: "refresh.1", TokenType: "bearer",
			ExpiresIn: 1800, RefreshExpiresIn: 604800, SessionID: "s1", DeviceToken: "device",
		})
		return true
	})
	store := client.MemoryTokens()
	for range 2 {
		c, err := client.New(client.Options{BaseURL: s.URL, Tokens: store})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		if _, err := c.Login(t.Context(), marquee.Credentials{Login: "minji", Password: "x"}); err != nil {
			t.Fatal(err)
		}
		if h, _ := store.Load(t.Context()); h.DeviceToken != "" || h.RefreshToken == "" {
			t.Errorf("held %q", h.DeviceToken)
		}
		if err := c.Logout(t.Context(), marquee.LogoutLocal); err != nil {
			t.Fatal(err)
		}
	}
	if !slices.Equal(sent, []string{"", "device"}) {
		t.Errorf("sent %q", sent)
	}
}

// Who waits for an approval waits on, whatever the server says in between that
// is no answer of a person's.
func TestAwaitDeviceGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := &pipes{conns: make(chan net.Conn)}
		s := &server{n: 1}
		answers := []marquee.Code{
			marquee.CodeAuthorizationPending, marquee.CodeUnavailable, marquee.CodeTimeout, marquee.CodeTooManyRequests, marquee.CodeSlowDown,
		}
		s.intercept(func(w http.ResponseWriter, _ *http.Request) bool {
			if len(answers) == 0 {
				s.pair(w)
				return true
			}
			fail(w, http.StatusServiceUnavailable, string(answers[0]))
			answers = answers[1:]
			return true
		})
		c, end := network.connect(t, s)
		_, err := c.AwaitDevice(t.Context(), marquee.DeviceAuthorization{DeviceCode: "code", ExpiresIn: 600, Interval: 2})
		if err != nil || len(answers) > 0 || !c.SignedIn() {
			t.Errorf("%v, before %v", err, answers)
		}
		end()
	})
}
