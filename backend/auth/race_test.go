package auth_test

import (
	"sync"
	"testing"
	"time"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

// writeBack holds one process between its read of a live session in SQL and
// its write of the copy, while another process ends the session, and reports
// what each of the two says of the access token afterwards.
func writeBack(t *testing.T, r *rig, copies auth.Copies) (held, other error) {
	t.Helper()
	pair := r.login(t, "haneul")
	// The pair has arrived before and the lease of its copy is over: its next
	// use asks SQL for nothing but the session.
	r.alive(t, "signed in", pair)
	if err := r.copies.Delete(t.Context(), pair.SessionID); err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	slow := r.process(t, func(d *auth.Deps, _ *auth.Config) {
		d.Copies = copies
		d.Sessions = &heldSessions{d.Sessions, func() {
			once.Do(func() {
				if err := r.auth.LogoutWithRefreshToken(t.Context(), pair.RefreshToken, marquee.LogoutLocal); err != nil {
					t.Error(err)
				}
				// What the next miss finds is a ticket that is not the held one's.
				if _, _, err := r.copies.Lookup(t.Context(), pair.SessionID); err != nil {
					t.Error(err)
				}
			})
		}}
	})
	_, held = slow.Authenticate(t.Context(), pair.AccessToken)
	_, other = r.auth.Authenticate(t.Context(), pair.AccessToken)
	return held, other
}

func TestAttack_WriteBackAfterLogout(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		held, other := writeBack(t, r, r.copies)
		wantCode(t, "the process that was held", held, marquee.CodeInvalidToken)
		wantCode(t, "the other process", other, marquee.CodeInvalidToken)
	})
}

// The mutant: without the ticket the held process brings the session back to
// life, for itself and for everybody.
func TestMutant_FillWithoutTicket(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		if held, other := writeBack(t, r, fillAnyway{r.copies}); held != nil || other != nil {
			t.Errorf("the test cannot tell a broken write-back from a right one: %v, %v", held, other)
		}
	})
}

func TestCopyTakenAwayTwiceIsUnavailable(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		pair := r.login(t, "haneul")
		s := r.process(t, func(d *auth.Deps, _ *auth.Config) {
			d.Sessions = &heldSessions{d.Sessions, func() { _ = r.copies.Delete(t.Context(), pair.SessionID) }}
		})
		_, err := s.Authenticate(t.Context(), pair.AccessToken)
		wantCode(t, "taken away each time", err, marquee.CodeUnavailable)
		r.alive(t, "twin: left alone", pair)
	})
}

func TestArrivalIsInSQLBeforeTheRequestIsServed(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		pair := r.login(t, "haneul")
		r.alive(t, "the first pair", pair)
		next := r.refresh(t, pair.RefreshToken)
		copies, sessions := &awayCopies{Copies: r.copies}, &awaySessions{Sessions: r.store}
		s := r.process(t, func(d *auth.Deps, _ *auth.Config) { d.Copies, d.Sessions = copies, sessions })
		seen := func() int64 {
			row, _, _, err := r.store.SessionByID(t.Context(), pair.SessionID)
			if err != nil {
				t.Fatal(err)
			}
			return row.Seen
		}
		sessions.away.Store(true)
		_, err := s.Authenticate(t.Context(), next.AccessToken)
		wantCode(t, "SQL away", err, marquee.CodeUnavailable)
		if a, _, _ := r.copies.Lookup(t.Context(), pair.SessionID); seen() != 1 || a.Seen != 1 {
			t.Errorf("seen is %d in SQL, %d in the copy", seen(), a.Seen)
		}
		sessions.away.Store(false)
		copies.seenAway.Store(true)
		_, err = s.Authenticate(t.Context(), next.AccessToken)
		wantCode(t, "Redis away after SQL", err, marquee.CodeUnavailable)
		if seen() != 2 {
			t.Error("not in SQL before Redis")
		}
		copies.seenAway.Store(false)
		if _, err := s.Authenticate(t.Context(), next.AccessToken); err != nil {
			t.Error(err)
		}
		if a, _, _ := r.copies.Lookup(t.Context(), pair.SessionID); a.Seen != 2 {
			t.Errorf("seen is %d in the copy", a.Seen)
		}
	})
}

