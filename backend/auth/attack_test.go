package auth_test

import (
	"context"
	"encoding/base64"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

// A thief who copied a pair follows each rotation of the owner inside its
// grace. He gets no branch of his own, the owner is told, nothing he can read
// times the owner's next rotation, and the first time he misses it the session
// is over for both.
func thiefFollowsInsideGrace(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		pair := r.login(t, "haneul")
		stolen, thief := pair, marquee.Origin{Address: "203.0.113.66", Agent: "thief"}
		for range 3 {
			r.clock.Advance(20 * time.Minute)
			pair = r.refresh(t, pair.RefreshToken)
			r.alive(t, "the owner", pair)
			r.clock.Advance(10 * time.Second)
			followed, err := r.auth.Refresh(t.Context(), stolen.RefreshToken, thief)
			if err != nil || followed.RefreshToken != pair.RefreshToken {
				t.Fatalf("inside the grace there is one successor: %v", err)
			}
			stolen = followed
			list, err := r.auth.Sessions(r.as(t, stolen.AccessToken))
			if err != nil || len(list) != 1 || list[0].LastUsedAt != nil {
				t.Errorf("the thief can read when the owner rotated: %+v %v", list, err)
			}
		}
		if told := r.events.of(auth.EventRepeatElsewhere, pair.SessionID); len(told) != 3 || told[0].Origin != thief {
			t.Errorf("recorded: %+v", told)
		}
		pair = r.refresh(t, pair.RefreshToken)
		r.alive(t, "the owner, before the thief misses", pair)
		r.clock.Advance(31 * time.Second)
		_, err := r.auth.Refresh(t.Context(), stolen.RefreshToken, thief)
		wantCode(t, "the thief, a second late", err, marquee.CodeInvalidToken)
		r.dead(t, "after the reuse", pair)
		r.dead(t, "the thief's", stolen)
		if len(r.events.of(auth.EventReuseFound, pair.SessionID)) != 1 {
			t.Error("the reuse was not recorded")
		}
	})
}

// An owner who repeats a request whose answer was lost, from where
// he sent it, gets the same successor and no alarm.
func lostAnswerRepeated(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		pair := r.login(t, "haneul")
		for range 3 {
			next := r.refresh(t, pair.RefreshToken)
			r.clock.Advance(10 * time.Second)
			again := r.refresh(t, pair.RefreshToken)
			if again.RefreshToken != next.RefreshToken || again.AccessToken == next.AccessToken {
				t.Error("a repetition gets the same refresh token and a fresh access token")
			}
			r.alive(t, "the repeated pair", again)
			pair = again
		}
		for _, kind := range []string{auth.EventRepeatElsewhere, auth.EventReuseFound} {
			if e := r.events.of(kind, pair.SessionID); len(e) != 0 {
				t.Errorf("recorded: %+v", e)
			}
		}
	})
}

// A thief rotates first; the owner comes with the token that was stolen.
func thiefRotatesFirst(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		pair, bystander := r.login(t, "haneul"), r.login(t, "haneul")
		thiefs := r.refresh(t, pair.RefreshToken)
		r.alive(t, "the thief's access token", thiefs)
		r.clock.Advance(31 * time.Second)
		_, err := r.auth.Refresh(t.Context(), pair.RefreshToken, home)
		wantCode(t, "the owner", err, marquee.CodeInvalidToken)
		r.dead(t, "the thief's pair", thiefs)
		r.alive(t, "twin: the owner's other session", bystander)
		r.refresh(t, bystander.RefreshToken)
	})
}

// The grandfather inside everybody's grace is a reuse, and the
// newest token is dead at once.
func reuseOfOlderToken(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		first := r.login(t, "haneul")
		second := r.refresh(t, first.RefreshToken)
		third := r.refresh(t, second.RefreshToken)
		if r.refresh(t, second.RefreshToken).RefreshToken != third.RefreshToken {
			t.Error("twin: the father inside the grace")
		}
		_, err := r.auth.Refresh(t.Context(), first.RefreshToken, home)
		wantCode(t, "the grandfather", err, marquee.CodeInvalidToken)
		r.dead(t, "the newest", third)
	})
}

