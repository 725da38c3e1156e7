package client_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
)

// server is a small marquee: one session whose pair rotates, as tokens.md
// says where a client can tell.
type server struct {
	*httptest.Server

	mu        sync.Mutex
	n         int  // the counter of the session
	ended     bool // 401 from now on
	refused   int  // access tokens up to this counter are dead
	refreshes int
	reuses    int
	logouts   []string // how each sign-out was asked for

	before atomic.Pointer[interceptor]
}

// interceptor is called ahead of each exchange; true means it has answered.
type interceptor func(w http.ResponseWriter, r *http.Request) bool

func (s *server) intercept(f interceptor) { s.before.Store(&f) }

func newServer(t *testing.T) *server {
	t.Helper()
	s := &server{n: 1}
	s.Server = httptest.NewServer(s.routes())
	t.Cleanup(s.Close)
	return s
}

func (s *server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/auth/login", func(w http.ResponseWriter, _ *http.Request) { s.pair(w) })
	mux.HandleFunc("POST /api/v1/auth/refresh", s.refresh)
	mux.HandleFunc("POST /api/v1/auth/logout", s.logout)
	mux.HandleFunc("GET /api/v1/users/me", func(w http.ResponseWriter, r *http.Request) {
		if s.good(w, r) {
			answer(w, 200, map[string]any{"id": "u1", "username": "minji"})
		}
	})
	mux.HandleFunc("PUT /api/v1/movies/{id}/rating", func(w http.ResponseWriter, r *http.Request) {
		if s.good(w, r) {
			w.WriteHeader(http.StatusNoContent)
		}
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f := s.before.Load(); f != nil && *f != nil && (*f)(w, r) {
			return
		}
		mux.ServeHTTP(w, r)
	})
}

func (s *server) pair(w http.ResponseWriter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answerPair(w)
}

func (s *server) answerPair(w http.ResponseWriter) {
	answer(w, 200, marquee.Tokens{
		AccessToken: fmt.Sprintf("access.%d", s.n), RefreshToken: fmt.Sprintf("refresh.%d", s.n),
		TokenType: "bearer", ExpiresIn: 1800, RefreshExpiresIn: 604800, SessionID: "s1",
	})
}

func (s *server) refresh(w http.ResponseWriter, r *http.Request) {
	var body struct {
		RefreshToken string `json:"refresh_token"`
	}
	_ = json.NewDecoder(r.Body).Decode(&body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refreshes++
	var n int
	_, _ = fmt.Sscanf(body.RefreshToken, "refresh.%d", &n)
	switch {
	case s.ended || n == 0 || n < s.n-1:
		s.reuses++
		fail(w, 401, "invalid_token")
		return
	case n == s.n:
		s.n++
	}
	s.answerPair(w)
}

func (s *server) logout(w http.ResponseWriter, r *http.Request) {
	var body struct {
		RefreshToken string `json:"refresh_token"`
	}
	_ = json.NewDecoder(r.Body).Decode(&body)
	s.mu.Lock()
	s.logouts = append(s.logouts, r.Header.Get("Authorization")+"|"+body.RefreshToken+"|"+r.URL.Query().Get("scope"))
	s.mu.Unlock()
	if body.RefreshToken == "" && !s.good(w, r) {
		return
	}
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	answer(w, 200, map[string]string{"detail": "Signed out."})
}

// good answers 401 unless the bearer token is live.
func (s *server) good(w http.ResponseWriter, r *http.Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	var n int
	_, _ = fmt.Sscanf(r.Header.Get("Authorization"), "Bearer access.%d", &n)
	if s.ended || n <= s.refused || n == 0 {
		fail(w, 401, "invalid_token")
		return false
	}
	return true
}

// kill makes every access token that is out dead.
func (s *server) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused = s.n
}

func (s *server) counts() (refreshes, reuses int, logouts []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refreshes, s.reuses, append([]string(nil), s.logouts...)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func fail(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"type": "/problems/" + strings.ReplaceAll(code, "_", "-"), "title": code, "status": status,
		"detail": "A sentence.", "code": code, "instance": "req-1",
	})
}

// clock is a clock that tests set.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// patience is how long an answer may take on a machine that does much else.
const patience = time.Minute

// open makes a client of s; change sets options.
func open(t *testing.T, s *server, change ...func(*client.Options)) *client.Client {
	t.Helper()
	o := client.Options{BaseURL: s.URL, Timeout: patience}
	for _, f := range change {
		f(&o)
	}
	c, err := client.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func signIn(t *testing.T, c *client.Client) {
	t.Helper()
	if _, err := c.Login(t.Context(), marquee.Credentials{Login: "minji", Password: "a good long one"}); err != nil {
		t.Fatal(err)
	}
}