// A sign-out that could not reach Redis is answered 503; what may still work
// is bounded: nothing new, and only until the lease is over or it is repeated.
func TestLogoutWithRedisAway(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		copies := &awayCopies{Copies: r.copies}
		s := r.process(t, func(d *auth.Deps, _ *auth.Config) { d.Copies = copies })
		pair := r.login(t, "haneul")
		r.alive(t, "signed in", pair)
		next := r.refresh(t, pair.RefreshToken)
		ctx := r.as(t, pair.AccessToken)
		copies.away.Store(true)
		wantCode(t, "sign-out", s.Logout(ctx, marquee.LogoutLocal), marquee.CodeUnavailable)
		_, err := s.Authenticate(t.Context(), pair.AccessToken)
		wantCode(t, "nobody is let in meanwhile", err, marquee.CodeUnavailable)
		_, err = s.Refresh(t.Context(), next.RefreshToken, home)
		wantCode(t, "the end stands in SQL", err, marquee.CodeInvalidToken)
		copies.away.Store(false)
		r.alive(t, "the copy is believed until its lease is over", pair)
		_, err = s.Authenticate(t.Context(), next.AccessToken)
		wantCode(t, "a pair not used before asks SQL", err, marquee.CodeInvalidToken)
		if err := s.Logout(ctx, marquee.LogoutLocal); err != nil {
			t.Fatal(err)
		}
		r.dead(t, "repeated", pair)
	})
}

// The lost copy of EndSessions: a repeated global sign-out also removes the
// copies of sessions that the first one ended.
func TestGlobalLogoutRepeatedAfterRedisWasAway(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		copies := &awayCopies{Copies: r.copies}
		s := r.process(t, func(d *auth.Deps, _ *auth.Config) { d.Copies = copies })
		a, b := r.login(t, "haneul"), r.login(t, "haneul")
		ctx := r.as(t, a.AccessToken)
		r.alive(t, "the other", b)
		copies.away.Store(true)
		wantCode(t, "first", s.Logout(ctx, marquee.LogoutGlobal), marquee.CodeUnavailable)
		copies.away.Store(false)
		if err := s.Logout(ctx, marquee.LogoutGlobal); err != nil {
			t.Fatal(err)
		}
		r.dead(t, "the asking one", a)
		r.dead(t, "the other", b)
	})
}

func TestRefreshNeedsNoRedis(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		copies := &awayCopies{Copies: r.copies}
		copies.away.Store(true)
		s := r.process(t, func(d *auth.Deps, _ *auth.Config) { d.Copies = copies })
		first := r.login(t, "haneul")
		second, err := s.Refresh(t.Context(), first.RefreshToken, home)
		if err != nil {
			t.Fatal(err)
		}
		third, err := s.Refresh(t.Context(), second.RefreshToken, home)
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Refresh(t.Context(), first.RefreshToken, home)
		wantCode(t, "a reuse is refused", err, marquee.CodeInvalidToken)
		r.dead(t, "and has ended the session", third)
	})
}

