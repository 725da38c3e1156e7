package auth_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

// activity lists what a person is told, oldest first: "kind reason by".
func (r *rig) activity(tb testing.TB, ctx context.Context) (told []string, rows []marquee.Activity) {
	tb.Helper()
	page, err := r.auth.Activity(ctx, marquee.PageRequest{Limit: 100})
	if err != nil {
		tb.Fatal(err)
	}
	for _, a := range page.Items {
		told = append([]string{strings.Join(strings.Fields(a.Kind+" "+a.Reason+" "+a.By), " ")}, told...)
		rows = append([]marquee.Activity{a}, rows...)
	}
	return told, rows
}

func wantActivity(tb testing.TB, got []string, want ...string) {
	tb.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		tb.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// step lets time pass, so that rows have an order.
func (r *rig) step() {
	r.auth.Settle()
	r.clock.Advance(time.Second)
}

func TestActivityTellsWhatHappenedAndWhoDidIt(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		u := r.register(t, "haneul")
		r.register(t, "other")
		first := r.login(t, "haneul")
		r.step()
		_, err := r.auth.Login(t.Context(), marquee.Credentials{Login: "haneul", Password: "wrong", Origin: marquee.Origin{Address: "203.0.113.9", Agent: "curl\x1b[2J", Client: "api"}})
		wantCode(t, "wrong password", err, marquee.CodeWrongCredentials)
		r.step()
		second := r.login(t, "haneul")
		r.step()
		if err := r.auth.EndSession(r.as(t, first.AccessToken), second.SessionID); err != nil {
			t.Fatal(err)
		}
		r.step()
		if err := r.auth.Logout(r.as(t, first.AccessToken), marquee.LogoutLocal); err != nil {
			t.Fatal(err)
		}
		r.step()
		third := r.login(t, "haneul")
		r.step()
		if err := r.auth.LogoutWithRefreshToken(t.Context(), third.RefreshToken, marquee.LogoutLocal); err != nil {
			t.Fatal(err)
		}
		r.step()
		if err := r.auth.SetActive(t.Context(), "haneul", false); err != nil {
			t.Fatal(err)
		}
		r.step()
		if err := r.auth.SetActive(t.Context(), "haneul", true); err != nil {
			t.Fatal(err)
		}
		r.step()
		link, _, err := r.auth.PasswordLink(t.Context(), "haneul")
		if err != nil {
			t.Fatal(err)
		}
		if err := r.auth.UsePasswordLink(t.Context(), link, password, home); err != nil {
			t.Fatal(err)
		}
		told, rows := r.activity(t, marquee.WithActor(t.Context(), marquee.Actor{UserID: u.ID}))
		wantActivity(t, told,
			"signed_in self", "sign_in_failed self", "signed_in self", "session_ended revoked other_session",
			"session_ended logout self", "signed_in self", "session_ended logout self",
			"account_disabled operator", "account_enabled operator", "password_changed link")
		if e := rows[3]; e.SessionID == nil || *e.SessionID != second.SessionID || e.BySession == nil || *e.BySession != first.SessionID || e.Address != home.Address {
			t.Errorf("which session, by which: %+v", e)
		}
		if f := rows[1]; f.Address != "203.0.113.9" || strings.Contains(f.Agent, "\x1b") || f.SessionID != nil {
			t.Errorf("who failed: %+v", f)
		}
		others, _ := r.activity(t, r.as(t, r.login(t, "other").AccessToken))
		wantActivity(t, others, "signed_in self")
	})
}

