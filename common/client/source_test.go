package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
)

func TestOneRefreshHoweverManyWait(t *testing.T) {
	s := newServer(t)
	c := open(t, s)
	signIn(t, c)
	s.kill()
	var wg sync.WaitGroup
	errs := make([]error, 64)
	for i := range errs {
		wg.Go(func() { _, errs[i] = c.Me(t.Context()) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if n, reuses, _ := s.counts(); n != 1 || reuses != 0 {
		t.Fatalf("%d refreshes, %d reuses; want 1, 0", n, reuses)
	}
}

func TestRefreshAtFourFifthsOfTheLife(t *testing.T) {
	for _, tt := range []struct {
		age  time.Duration
		want int
	}{{23 * time.Minute, 0}, {24*time.Minute + time.Second, 1}} {
		s, k := newServer(t), newClock()
		c := open(t, s, func(o *client.Options) { o.Clock = k.Now })
		signIn(t, c)
		k.add(tt.age)
		if _, err := c.Me(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, _, _ := s.counts(); n != tt.want {
			t.Errorf("after %v: %d refreshes, want %d", tt.age, n, tt.want)
		}
	}
}

// A calendar that was set back or forward between two starts costs at most
// one refresh and never the session.
func TestCalendarOnlyHints(t *testing.T) {
	for _, shift := range []time.Duration{-48 * time.Hour, 0, 48 * time.Hour} {
		s, k, store := newServer(t), newClock(), client.MemoryTokens()
		with := func(o *client.Options) { o.Clock, o.Tokens = k.Now, store }
		signIn(t, open(t, s, with))
		k.add(shift)
		s.kill()
		c := open(t, s, with)
		if !c.SignedIn() {
			t.Fatal("the session is lost")
		}
		if _, err := c.Me(t.Context()); err != nil {
			t.Fatalf("shift %v: %v", shift, err)
		}
		if n, _, _ := s.counts(); n != 1 {
			t.Errorf("shift %v: %d refreshes", shift, n)
		}
	}
}

// A server that is away for refreshes, in every way, costs nobody the session.
func TestTransientErrorKeepsTheCredential(t *testing.T) {
	ways := map[string]func(w http.ResponseWriter){
		"503": func(w http.ResponseWriter) { w.Header().Set("Retry-After", "7"); fail(w, 503, "unavailable") },
		"429": func(w http.ResponseWriter) { fail(w, 429, "too_many_requests") },
		"500": func(w http.ResponseWriter) { fail(w, 500, "internal") },
		"401 of a portal": func(w http.ResponseWriter) {
			w.WriteHeader(401)
			_, _ = io.WriteString(w, "<html>Please sign in to the hotel</html>")
		},
		"401 in JSON of somebody else": func(w http.ResponseWriter) {
			answer(w, 401, map[string]any{"error": "invalid_token", "status": 401, "code": "invalid_token"})
		},
		"invalid_token without 401": func(w http.ResponseWriter) { fail(w, 400, "invalid_token") },
		"broken":                    func(w http.ResponseWriter) { panic(http.ErrAbortHandler) },
		"empty":                     func(w http.ResponseWriter) { w.WriteHeader(200) },
		"no pair": func(w http.ResponseWriter) {
			answer(w, 200, map[string]any{"access_token": "x"})
		},
	}
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			s, store := newServer(t), client.MemoryTokens()
			var told int
			c := open(t, s, func(o *client.Options) { o.Tokens = store; o.OnSignedOut = func(error) { told++ } })
			signIn(t, c)
			s.kill()
			s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
				if strings.HasSuffix(r.URL.Path, "/auth/refresh") {
					way(w)
					return true
				}
				return false
			})
			if _, err := c.Me(t.Context()); err == nil {
				t.Fatal("no error")
			}
			held, _ := store.Load(t.Context())
			if !c.SignedIn() || held.RefreshToken != "refresh.1" || told != 0 {
				t.Fatalf("signed in %v, held %q, told %d", c.SignedIn(), held.RefreshToken, told)
			}
			s.intercept(nil)
			if _, err := c.Me(t.Context()); err != nil {
				t.Fatalf("after the fault: %v", err)
			}
		})
	}
}