// A lost answer found late is no reuse, once: the unused successor is dead,
// and to present it later is one.
func unusedSuccessorComesBack(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		first := r.login(t, "haneul")
		r.alive(t, "signed in", first)
		lost := r.refresh(t, first.RefreshToken)
		r.clock.Advance(8 * time.Hour) // the laptop slept
		found := r.refresh(t, first.RefreshToken)
		if found.RefreshToken == lost.RefreshToken {
			t.Fatal("the lost successor must not come back to life")
		}
		r.alive(t, "twin: the pair found late", found)
		_, err := r.auth.Refresh(t.Context(), lost.RefreshToken, home)
		wantCode(t, "the unused successor", err, marquee.CodeInvalidToken)
		r.dead(t, "after it came back", found)
	})
}

// SQL restored from a backup is behind the clients: no reuse, and recorded.
func storeRestored(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		pair := r.login(t, "haneul")
		ahead := r.auth.MintRefresh(pair.RefreshToken, 7)
		next := r.refresh(t, ahead)
		if n := r.auth.RefreshCounter(next.RefreshToken); n != 8 {
			t.Errorf("caught up to %d", n)
		}
		if len(r.events.of(auth.EventStoreBehind, pair.SessionID)) != 1 {
			t.Error("not recorded")
		}
		r.alive(t, "after it caught up", next)
		_, err := r.auth.Refresh(t.Context(), r.auth.MintRefresh(pair.RefreshToken, 6), home)
		wantCode(t, "an older token afterwards", err, marquee.CodeInvalidToken)
		r.dead(t, "which is a reuse", next)
	})
}

// The original's fault 4: two tokens of one second were the same token.
// And no bit of what is secret in them is fixed (ASVS 7.2.3): a token that
// differs may do so by its session's id alone, which is no secret.
func sameTokenInOneSecond(t *testing.T) {
	r := embeddedRig(t)
	r.register(t, "haneul")
	seen := map[string]bool{}
	secrets := map[string][][]byte{}
	keep := func(what, encoded string, length int) {
		t.Helper()
		raw, err := base64.RawURLEncoding.DecodeString(encoded)
		if err != nil || len(raw) != length {
			t.Fatalf("%s: %d bytes, %v", what, len(raw), err)
		}
		secrets[what] = append(secrets[what], raw)
	}
	for range 50 {
		pair := r.login(t, "haneul")
		next := r.refresh(t, pair.RefreshToken)
		again := r.refresh(t, pair.RefreshToken) // the same pair but for the access token
		for _, token := range []string{pair.AccessToken, pair.RefreshToken, next.AccessToken, next.RefreshToken, again.AccessToken} {
			if seen[token] {
				t.Fatalf("twice: %s", token)
			}
			seen[token] = true
		}
		keep("a refresh token", strings.Split(pair.RefreshToken, ".")[4], 16)
		cookie, _, err := r.auth.LoginBrowser(t.Context(), marquee.Credentials{Login: "haneul", Password: password})
		if err != nil {
			t.Fatal(err)
		}
		keep("a cookie", cookie, 32)
		link, _, err := r.auth.PasswordLink(t.Context(), "haneul")
		if err != nil {
			t.Fatal(err)
		}
		keep("a password link", link, 32)
		device, err := r.auth.AskDevice(t.Context(), home)
		if err != nil {
			t.Fatal(err)
		}
		keep("a device code", device.DeviceCode, 32)
	}
	for what, all := range secrets {
		for bit := range 8 * len(all[0]) {
			set := 0
			for _, raw := range all {
				set += int(raw[bit/8] >> (bit % 8) & 1)
			}
			if set == 0 || set == len(all) {
				t.Errorf("bit %d of %s is fixed", bit, what)
			}
		}
	}
}

// The original's faults 1 and 17: sign-out blacklisted nothing, and in other
// time zones could not have.
func TestAttack_ReplayAfterLogout(t *testing.T) {
	here := time.Local
	defer func() { time.Local = here }()
	for _, zone := range []string{"Asia/Seoul", "UTC", "America/New_York"} {
		location, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		time.Local = location
		t.Run(zone, func(t *testing.T) {
			onBoth(t, func(t *testing.T, r *rig) {
				r.register(t, "haneul")
				out, in := r.login(t, "haneul"), r.login(t, "haneul")
				r.alive(t, "before", out)
				if err := r.auth.Logout(r.as(t, out.AccessToken), marquee.LogoutLocal); err != nil {
					t.Fatal(err)
				}
				r.dead(t, "after", out)
				r.clock.Advance(29 * time.Minute)
				r.dead(t, "half an hour after", out)
				r.alive(t, "twin: the session not signed out", in)
			})
		})
	}
}