// SQL away is 503, never 401, and nothing is used up.
func TestSQLAway(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		sessions := &awaySessions{Sessions: r.store}
		s := r.process(t, func(d *auth.Deps, _ *auth.Config) { d.Sessions = sessions })
		pair := r.login(t, "haneul")
		cookie, _, err := s.LoginBrowser(t.Context(), marquee.Credentials{Login: "haneul", Password: password})
		if err != nil {
			t.Fatal(err)
		}
		sessions.away.Store(true)
		_, err = s.Refresh(t.Context(), pair.RefreshToken, home)
		wantCode(t, "refresh", err, marquee.CodeUnavailable)
		_, err = s.Authenticate(t.Context(), pair.AccessToken)
		wantCode(t, "authenticate", err, marquee.CodeUnavailable)
		_, err = s.AuthenticateBrowser(t.Context(), cookie)
		wantCode(t, "browser", err, marquee.CodeUnavailable)
		err = s.LogoutWithRefreshToken(t.Context(), pair.RefreshToken, marquee.LogoutLocal)
		wantCode(t, "sign-out", err, marquee.CodeUnavailable)
		sessions.away.Store(false)
		r.alive(t, "afterwards", r.refresh(t, pair.RefreshToken))
	})
}

func TestRefreshThatWaitedTooLongChangesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		pair := r.login(t, "haneul")
		second := r.refresh(t, pair.RefreshToken)
		third := r.refresh(t, second.RefreshToken)
		s := r.process(t, func(d *auth.Deps, _ *auth.Config) { d.Sessions = slowSessions{d.Sessions} })
		s.SetRefreshDeadline(20 * time.Millisecond)
		for what, token := range map[string]string{
			"the present": third.RefreshToken, "the one before": second.RefreshToken, "a reuse": pair.RefreshToken,
		} {
			_, err := s.Refresh(t.Context(), token, home)
			wantCode(t, what, err, marquee.CodeUnavailable)
		}
		if next := r.refresh(t, third.RefreshToken); r.auth.RefreshCounter(next.RefreshToken) != 4 {
			t.Errorf("rotated to %d", r.auth.RefreshCounter(next.RefreshToken))
		}
	})
}

// A password changed while a sign-in with the old one is under way: the
// sign-in finds out in the transaction that would open the session.
func TestAttack_SignInDuringPasswordChange(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		during := func(do func() error) *auth.Service {
			return r.during(t, func() {
				if err := do(); err != nil {
					t.Error(err)
				}
			})
		}
		credentials := marquee.Credentials{Login: "haneul", Password: password}
		s := during(func() error { return r.auth.SetPassword(t.Context(), "haneul", password) })
		if _, err := s.Login(t.Context(), credentials); err != nil {
			t.Errorf("twin: the same password, hashed anew meanwhile: %v", err)
		}
		s = during(func() error { return r.auth.SetPassword(t.Context(), "haneul", "another password") })
		_, err := s.Login(t.Context(), credentials)
		wantCode(t, "the old password", err, marquee.CodeWrongCredentials)
		s = during(func() error { return r.auth.SetActive(t.Context(), "haneul", false) })
		_, err = s.Login(t.Context(), marquee.Credentials{Login: "haneul", Password: "another password"})
		wantCode(t, "disabled meanwhile", err, marquee.CodeWrongCredentials)
	})
}

// Above the cap a sign-in ends another session, and its copy must be gone
// before it is answered.
func TestSignInAboveTheCapWithRedisAway(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		copies := &awayCopies{Copies: r.copies}
		s := r.process(t, func(d *auth.Deps, c *auth.Config) { d.Copies, c.MaxSessions = copies, 1 })
		copies.away.Store(true)
		credentials := marquee.Credentials{Login: "haneul", Password: password}
		old, err := s.Login(t.Context(), credentials)
		if err != nil {
			t.Fatalf("twin: a sign-in that ends nothing needs no Redis: %v", err)
		}
		_, err = s.Login(t.Context(), credentials)
		wantCode(t, "above the cap", err, marquee.CodeUnavailable)
		copies.away.Store(false)
		r.dead(t, "the old one has ended", old)
		pair, err := s.Login(t.Context(), credentials)
		if err != nil {
			t.Fatal(err)
		}
		if list, err := s.Sessions(r.as(t, pair.AccessToken)); err != nil || len(list) != 1 {
			t.Errorf("the session nobody got is still there: %+v %v", list, err)
		}
	})
}