func TestLostAnswerIsAskedForAgain(t *testing.T) {
	s := newServer(t)
	c := open(t, s)
	signIn(t, c)
	s.kill()
	var once sync.Once
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		lost := false
		if strings.HasSuffix(r.URL.Path, "/auth/refresh") {
			once.Do(func() { lost = true })
		}
		if lost {
			s.refresh(discard{http.Header{}}, r)
			panic(http.ErrAbortHandler)
		}
		return false
	})
	if _, err := c.Me(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, reuses, _ := s.counts(); n != 2 || reuses != 0 {
		t.Fatalf("%d refreshes, %d reuses", n, reuses)
	}
}

type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(b []byte) (int, error) { return len(b), nil }
func (d discard) WriteHeader(int)             {}

func TestRefusalSignsOutOnce(t *testing.T) {
	s, store := newServer(t), client.MemoryTokens()
	var mu sync.Mutex
	var told []error
	c := open(t, s, func(o *client.Options) {
		o.Tokens = store
		o.OnSignedOut = func(err error) { mu.Lock(); told = append(told, err); mu.Unlock() }
	})
	signIn(t, c)
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if _, err := c.Me(t.Context()); !marquee.IsCode(err, marquee.CodeInvalidToken) && !marquee.IsCode(err, marquee.CodeUnauthenticated) {
				t.Errorf("got %v", err)
			}
		})
	}
	wg.Wait()
	held, _ := store.Load(t.Context())
	if c.SignedIn() || !held.Empty() || len(told) != 1 || !marquee.IsCode(told[0], marquee.CodeInvalidToken) {
		t.Fatalf("signed in %v, held %v, told %v", c.SignedIn(), held, told)
	}
}

// leaky is a store whose lock holds nobody off, as on some network drives:
// another process puts a newer pair in while this one's is being refused.
type leaky struct {
	client.TokenStore
}

func (l leaky) Lock(ctx context.Context) (func(), error) {
	unlock, err := l.TokenStore.Lock(ctx)
	return unlock, err
}

func TestRefusalSparesANewerCredential(t *testing.T) {
	s, store := newServer(t), client.MemoryTokens()
	c := open(t, s, func(o *client.Options) { o.Tokens = leaky{TokenStore: store} })
	signIn(t, c)
	s.kill()
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/auth/refresh") {
			return false
		}
		s.intercept(nil)
		held, _ := store.Load(r.Context())
		held.AccessToken, held.RefreshToken = "access.2", "refresh.2"
		_ = store.Save(r.Context(), held)
		s.mu.Lock()
		s.n = 2
		s.mu.Unlock()
		fail(w, 401, "invalid_token")
		return true
	})
	if _, err := c.Me(t.Context()); err != nil {
		t.Fatal(err)
	}
	if held, _ := store.Load(t.Context()); held.RefreshToken != "refresh.2" {
		t.Fatalf("held %q", held.RefreshToken)
	}
}

func TestRefreshThatEndsAfterLogoutIsThrownAway(t *testing.T) {
	s, store := newServer(t), client.MemoryTokens()
	c := open(t, s, func(o *client.Options) { o.Tokens = store })
	signIn(t, c)
	reached, release := make(chan struct{}), make(chan struct{})
	s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, "/auth/refresh") {
			close(reached)
			<-release
		}
		return false
	})
	done := make(chan error, 1)
	go func() { done <- c.Refresh(context.WithoutCancel(t.Context())) }()
	<-reached
	if err := c.Logout(t.Context(), marquee.LogoutLocal); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	s.ended = false // the rotation reached the server before the sign-out did
	s.mu.Unlock()
	close(release)
	if err := <-done; !marquee.IsCode(err, marquee.CodeUnauthenticated) {
		t.Fatalf("the refresh said %v", err)
	}
	held, _ := store.Load(t.Context())
	_, _, logouts := s.counts()
	if c.SignedIn() || !held.Empty() || len(logouts) != 2 || logouts[1] != "|refresh.2|local" {
		t.Fatalf("signed in %v, held %v, logouts %q", c.SignedIn(), held, logouts)
	}
}