// The original's fault 12: nobody looked whether the account was active.
func disabledPerson(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		r.register(t, "twin")
		pair, twin := r.login(t, "haneul"), r.login(t, "twin")
		cookie, _, err := r.auth.LoginBrowser(t.Context(), marquee.Credentials{Login: "haneul", Password: password})
		if err != nil {
			t.Fatal(err)
		}
		r.alive(t, "before", pair)
		if err := r.auth.SetActive(t.Context(), "HANEUL", false); err != nil {
			t.Fatal(err)
		}
		r.dead(t, "disabled", pair)
		_, err = r.auth.AuthenticateBrowser(t.Context(), cookie)
		wantCode(t, "disabled, browser", err, marquee.CodeInvalidToken)
		_, err = r.auth.Login(t.Context(), marquee.Credentials{Login: "haneul", Password: password})
		wantCode(t, "disabled, sign-in", err, marquee.CodeWrongCredentials)
		r.alive(t, "twin: somebody else", twin)
		if err := r.auth.SetActive(t.Context(), "haneul", true); err != nil {
			t.Fatal(err)
		}
		r.login(t, "haneul")
		r.dead(t, "enabled again does not revive", pair)
	})
}

// The original's fault 14: how long a refusal took told who has an account.
// Here every refusal is the same error after one hash.
func TestAttack_WhoHasAnAccount(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.auth = r.process(t, func(_ *auth.Deps, c *auth.Config) { c.HashCost = auth.DefaultHashCost() })
		r.register(t, "haneul")
		r.register(t, "gone")
		if err := r.auth.SetActive(t.Context(), "gone", false); err != nil {
			t.Fatal(err)
		}
		// A hash fills 19 MiB: that it was computed shows in what was allocated,
		// on a busy machine as well, where a clock would tell nothing.
		const hash = 19 << 20
		for what, c := range map[string]marquee.Credentials{
			"wrong password": {Login: "haneul", Password: "not the password"},
			"nobody":         {Login: "nobody-of-that-name", Password: "not the password"},
			"disabled":       {Login: "gone", Password: password},
			"NUL":            {Login: "han\x00eul", Password: "not the password"},
			"not UTF-8":      {Login: "\xff\xfe", Password: "not the password"},
			"SQL":            {Login: "' OR 1=1 --", Password: "' OR 1=1 --"},
			"empty":          {},
			"long password":  {Login: "haneul", Password: strings.Repeat("x", 60_000)},
		} {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := r.auth.Login(t.Context(), c)
			runtime.ReadMemStats(&after)
			if err == nil || err.Error() != string(marquee.CodeWrongCredentials) {
				t.Errorf("%s: %v", what, err)
			}
			if hashes := float64(after.TotalAlloc-before.TotalAlloc) / hash; hashes < 1 || hashes > 1.5 {
				t.Errorf("%s: refused after %.2f hashes, want one", what, hashes)
			}
		}
		r.login(t, "haneul") // twin
	})
}

// slowRecord keeps the record of a refused sign-in waiting.
type slowRecord struct {
	auth.ActivityRecord
	release chan struct{}
}

func (r slowRecord) RecordFailure(ctx context.Context, e auth.Event, most int) error {
	<-r.release
	return r.ActivityRecord.RecordFailure(context.WithoutCancel(ctx), e, most)
}

// What a refusal leaves behind at an account is written after the answer: a
// name that nobody has leaves nothing, and would be refused sooner.
func TestAttack_HowLongARefusalIsRecorded(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		u := r.register(t, "haneul")
		release := make(chan struct{})
		s := r.process(t, func(d *auth.Deps, _ *auth.Config) { d.Activity = slowRecord{d.Activity, release} })
		refused := make(chan error, 1)
		go func() {
			_, err := s.Login(t.Context(), marquee.Credentials{Login: "haneul", Password: "not the password"})
			refused <- err
		}()
		select {
		case err := <-refused:
			wantCode(t, "a wrong password", err, marquee.CodeWrongCredentials)
		case <-time.After(patience):
			t.Error("the answer waits for the record")
		}
		close(release)
		s.Settle() // twin: it is recorded all the same
		told, _ := r.activity(t, marquee.WithActor(t.Context(), marquee.Actor{UserID: u.ID}))
		wantActivity(t, told, "sign_in_failed self")
	})
}