func TestActivityTellsOfTheTable(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		pair := r.login(t, "haneul")
		r.step()
		r.refresh(t, pair.RefreshToken)
		away := marquee.Origin{Address: "203.0.113.9", Agent: "elsewhere", Client: "api"}
		for range 3 { // within the grace, again and again: told once
			if _, err := r.auth.Refresh(t.Context(), pair.RefreshToken, away); err != nil {
				t.Fatal(err)
			}
		}
		r.step()
		ahead := r.auth.MintRefresh(pair.RefreshToken, 9)
		if _, err := r.auth.Refresh(t.Context(), ahead, home); err != nil {
			t.Fatal(err)
		}
		r.clock.Advance(time.Hour)
		_, err := r.auth.Refresh(t.Context(), pair.RefreshToken, away)
		wantCode(t, "an old one", err, marquee.CodeInvalidToken)
		r.step()
		told, rows := r.activity(t, r.as(t, r.login(t, "haneul").AccessToken))
		wantActivity(t, told, "signed_in self", "refreshed_elsewhere self", "store_behind self",
			"reuse_found self", "session_ended reuse system", "signed_in self")
		if rows[3].Address != away.Address || rows[4].Address != home.Address {
			t.Errorf("who came back, and who was ended: %+v %+v", rows[3], rows[4])
		}
	})
}

func TestActivityTellsOfTheCapAndOfAPassword(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.auth = r.process(t, func(_ *auth.Deps, c *auth.Config) { c.MaxSessions = 1 })
		r.register(t, "haneul")
		r.login(t, "haneul")
		r.step()
		pair := r.login(t, "haneul")
		r.step()
		fresh, name := "another password of the rig", "haneul2"
		ctx := r.as(t, pair.AccessToken)
		if _, err := r.auth.UpdateMe(ctx, marquee.UserPatch{Password: &fresh, Username: &name, CurrentPassword: password}); err != nil {
			t.Fatal(err)
		}
		told, _ := r.activity(t, ctx)
		wantActivity(t, told[:1], "signed_in self")
		for _, want := range []string{"session_ended cap system", "password_changed self", "account_changed self"} {
			if !strings.Contains(strings.Join(told, "\n"), want) {
				t.Errorf("%q is missing in %q", want, told)
			}
		}
	})
}

// What happens to a second factor is the account's own to know.
func TestActivityTellsOfTheSecondFactor(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		u := r.register(t, "haneul")
		pair := r.login(t, "haneul")
		a, codes := r.enrol(t, pair)
		ctx := r.as(t, pair.AccessToken)
		r.step()
		token := r.attempt(t, "haneul")
		_, err := r.second(t, token, a.wrong(t))
		wantCode(t, "a wrong code", err, marquee.CodeWrongCode)
		r.auth.Settle()
		r.step()
		if _, err := r.second(t, token, codes[0]); err != nil {
			t.Fatal(err)
		}
		r.step()
		if _, err := r.auth.RenewRecoveryCodes(ctx); err != nil {
			t.Fatal(err)
		}
		r.clock.Advance(time.Minute)
		if err := r.auth.StepUp(ctx, marquee.StepUp{Password: password, Code: a.code(t, 0), Origin: home}); err != nil {
			t.Fatal(err)
		}
		r.step()
		if err := r.auth.EndTOTP(ctx); err != nil {
			t.Fatal(err)
		}
		r.step()
		r.enrol(t, pair)
		if had, err := r.auth.MFAOff(t.Context(), "haneul"); err != nil || !had {
			t.Fatal(had, err)
		}
		told, rows := r.activity(t, marquee.WithActor(t.Context(), marquee.Actor{UserID: u.ID}))
		told = slices.DeleteFunc(told, func(line string) bool {
			return strings.HasPrefix(line, auth.EventSignedIn) || strings.HasPrefix(line, auth.EventSessionEnded)
		})
		wantActivity(t, told, "second_factor_on self", "second_factor_failed self", "recovery_code_used self", "recovery_codes_renewed self",
			"stepped_up self", "second_factor_off self", "second_factor_on self", "second_factor_off operator")
		for _, row := range rows {
			if (row.Kind == auth.EventFactorFailed || row.Kind == auth.EventRecoveryUsed) && row.Address != home.Address {
				t.Errorf("where from: %+v", row)
			}
		}
	})
}

