package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/marquee/common/marquee"
)

// A person's whole way, and no trace of what is secret in the logs, which are
// kept at their most talkative.
func TestWholeLife(t *testing.T) {
	onPairs(t, func(t *testing.T, environ []string) {
		s, ctx := serve(t, environ), t.Context()
		name := newPerson(t, s.URL())
		here := visit(t, s.URL()).login(name)
		there := visit(t, s.URL()).login(name)
		secrets := []string{password, here.held().AccessToken, here.held().RefreshToken, there.held().AccessToken}

		u, err := here.Me(ctx)
		check(t, err)
		if u.Username != name || u.IsSuperuser {
			t.Errorf("%+v", u)
		}
		page, err := here.FindMovies(ctx, marquee.MovieFilter{Query: "괴물"})
		check(t, err)
		if len(page.Items) == 0 {
			t.Fatal("no film of that name")
		}
		film := page.Items[0].ID
		check(t, here.RateMovie(ctx, film, 9))
		check(t, here.AddToWatchlist(ctx, film))
		check(t, here.MarkWatched(ctx, film, "2026-11-20"))
		m, err := there.FindMovie(ctx, film, "ko")
		check(t, err)
		if m.MyRating != 9 || !m.OnWatchlist || m.WatchedOn == nil || *m.WatchedOn != "2026-11-20" {
			t.Errorf("%+v", m)
		}

		before := here.held()
		check(t, here.Refresh(ctx))
		after := here.held()
		if before.RefreshToken == after.RefreshToken || before.AccessToken == after.AccessToken || before.SessionID != after.SessionID {
			t.Error("a rotation changes both tokens and keeps the session")
		}
		sessions, err := here.Sessions(ctx)
		check(t, err)
		if len(sessions) != 2 {
			t.Errorf("%d sessions", len(sessions))
		}
		check(t, here.EndSession(ctx, there.held().SessionID))
		wantRefused(t, s.URL(), there.held())
		wantStatus(t, s.URL(), after.AccessToken, 200)
		check(t, here.Logout(ctx, marquee.LogoutLocal))
		wantRefused(t, s.URL(), after)
		if _, err := visit(t, s.URL()).Login(ctx, marquee.Credentials{Login: name, Password: "wrong-" + password}); !marquee.IsCode(err, marquee.CodeWrongCredentials) {
			t.Error(err)
		}

		s.stop()
		for _, secret := range append(secrets, after.AccessToken, after.RefreshToken) {
			if strings.Contains(s.logs.String(), secret) {
				t.Errorf("a secret of %d characters is in the logs", len(secret))
			}
		}
		if !strings.Contains(s.logs.String(), after.SessionID) {
			t.Error("the logs say nothing of the session: this test sees nothing")
		}
	})
}

// What a data directory holds outlives its server.
func TestEverythingIsThereAfterARestart(t *testing.T) {
	environ := embeddedPair(t)
	s := serve(t, environ)
	name := newPerson(t, s.URL())
	v := visit(t, s.URL()).login(name)
	page, err := v.FindMovies(t.Context(), marquee.MovieFilter{})
	check(t, err)
	check(t, v.RateMovie(t.Context(), page.Items[0].ID, 7))
	s.stop()

	s = serve(t, environ)
	v = visit(t, s.URL(), v.held())
	m, err := v.FindMovie(t.Context(), page.Items[0].ID, "en")
	check(t, err)
	if m.MyRating != 7 {
		t.Errorf("rating %d", m.MyRating)
	}
	check(t, v.Refresh(t.Context()))
}

// While SECRET_KEY is changed nobody is signed out, and afterwards what the
// old one made anew is good without it.
func TestSecretKeyIsChanged(t *testing.T) {
	for _, algorithm := range []string{"EdDSA", "HS256"} {
		t.Run(algorithm, func(t *testing.T) {
			environ := append(embeddedPair(t), "ALGORITHM="+algorithm)
			first, next := newSecret(), newSecret()
			s := serve(t, append(environ, "SECRET_KEY="+first))
			name := newPerson(t, s.URL())
			v, idle := visit(t, s.URL()).login(name), visit(t, s.URL()).login(name)
			s.stop()

			s = serve(t, append(environ, "SECRET_KEY="+next, "SECRET_KEY_PREVIOUS="+first))
			wantStatus(t, s.URL(), v.held().AccessToken, 200)
			moved := visit(t, s.URL(), v.held())
			check(t, moved.Refresh(t.Context()))
			s.stop()

			s = serve(t, append(environ, "SECRET_KEY="+next))
			wantStatus(t, s.URL(), moved.held().AccessToken, 200)
			check(t, visit(t, s.URL(), moved.held()).Refresh(t.Context()))
			if err := visit(t, s.URL(), idle.held()).Refresh(t.Context()); err == nil {
				t.Error("a refresh token of a secret that is gone is taken")
			}
		})
	}
}

// A browser keeps the cookie of a session as long as the operator lets one
// live, and knows its person again as long as the rules do.
func TestCookiesLiveAsLongAsTheirSessions(t *testing.T) {
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for set, want := range map[string]time.Duration{"": 720 * time.Hour, "9600h": 9600 * time.Hour} {
		s := serve(t, append(embeddedPair(t), "SESSION_MAX_TTL="+set))
		name := newPerson(t, s.URL())
		var held []*http.Cookie
		send := func(path string, form url.Values) {
			t.Helper()
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+path, strings.NewReader(form.Encode()))
			check(t, err)
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			for _, one := range held {
				r.AddCookie(one)
			}
			answer, err := c.Do(r)
			check(t, err)
			check(t, answer.Body.Close())
			held = answer.Cookies()
		}
		life := func(cookie string) (life time.Duration) {
			for _, one := range held {
				if one.Name == cookie {
					life = time.Duration(one.MaxAge) * time.Second
				}
			}
			return life
		}
		send("/login", url.Values{"username": {name}, "password": {password}})
		if life("marquee_session") != want || life("marquee_device") != 90*24*time.Hour {
			t.Errorf("SESSION_MAX_TTL=%s: the session's cookie lives %v, the device's %v", set, life("marquee_session"), life("marquee_device"))
		}
		send("/account/step-up", url.Values{"password": {password}})
		if life("marquee_session") != want {
			t.Errorf("SESSION_MAX_TTL=%s: after the password was given again the cookie lives %v", set, life("marquee_session"))
		}
	}
}