// The original's faults 2 and 3: a person made himself superuser. There is no
// member for it: what could be set is in Registration and UserPatch.
func TestAttack_MakeMyselfSuperuser(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		ctx := r.as(t, r.login(t, "haneul").AccessToken)
		name := "haneul.kim"
		u, err := r.auth.UpdateMe(ctx, marquee.UserPatch{Username: &name})
		if err != nil || u.IsSuperuser || !u.IsActive || u.Username != name {
			t.Errorf("%+v %v", u, err)
		}
		boss, err := r.auth.CreateUser(t.Context(), marquee.Registration{
			Email: "boss@example.com", Username: "boss", Password: password,
		}, true)
		if err != nil || !boss.IsSuperuser {
			t.Errorf("twin: an operator can: %+v %v", boss, err)
		}
	})
}

// The original's fault 16: a new password needed no old one and ended nothing.
func TestAttack_TakeOverWithAccessToken(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		mine, other := r.login(t, "haneul"), r.login(t, "haneul")
		r.alive(t, "the other session", other)
		ctx := r.as(t, mine.AccessToken)
		secret, address := "another password", "other@example.com"
		for what, p := range map[string]marquee.UserPatch{
			"password without the old one": {Password: &secret}, "address without it": {Email: &address},
			"password with a wrong one": {Password: &secret, CurrentPassword: "wrong password"},
			"address with the new one":  {Email: &address, Password: &secret, CurrentPassword: secret},
		} {
			_, err := r.auth.UpdateMe(ctx, p)
			wantCode(t, what, err, marquee.CodeWrongPassword)
		}
		r.alive(t, "nothing has changed", other)
		if _, err := r.auth.UpdateMe(ctx, marquee.UserPatch{Password: &secret, CurrentPassword: password}); err != nil {
			t.Fatalf("twin: %v", err)
		}
		r.dead(t, "the other session", other)
		r.alive(t, "the asking session", mine)
		r.alive(t, "and its next pair", r.refresh(t, mine.RefreshToken))
		_, err := r.auth.Login(t.Context(), marquee.Credentials{Login: "haneul", Password: password})
		wantCode(t, "the old password", err, marquee.CodeWrongCredentials)
		if _, err := r.auth.Login(t.Context(), marquee.Credentials{Login: "haneul", Password: secret}); err != nil {
			t.Errorf("the new password: %v", err)
		}
	})
}

// The original's fault 15, and 18's empty names.
func TestAttack_PasswordPolicy(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		ctx := r.as(t, r.login(t, "haneul").AccessToken)
		long := strings.Repeat("비", 257)
		for what, p := range map[string]string{
			"empty": "", "seven": "1234567", "own name": "haneul.kim", "own address": "haneul.kim@example.com", "too long": long,
			"common": "iloveyou1", "the service's name": "marquee2026",
		} {
			_, err := r.auth.Register(t.Context(), marquee.Registration{
				Email: "haneul.kim@example.com", Username: "haneul.kim", Password: p,
			})
			wantCode(t, "register, "+what, err, marquee.CodeInvalid)
			if what == "own name" || what == "own address" {
				continue
			}
			_, err = r.auth.UpdateMe(ctx, marquee.UserPatch{Password: &p, CurrentPassword: password})
			wantCode(t, "change, "+what, err, marquee.CodeInvalid)
		}
		empty := ""
		for _, p := range []marquee.UserPatch{{Username: &empty}, {Email: &empty, CurrentPassword: password}} {
			_, err := r.auth.UpdateMe(ctx, p)
			wantCode(t, "an empty name", err, marquee.CodeInvalid)
		}
		fits := "소나기가 지나간 골목" + strings.Repeat("비", 245)
		if _, err := r.auth.UpdateMe(ctx, marquee.UserPatch{Password: &fits, CurrentPassword: password}); err != nil {
			t.Errorf("twin: 256 characters: %v", err)
		}
	})
}