// A flood of failures is counted and does not fill the record; it is listed
// again the next day.
func TestAttack_FloodOfFailures(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		u := r.register(t, "haneul")
		fail := func() {
			t.Helper()
			if err := r.store.RecordFailure(t.Context(), auth.Event{Kind: auth.EventSignInFailed, UserID: u.ID, Origin: home, Actor: marquee.BySelf}, 3); err != nil {
				t.Fatal(err)
			}
		}
		as := marquee.WithActor(t.Context(), marquee.Actor{UserID: u.ID})
		total := func() (n, times int) {
			_, rows := r.activity(t, as)
			for _, a := range rows {
				times += a.Times
			}
			return len(rows), times
		}
		for range 10 {
			fail()
			r.step()
		}
		if n, times := total(); n != 3 || times != 10 {
			t.Errorf("%d rows for %d failures", n, times)
		}
		r.clock.Advance(24 * time.Hour)
		fail()
		if n, times := total(); n != 4 || times != 11 {
			t.Errorf("the next day: %d rows for %d failures", n, times)
		}
		if err := r.store.RecordFailure(t.Context(), auth.Event{Kind: auth.EventSignInFailed, UserID: auth.NewID(), Actor: marquee.BySelf}, 3); err != nil {
			t.Errorf("an account that went meanwhile: %v", err)
		}
	})
}

func TestActivityPages(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		u := r.register(t, "haneul")
		stranger := r.register(t, "other")
		for i := range 7 {
			r.login(t, "haneul")
			if i%2 == 0 {
				r.step() // some at the same moment
			}
		}
		as := marquee.WithActor(t.Context(), marquee.Actor{UserID: u.ID})
		seen := map[string]bool{}
		p := marquee.PageRequest{Limit: 3}
		for pages := 1; ; pages++ {
			page, err := r.auth.Activity(as, p)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range page.Items {
				if seen[a.ID] {
					t.Errorf("twice: %+v", a)
				}
				seen[a.ID] = true
			}
			if page.NextCursor == nil {
				if pages != 3 || len(seen) != 7 {
					t.Errorf("%d pages, %d rows", pages, len(seen))
				}
				break
			}
			p.Cursor = *page.NextCursor
		}
		// Somebody else's cursor is a place, and no key to his rows.
		page, err := r.auth.Activity(marquee.WithActor(t.Context(), marquee.Actor{UserID: stranger.ID}), p)
		if err != nil || len(page.Items) != 0 {
			t.Errorf("%+v %v", page, err)
		}
		for _, bad := range []marquee.PageRequest{{Cursor: "?"}, {Cursor: "YQ"}, {Limit: -1}, {Limit: 101}} {
			_, err := r.auth.Activity(as, bad)
			wantCode(t, bad.Cursor, err, marquee.CodeInvalid)
		}
	})
}

// What is old goes, in batches: activity, sessions past their last end and
// links; what may still be asked about stays.
func TestPrune(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		u := r.register(t, "haneul")
		for range 5 {
			r.login(t, "haneul")
		}
		if _, _, err := r.auth.PasswordLink(t.Context(), "haneul"); err != nil {
			t.Fatal(err)
		}
		if _, err := r.auth.AskDevice(t.Context(), marquee.Origin{}); err != nil {
			t.Fatal(err)
		}
		r.clock.Advance(25 * time.Hour)
		fresh := r.login(t, "haneul")
		all := func() (removed int) {
			t.Helper()
			for {
				n, err := r.store.Prune(t.Context(), 180*24*time.Hour, auth.FamiliarFor, 2)
				if err != nil {
					t.Fatal(err)
				}
				if removed += n; n == 0 {
					return removed
				}
			}
		}
		if n := all(); n != 2 {
			t.Errorf("%d rows, want the link and the device that asked", n)
		}
		r.alive(t, "a session in use", fresh)
		r.clock.Advance(30 * 24 * time.Hour) // all but the last are past their end by a day
		if n := all(); n != 5 {
			t.Errorf("%d rows, want five sessions", n)
		}
		r.clock.Advance(149*24*time.Hour + time.Hour) // five of the six sign-ins are too old
		if n := all(); n != 1+5+1 {
			t.Errorf("%d rows, want a session, five events and a place", n)
		}
		told, _ := r.activity(t, marquee.WithActor(t.Context(), marquee.Actor{UserID: u.ID}))
		wantActivity(t, told, "signed_in self")
	})
}
