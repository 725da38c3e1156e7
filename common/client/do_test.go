package client_test

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
)

func TestAnswersThatAreNotOurs(t *testing.T) {
	html := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "<html>Welcome to the hotel</html>")
		}
	}
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		want    marquee.Code
	}{
		"captive portal": {html(200), marquee.CodeUnexpectedAnswer},
		"foreign 404":    {html(404), marquee.CodeUnexpectedAnswer},
		"gateway away":   {html(502), marquee.CodeServerUnreachable},
		"empty object":   {func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, map[string]any{}) }, marquee.CodeUnexpectedAnswer},
		"no JSON": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, "{")
		}, marquee.CodeUnexpectedAnswer},
		"redirect": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, marquee.CodeUnexpectedAnswer},
		"problem mismatch": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(400)
			_, _ = io.WriteString(w, `{"status":401,"code":"invalid_token"}`)
		}, marquee.CodeUnexpectedAnswer},
		"ours": {func(w http.ResponseWriter, _ *http.Request) { fail(w, 401, "wrong_credentials") }, marquee.CodeWrongCredentials},
	} {
		t.Run(name, func(t *testing.T) {
			ts := httptest.NewServer(tt.handler)
			defer ts.Close()
			c, err := client.New(client.Options{BaseURL: ts.URL})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if _, err := c.Login(t.Context(), marquee.Credentials{Login: "minji", Password: "x"}); !marquee.IsCode(err, tt.want) {
				t.Errorf("got %v, want %s", err, tt.want)
			}
			if c.SignedIn() {
				t.Error("signed in by it")
			}
		})
	}
}

// A write without an answer of its own must not be believed to a portal.
func TestPortalDoesNotTakeARating(t *testing.T) {
	s := newServer(t)
	c := open(t, s)
	signIn(t, c)
	if err := c.RateMovie(t.Context(), "m1", 8); err != nil {
		t.Fatal(err)
	}
	s.intercept(func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(200); return true })
	if err := c.RateMovie(t.Context(), "m1", 8); !marquee.IsCode(err, marquee.CodeUnexpectedAnswer) {
		t.Fatalf("got %v", err)
	}
}

func TestAttack_EndlessBody(t *testing.T) {
	const whole = 10 << 30
	var sent atomic.Int64
	s := newServer(t)
	c := open(t, s)
	signIn(t, c)
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Content-Type", "application/json")
		chunk := make([]byte, 1<<16)
		for sent.Load() < whole {
			n, err := w.Write(chunk)
			sent.Add(int64(n))
			if err != nil {
				return true
			}
		}
		return true
	})
	if _, err := c.Me(t.Context()); !marquee.IsCode(err, marquee.CodeUnexpectedAnswer) {
		t.Fatalf("got %v", err)
	}
	if n := sent.Load(); n > 64<<20 {
		t.Fatalf("took %d bytes", n)
	}
	s.intercept(nil)
	if _, err := c.Me(t.Context()); err != nil {
		t.Fatalf("without the attack: %v", err)
	}
}

func TestAttack_SlowDrip(t *testing.T) {
	s := newServer(t)
	c := open(t, s, func(o *client.Options) { o.Timeout = 2 * time.Second })
	signIn(t, c)
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Content-Type", "application/json")
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				_, _ = io.WriteString(w, " ")
				_ = http.NewResponseController(w).Flush()
			case <-r.Context().Done():
				return true
			}
		}
	})
	if _, err := c.Me(t.Context()); !marquee.IsCode(err, marquee.CodeServerUnreachable) {
		t.Fatalf("got %v", err)
	}
	s.intercept(nil)
	if _, err := c.Me(t.Context()); err != nil {
		t.Fatalf("without the attack: %v", err)
	}
}

func TestAttack_RedirectNeverCarriesTheToken(t *testing.T) {
	var thief atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { thief.Add(1) }))
	defer other.Close()
	s := newServer(t)
	c := open(t, s)
	signIn(t, c)
	for _, status := range []int{301, 302, 303, 307, 308} {
		s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
			http.Redirect(w, r, other.URL+r.URL.Path, status)
			return true
		})
		_, _ = c.Me(t.Context())
		_ = c.Refresh(t.Context())
		_ = c.Logout(t.Context(), marquee.LogoutLocal)
	}
	if n := thief.Load(); n != 0 {
		t.Fatalf("%d requests went elsewhere", n)
	}
	s.intercept(nil)
	if _, err := c.Me(t.Context()); err != nil {
		t.Fatalf("without the attack: %v", err)
	}
}

func TestAttack_IDLeadsToNoOtherPath(t *testing.T) {
	s := newServer(t)
	c := open(t, s)
	signIn(t, c)
	for _, id := range []string{"", "..", "../users/me", "a/b", "a?x=1", "a%2fb", "a#b", "a b"} {
		if _, err := c.FindMovie(t.Context(), id, ""); !marquee.IsCode(err, marquee.CodeNotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
	if err := c.RateMovie(t.Context(), "0190-ab_c", 3); err != nil {
		t.Errorf("a good id: %v", err)
	}
}

func TestUntrustedCertificate(t *testing.T) {
	ts := httptest.NewUnstartedServer(http.NotFoundHandler())
	ts.Config.ErrorLog = log.New(io.Discard, "", 0)
	ts.StartTLS()
	defer ts.Close()
	c, err := client.New(client.Options{BaseURL: ts.URL})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Login(t.Context(), marquee.Credentials{}); !marquee.IsCode(err, marquee.CodeCertificateRejected) {
		t.Fatalf("got %v", err)
	}
}

func TestServerAway(t *testing.T) {
	ts := httptest.NewServer(http.NotFoundHandler())
	ts.Close()
	for _, base := range []string{ts.URL, "unix://" + t.TempDir() + "/none.sock"} {
		c, err := client.New(client.Options{BaseURL: base})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Login(t.Context(), marquee.Credentials{}); !marquee.IsCode(err, marquee.CodeServerUnreachable) {
			t.Errorf("%s: %v", base, err)
		}
	}
}

func TestProblemIsReadWhole(t *testing.T) {
	s := newServer(t)
	c := open(t, s)
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Accept-Language") != "ko" {
			t.Errorf("language %q", r.Header.Get("Accept-Language"))
		}
		w.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
		w.Header().Set("Retry-After", "30")
		w.WriteHeader(429)
		_, _ = io.WriteString(w, `{"status":429,"code":"too_many_requests","detail":"\u001b[2Jwait","instance":"r1","new":{},"errors":[{"field":"username","code":"taken","detail":"d"}]}`)
		return true
	})
	c.SetLanguage("ko")
	_, err := c.Register(t.Context(), marquee.Registration{})
	e, ok := err.(*marquee.Error)
	if !ok || e.Code != marquee.CodeTooManyRequests || e.RetryAfter != 30*time.Second || e.RequestID != "r1" ||
		strings.ContainsRune(e.Detail, 0x1b) || len(e.Fields) != 1 || e.Fields[0].Code != "taken" {
		t.Fatalf("got %#v", err)
	}
}

func TestBaseURLs(t *testing.T) {
	for s, good := range map[string]bool{
		"http://localhost:8000": true, "https://films.example/marquee/": true, "unix:///run/marquee.sock": true,
		"": false, "localhost:8000": false, "ftp://x": false, "http://": false, "unix://host/x": false,
		"https://minji:secret@films.example": false, "https://films.example/?token=x": false,
	} {
		if _, err := client.New(client.Options{BaseURL: s}); (err == nil) != good {
			t.Errorf("%q: %v", s, err)
		} else if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the error repeats a password: %v", err)
		}
	}
}