// The original's fault 5: parallel refreshes signed one holder out. All of 64
// get the same successor, and the session lives.
func stormOnOneToken(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		pair := r.login(t, "haneul")
		const storm = 64
		answers, errs := make([]marquee.Tokens, storm), make([]error, storm)
		var wait sync.WaitGroup
		start := make(chan struct{})
		for i := range storm {
			wait.Go(func() {
				<-start
				answers[i], errs[i] = r.auth.Refresh(t.Context(), pair.RefreshToken, home)
			})
		}
		close(start)
		wait.Wait()
		access := map[string]bool{}
		for i := range storm {
			if errs[i] != nil {
				t.Fatal(errs[i])
			}
			if answers[i].RefreshToken != answers[0].RefreshToken {
				t.Fatal("two successors of one token")
			}
			access[answers[i].AccessToken] = true
		}
		if len(access) != storm {
			t.Errorf("%d access tokens for %d answers", len(access), storm)
		}
		if n := r.auth.RefreshCounter(answers[0].RefreshToken); n != 2 {
			t.Errorf("rotated to %d", n)
		}
		r.alive(t, "after the storm", r.refresh(t, answers[7].RefreshToken))
		if len(r.events.of(auth.EventReuseFound, pair.SessionID)) != 0 {
			t.Error("the storm was called a reuse")
		}
	})
}

// A dead token that was stolen must not sign its owner out everywhere.
func TestAttack_DeadTokenSignsOutEverywhere(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		stolen, other := r.login(t, "haneul"), r.login(t, "haneul")
		if err := r.auth.LogoutWithRefreshToken(t.Context(), stolen.RefreshToken, marquee.LogoutLocal); err != nil {
			t.Fatal(err)
		}
		for _, scope := range []marquee.LogoutScope{marquee.LogoutGlobal, marquee.LogoutOthers} {
			err := r.auth.LogoutWithRefreshToken(t.Context(), stolen.RefreshToken, scope)
			wantCode(t, string(scope), err, marquee.CodeInvalidToken)
		}
		r.alive(t, "the other session", other)
		if err := r.auth.LogoutWithRefreshToken(t.Context(), other.RefreshToken, marquee.LogoutGlobal); err != nil {
			t.Errorf("twin: %v", err)
		}
	})
}

// A browser's cookie is no refresh token of its session, nor the reverse.
func cookieAsToken(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		pair := r.login(t, "haneul")
		cookie, _, err := r.auth.LoginBrowser(t.Context(), marquee.Credentials{Login: "haneul", Password: password})
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.auth.AuthenticateBrowser(t.Context(), pair.RefreshToken)
		wantCode(t, "a refresh token as cookie", err, marquee.CodeInvalidToken)
		_, err = r.auth.Refresh(t.Context(), cookie, home)
		wantCode(t, "a cookie as refresh token", err, marquee.CodeInvalidToken)
		_, err = r.auth.Authenticate(t.Context(), pair.RefreshToken)
		wantCode(t, "a refresh token as access token", err, marquee.CodeInvalidToken)
		actor, err := r.auth.AuthenticateBrowser(t.Context(), cookie)
		if err != nil {
			t.Fatalf("twin: %v", err)
		}
		_, token := r.auth.NewSecret()
		_, err = r.auth.Refresh(t.Context(), token(actor.SessionID), home)
		wantCode(t, "a token for the browser's session", err, marquee.CodeInvalidToken)
	})
}

// A token, rightly signed, that names somebody else's session.
func subjectOfAnotherSession(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		other := r.register(t, "other")
		r.register(t, "haneul")
		pair := r.login(t, "haneul")
		session, _, now, err := r.store.SessionByID(t.Context(), pair.SessionID)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.auth.Authenticate(t.Context(), r.auth.MintAccess(session, 1, now)); err != nil {
			t.Errorf("twin: %v", err)
		}
		for what, id := range map[string]string{"another person": other.ID, "a deleted one": auth.NewID()} {
			session.UserID = id
			_, err := r.auth.Authenticate(t.Context(), r.auth.MintAccess(session, 1, now))
			wantCode(t, what, err, marquee.CodeInvalidToken)
		}
	})
}
