package auth_test

import (
	"testing"
	"time"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

func TestRegisterSignInRefreshSignOut(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		u := r.register(t, "haneul")
		if !u.IsActive || u.IsSuperuser || u.ID == "" || u.CreatedAt.IsZero() {
			t.Errorf("registered as %+v", u)
		}
		first := r.login(t, "HANEUL@Example.com")
		if first.ExpiresIn != 1800 || first.RefreshExpiresIn != 7*86400 || first.TokenType != "bearer" {
			t.Errorf("got %+v", first)
		}
		me, err := r.auth.Me(r.as(t, first.AccessToken))
		if err != nil || me.ID != u.ID || me.Username != "haneul" {
			t.Errorf("me is %+v, %v", me, err)
		}
		second := r.refresh(t, first.RefreshToken)
		r.alive(t, "the pair after a rotation", second)
		r.alive(t, "the access token from before it", first)
		if err := r.auth.Logout(r.as(t, second.AccessToken), marquee.LogoutLocal); err != nil {
			t.Fatal(err)
		}
		r.dead(t, "after the sign-out", second)
		_, err = r.auth.Authenticate(t.Context(), first.AccessToken)
		wantCode(t, "the earlier access token", err, marquee.CodeInvalidToken)
	})
}

// A long password made for it keeps a processor busy for as long as a hash does.
func TestARegistrationIsJudgedOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		judged := 0
		s := r.process(t, func(_ *auth.Deps, c *auth.Config) {
			judge := c.Passwords.Judge
			c.Passwords.Judge = func(password string, own ...string) marquee.Strength {
				judged++
				return judge(password, own...)
			}
		})
		someone := marquee.Registration{Email: "haneul@example.com", Username: "haneul", Password: password}
		if _, err := s.Register(t.Context(), someone); err != nil || judged != 1 {
			t.Errorf("judged %d times, %v", judged, err)
		}
	})
}

func TestActorKnowsHowTheSessionWasOpened(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		pair := r.login(t, "haneul")
		for range 2 { // once from SQL, once from the copy
			a, err := r.auth.Authenticate(t.Context(), pair.AccessToken)
			if err != nil || a.SessionID != pair.SessionID || len(a.AMR) != 1 || a.AMR[0] != "pwd" {
				t.Fatalf("%+v %v", a, err)
			}
			if age := r.clock.Now().Sub(a.AuthTime); age < 0 || age > time.Minute {
				t.Errorf("signed in %v ago", age)
			}
		}
	})
}

func TestLogoutScopes(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		a, b, c := r.login(t, "haneul"), r.login(t, "haneul"), r.login(t, "haneul")
		for _, pair := range []marquee.Tokens{a, b, c} {
			r.alive(t, "signed in", pair)
		}
		if err := r.auth.Logout(r.as(t, a.AccessToken), marquee.LogoutOthers); err != nil {
			t.Fatal(err)
		}
		r.alive(t, "the asking session", a)
		r.dead(t, "another session", b)
		r.dead(t, "a third session", c)
		d := r.login(t, "haneul")
		r.alive(t, "signed in again", d)
		if err := r.auth.Logout(r.as(t, a.AccessToken), marquee.LogoutGlobal); err != nil {
			t.Fatal(err)
		}
		r.dead(t, "the asking session, global", a)
		r.dead(t, "another session, global", d)
		err := r.auth.Logout(marquee.WithActor(t.Context(), marquee.Actor{}), "everything")
		wantCode(t, "an unknown scope", err, marquee.CodeInvalid)
		wantCode(t, "nobody", r.auth.Logout(t.Context(), ""), marquee.CodeUnauthenticated)
	})
}

func TestLogoutWithRefreshToken(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		pair := r.login(t, "haneul")
		r.alive(t, "signed in", pair)
		for range 3 { // the answer was lost, and asked for again
			if err := r.auth.LogoutWithRefreshToken(t.Context(), pair.RefreshToken, marquee.LogoutLocal); err != nil {
				t.Fatal(err)
			}
			r.dead(t, "signed out by refresh token", pair)
		}
		a, b := r.login(t, "haneul"), r.login(t, "haneul")
		for range 2 {
			if err := r.auth.LogoutWithRefreshToken(t.Context(), a.RefreshToken, marquee.LogoutGlobal); err != nil {
				t.Fatal(err)
			}
		}
		r.dead(t, "the asking session", a)
		r.dead(t, "the other session", b)
		err := r.auth.LogoutWithRefreshToken(t.Context(), b.RefreshToken+"x", marquee.LogoutLocal)
		wantCode(t, "a token that is not authentic", err, marquee.CodeInvalidToken)
	})
}