func TestLogoutWithADeadAccessToken(t *testing.T) {
	s := newServer(t)
	c := open(t, s)
	signIn(t, c)
	s.kill()
	if err := c.Logout(t.Context(), marquee.LogoutLocal); err != nil {
		t.Fatal(err)
	}
	_, _, logouts := s.counts()
	if c.SignedIn() || len(logouts) != 2 || logouts[1] != "|refresh.1|local" {
		t.Fatalf("signed in %v, logouts %q", c.SignedIn(), logouts)
	}
}

// To end the others takes a live access token: with a dead one the pair is
// renewed first, so that a success means that all have ended.
func TestGlobalLogoutRenewsADeadAccessTokenFirst(t *testing.T) {
	s := newServer(t)
	c := open(t, s)
	signIn(t, c)
	s.kill()
	if err := c.Logout(t.Context(), marquee.LogoutGlobal); err != nil {
		t.Fatal(err)
	}
	_, _, logouts := s.counts()
	if c.SignedIn() || len(logouts) != 2 || logouts[1] != "Bearer access.2||global" {
		t.Fatalf("signed in %v, logouts %q", c.SignedIn(), logouts)
	}
}

func TestLogoutKeepsTheCredentialWhenTheServerIsAway(t *testing.T) {
	s, store := newServer(t), client.MemoryTokens()
	c := open(t, s, func(o *client.Options) { o.Tokens = store })
	signIn(t, c)
	s.intercept(func(w http.ResponseWriter, _ *http.Request) bool { panic(http.ErrAbortHandler) })
	if err := c.Logout(t.Context(), marquee.LogoutLocal); !marquee.IsCode(err, marquee.CodeServerUnreachable) {
		t.Fatalf("got %v", err)
	}
	if held, _ := store.Load(t.Context()); held.Empty() || !c.SignedIn() {
		t.Fatal("the credential is gone")
	}
}

func TestPairThatCannotBeSaved(t *testing.T) {
	s, k := newServer(t), newClock()
	store := &full{TokenStore: client.MemoryTokens()}
	var told int
	c := open(t, s, func(o *client.Options) {
		o.Tokens, o.Clock = store, k.Now
		o.OnNotSaved = func(error) { told++ }
	})
	signIn(t, c)
	store.full = true
	k.add(25 * time.Minute) // early: the old token is still good and serves on
	if _, err := c.Me(t.Context()); err != nil || told != 1 {
		t.Fatalf("%v, told %d", err, told)
	}
	s.mu.Lock()
	s.refused = 1 // now there is no other way than from memory
	s.mu.Unlock()
	if _, err := c.Me(t.Context()); err != nil || told != 2 {
		t.Fatalf("%v, told %d", err, told)
	}
	if _, reuses, _ := s.counts(); reuses != 0 {
		t.Fatalf("%d reuses", reuses)
	}
}

type full struct {
	client.TokenStore
	full bool
}

func (f *full) Save(ctx context.Context, h client.Held) error {
	if f.full {
		return errors.New("no space left on device")
	}
	return f.TokenStore.Save(ctx, h)
}

func TestTokensNeverPrint(t *testing.T) {
	h := client.Held{Tokens: marquee.Tokens{AccessToken: "seekrit-a", RefreshToken: "seekrit-r", SessionID: "s1"}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d"} {
		if out := fmt.Sprintf(verb, h); strings.Contains(out, "seekrit") || !strings.Contains(out, "s1") {
			t.Errorf("%s prints %s", verb, out)
		}
	}
}