func TestSessionsOfAPerson(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		r.register(t, "other")
		foreign := r.login(t, "other")
		a, b := r.login(t, "haneul"), r.login(t, "haneul")
		ctx := r.as(t, a.AccessToken)
		list, err := r.auth.Sessions(ctx)
		if err != nil || len(list) != 2 || list[0].ID != b.SessionID || list[1].ID != a.SessionID {
			t.Fatalf("%+v %v", list, err)
		}
		if list[0].Current || !list[1].Current || list[0].LastUsedAt == nil || list[0].Address != home.Address {
			t.Errorf("%+v", list)
		}
		for what, id := range map[string]string{
			"another's": foreign.SessionID, "unknown": auth.NewID(), "malformed": "'; --", "empty": "",
		} {
			wantCode(t, what, r.auth.EndSession(ctx, id), marquee.CodeNotFound)
		}
		r.alive(t, "another person's session", foreign)
		r.alive(t, "the session to end", b)
		if err := r.auth.EndSession(ctx, b.SessionID); err != nil {
			t.Fatal(err)
		}
		r.dead(t, "the ended session", b)
		r.alive(t, "the asking session", a)
		wantCode(t, "ended before", r.auth.EndSession(ctx, b.SessionID), marquee.CodeNotFound)
	})
}

// Two devices of one person both stay signed in (the original's fault 7), and
// with the article's rule the older one does not.
func TestSessionCap(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		a, b := r.login(t, "haneul"), r.login(t, "haneul")
		r.alive(t, "the first device", marquee.Tokens{AccessToken: r.refresh(t, a.RefreshToken).AccessToken})
		r.alive(t, "the second device", marquee.Tokens{AccessToken: r.refresh(t, b.RefreshToken).AccessToken})
		single := r.process(t, func(_ *auth.Deps, c *auth.Config) { c.MaxSessions = 1 })
		d, err := single.AskDevice(t.Context(), marquee.Origin{})
		if err != nil {
			t.Fatal(err)
		}
		// Who would be signed out by letting a device in is told so first.
		for s, want := range map[*auth.Service]bool{single: true, r.auth: false} {
			if seen, err := s.DeviceRequest(r.as(t, b.AccessToken), d.UserCode, marquee.Origin{}); err != nil || seen.EndsThisSession != want {
				t.Errorf("%+v %v, want %v", seen, err, want)
			}
		}
		c, err := single.Login(t.Context(), marquee.Credentials{Login: "haneul", Password: password})
		if err != nil {
			t.Fatal(err)
		}
		r.dead(t, "above the cap", a)
		r.dead(t, "above the cap", b)
		r.alive(t, "the newest", c)
	})
}

func TestLives(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		idle := r.login(t, "haneul")
		r.clock.Advance(7*24*time.Hour + time.Second)
		r.dead(t, "after the idle life", idle)

		kept := r.login(t, "haneul")
		for range 4 {
			r.clock.Advance(6 * 24 * time.Hour)
			kept = r.refresh(t, kept.RefreshToken)
		}
		r.clock.Advance(6*24*time.Hour - 10*time.Minute)
		last := r.refresh(t, kept.RefreshToken)
		if last.ExpiresIn > 600 || last.RefreshExpiresIn > 600 {
			t.Errorf("ten minutes before the end of the session: %+v", last)
		}
		r.clock.Advance(11 * time.Minute)
		r.dead(t, "after the absolute life", last)
	})
}

func TestBrowserSession(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		cookie, device, err := r.auth.LoginBrowser(t.Context(), marquee.Credentials{Login: "haneul", Password: password})
		if err != nil || len(cookie) != 43 || device == "" {
			t.Fatalf("%q %q %v", cookie, device, err)
		}
		for range 3 { // renewed by use
			r.clock.Advance(5 * 24 * time.Hour)
			if _, err := r.auth.AuthenticateBrowser(t.Context(), cookie); err != nil {
				t.Fatal(err)
			}
		}
		a, _ := r.auth.AuthenticateBrowser(t.Context(), cookie)
		for what, bad := range map[string]string{
			"empty": "", "newline": cookie + "\n", "short": cookie[:42], "session id": a.SessionID,
			"another": cookie[:42] + map[bool]string{true: "A", false: "E"}[cookie[42] != 'A'],
		} {
			_, err := r.auth.AuthenticateBrowser(t.Context(), bad)
			wantCode(t, what, err, marquee.CodeInvalidToken)
		}
		other := r.login(t, "haneul")
		if err := r.auth.EndSession(r.as(t, other.AccessToken), a.SessionID); err != nil {
			t.Fatal(err)
		}
		_, err = r.auth.AuthenticateBrowser(t.Context(), cookie)
		wantCode(t, "ended from elsewhere", err, marquee.CodeInvalidToken)
	})
}

func TestChangeOfMasterSignsNobodyOut(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		pair := r.login(t, "haneul")
		changed := r.process(t, func(_ *auth.Deps, c *auth.Config) {
			c.Master, c.PreviousMaster = []byte("another master, also of 32 bytes"), c.Master
		})
		if _, err := changed.Authenticate(t.Context(), pair.AccessToken); err != nil {
			t.Errorf("the access token: %v", err)
		}
		next, err := changed.Refresh(t.Context(), pair.RefreshToken, home)
		if err != nil {
			t.Fatalf("the refresh token: %v", err)
		}
		after := r.process(t, func(_ *auth.Deps, c *auth.Config) { c.Master = []byte("another master, also of 32 bytes") })
		if _, err := after.Refresh(t.Context(), next.RefreshToken, home); err != nil {
			t.Errorf("made under the present one: %v", err)
		}
		_, err = after.Refresh(t.Context(), pair.RefreshToken, home)
		wantCode(t, "made under one that was taken away", err, marquee.CodeInvalidToken)
	})
}
