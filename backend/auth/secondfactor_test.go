package auth_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/embedded"
	"example.com/marquee/backend/redisstore"
	"example.com/marquee/common/marquee"
)

// app is somebody's authenticator app.
type app struct {
	r      *rig
	secret string
}

// code is what the app shows some steps from now.
func (a app) code(tb testing.TB, steps int) string {
	tb.Helper()
	code, err := totp.GenerateCode(a.secret, a.r.clock.Now().Add(time.Duration(steps)*30*time.Second))
	if err != nil {
		tb.Fatal(err)
	}
	return code
}

// wrong is a code of no step near by.
func (a app) wrong(tb testing.TB) string {
	tb.Helper()
	code := []byte(a.code(tb, 0))
	for near := true; near; near = slices.Contains([]string{a.code(tb, -1), a.code(tb, 0), a.code(tb, 1)}, string(code)) {
		code[0] = '0' + (code[0]-'0'+1)%10
	}
	return string(code)
}

// enrol gives a signed-in person a second factor.
func (r *rig) enrol(tb testing.TB, pair marquee.Tokens) (app, []string) {
	tb.Helper()
	started, err := r.auth.StartTOTP(r.as(tb, pair.AccessToken))
	if err != nil {
		tb.Fatal(err)
	}
	a := app{r, started.Secret}
	codes, err := r.auth.ConfirmTOTP(r.as(tb, pair.AccessToken), marquee.FirstCode{Code: a.code(tb, 0)})
	if err != nil {
		tb.Fatal(err)
	}
	r.clock.Advance(30 * time.Second) // the code of the confirmation is used
	return a, codes
}

// attempt gives the password and returns the token of the second step.
func (r *rig) attempt(tb testing.TB, name string) string {
	tb.Helper()
	_, err := r.auth.Login(tb.Context(), marquee.Credentials{Login: name, Password: password, Origin: home})
	var e *marquee.Error
	if !errors.As(err, &e) || e.Code != marquee.CodeMFARequired || e.MFAToken == "" {
		tb.Fatalf("the password alone: %v", err)
	}
	return e.MFAToken
}

func (r *rig) second(tb testing.TB, token, code string) (marquee.Tokens, error) {
	tb.Helper()
	return r.auth.LoginMFA(tb.Context(), marquee.SecondStep{Token: token, Code: code, Origin: home})
}

func TestSecondFactor(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		first, other := r.login(t, "haneul"), r.login(t, "haneul")
		ctx := r.as(t, first.AccessToken)

		_, err := r.auth.ConfirmTOTP(ctx, marquee.FirstCode{Code: "123456"})
		wantCode(t, "confirmed before it was started", err, marquee.CodeNotFound)
		replaced, err := r.auth.StartTOTP(ctx)
		if err != nil {
			t.Fatal(err)
		}
		started, err := r.auth.StartTOTP(ctx)
		if err != nil || started.Secret == replaced.Secret {
			t.Fatalf("started anew: %v", err)
		}
		key, err := otp.NewKeyFromURL(started.URI)
		if err != nil || key.Secret() != started.Secret || key.Issuer() != "marquee" || key.AccountName() != "haneul" ||
			key.Period() != 30 || key.Digits() != otp.DigitsSix || key.Algorithm() != otp.AlgorithmSHA1 || key.Type() != "totp" {
			t.Errorf("%v %v", key, err)
		}
		a := app{r, started.Secret}
		_, err = r.auth.ConfirmTOTP(ctx, marquee.FirstCode{Code: app{r, replaced.Secret}.code(t, 0)})
		wantCode(t, "a code of the replaced secret", err, marquee.CodeInvalid)
		r.alive(t, "not in use before it is confirmed", r.login(t, "haneul"))
		codes, err := r.auth.ConfirmTOTP(ctx, marquee.FirstCode{Code: a.code(t, 0)})
		if err != nil || len(codes) != 10 {
			t.Fatal(codes, err)
		}
		r.alive(t, "the confirming session", first)
		r.dead(t, "the other one, opened without it", other)
		me, err := r.auth.Me(ctx)
		if err != nil || !me.MFAEnabled || me.RecoveryCodesLeft != 10 {
			t.Errorf("%+v %v", me, err)
		}

		r.clock.Advance(30 * time.Second)
		pair, err := r.second(t, r.attempt(t, "haneul"), a.code(t, 0)[:3]+" "+a.code(t, 0)[3:])
		if err != nil {
			t.Fatal(err)
		}
		actor, err := r.auth.Authenticate(t.Context(), pair.AccessToken)
		if err != nil || !slices.Equal(actor.AMR, []string{"pwd", "otp", "mfa"}) {
			t.Errorf("%+v %v", actor, err)
		}
		if _, err := r.second(t, r.attempt(t, "haneul"), strings.ToUpper(strings.ReplaceAll(codes[3], "-", " "))); err != nil {
			t.Fatalf("a recovery code: %v", err)
		}
		me, err = r.auth.UpdateMe(ctx, marquee.UserPatch{})
		if err != nil || me.RecoveryCodesLeft != 9 {
			t.Errorf("%+v %v", me, err)
		}
		renewed, err := r.auth.RenewRecoveryCodes(ctx)
		if err != nil || len(renewed) != 10 {
			t.Fatal(err)
		}
		token := r.attempt(t, "haneul")
		_, err = r.second(t, token, codes[0])
		wantCode(t, "a code from before the new ones", err, marquee.CodeWrongCode)
		cookie, _, err := r.auth.LoginBrowserMFA(t.Context(), marquee.SecondStep{Token: token, Code: renewed[0]})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.auth.AuthenticateBrowser(t.Context(), cookie); err != nil {
			t.Error(err)
		}

		if err := r.auth.EndTOTP(ctx); err != nil {
			t.Fatal(err)
		}
		r.dead(t, "another session after its end", pair)
		r.alive(t, "the password is enough again", r.login(t, "haneul"))
		_, err = r.auth.RenewRecoveryCodes(ctx)
		wantCode(t, "codes without a factor", err, marquee.CodeNotFound)
	})
}

func TestMFAOffByTheOperator(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		u := r.register(t, "haneul")
		pair := r.login(t, "haneul")
		r.enrol(t, pair)
		had, err := r.auth.MFAOff(t.Context(), "HANEUL")
		if err != nil || !had {
			t.Fatal(had, err)
		}
		r.dead(t, "signed in before", pair)
		r.alive(t, "the password alone", r.login(t, "haneul"))
		if had, err := r.auth.MFAOff(t.Context(), "haneul"); err != nil || had {
			t.Error("off already:", had, err)
		}
		_, err = r.auth.MFAOff(t.Context(), "nobody")
		wantCode(t, "nobody", err, marquee.CodeNotFound)
		if e := r.events.of(auth.EventFactorOff, ""); len(e) != 1 || e[0].UserID != u.ID {
			t.Errorf("recorded: %+v", e)
		}
	})
}

// RFC 6238 section 5.2: one step of skew, and no code twice.
func TestAttack_CodeReplayed(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		a, codes := r.enrol(t, r.login(t, "haneul"))
		r.clock.Advance(10 * time.Minute)
		token := r.attempt(t, "haneul")
		for _, far := range []int{-2, 2} {
			_, err := r.second(t, token, a.code(t, far))
			wantCode(t, "two steps off", err, marquee.CodeWrongCode)
		}
		if _, err := r.second(t, token, a.code(t, -1)); err != nil {
			t.Fatalf("twin: the previous step: %v", err)
		}
		seen := a.code(t, 1)
		if _, err := r.second(t, r.attempt(t, "haneul"), seen); err != nil {
			t.Fatalf("twin: the next step: %v", err)
		}
		token = r.attempt(t, "haneul")
		_, err := r.second(t, token, seen)
		wantCode(t, "a code that was seen", err, marquee.CodeWrongCode)
		_, err = r.second(t, token, a.code(t, 0))
		wantCode(t, "an unused one from before it", err, marquee.CodeWrongCode)
		if _, err := r.second(t, token, codes[0]); err != nil {
			t.Fatalf("twin: %v", err)
		}
		_, err = r.second(t, r.attempt(t, "haneul"), codes[0])
		wantCode(t, "a recovery code that was seen", err, marquee.CodeWrongCode)
	})
}

func TestAttack_GuessTheCode(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		r.register(t, "mallory")
		mallorys := r.login(t, "mallory")
		foreign, _ := r.enrol(t, mallorys)
		a, codes := r.enrol(t, r.login(t, "haneul"))

		token := r.attempt(t, "haneul")
		_, err := r.second(t, token, foreign.code(t, 0))
		wantCode(t, "a code of another's app", err, marquee.CodeWrongCode)
		for range 3 {
			_, err := r.second(t, token, a.wrong(t))
			wantCode(t, "a wrong code", err, marquee.CodeWrongCode)
		}
		for range 2 {
			_, err := r.second(t, token, a.wrong(t))
			wantCode(t, "the fifth, and after it", err, marquee.CodeAttemptOver)
		}
		_, err = r.second(t, token, a.code(t, 0))
		wantCode(t, "the right one, too late", err, marquee.CodeAttemptOver)

		token = r.attempt(t, "haneul")
		for range 4 {
			_, err := r.second(t, token, a.wrong(t))
			wantCode(t, "a wrong code", err, marquee.CodeWrongCode)
		}
		pair, err := r.second(t, token, a.code(t, 0))
		if err != nil {
			t.Fatalf("twin: the fifth is right: %v", err)
		}
		_, err = r.second(t, token, codes[0])
		wantCode(t, "an attempt that has succeeded", err, marquee.CodeAttemptOver)

		token = r.attempt(t, "haneul")
		for what, bad := range map[string]string{"none": "", "access": pair.AccessToken, "refresh": pair.RefreshToken, "near": token + "A"} {
			_, err := r.second(t, bad, codes[0])
			wantCode(t, what+" for an mfa_token", err, marquee.CodeAttemptOver)
		}
		_, err = r.auth.Authenticate(t.Context(), token)
		wantCode(t, "an mfa_token for an access token", err, marquee.CodeInvalidToken)
		_, err = r.auth.Refresh(t.Context(), token, home)
		wantCode(t, "an mfa_token for a refresh token", err, marquee.CodeInvalidToken)
		r.clock.Advance(5*time.Minute + time.Second)
		_, err = r.second(t, token, codes[0])
		wantCode(t, "after five minutes", err, marquee.CodeAttemptOver)

		token = r.attempt(t, "haneul")
		if err := r.auth.SetPassword(t.Context(), "haneul", "another password"); err != nil {
			t.Fatal(err)
		}
		_, err = r.second(t, token, codes[0])
		wantCode(t, "after the password changed", err, marquee.CodeAttemptOver)
	})
}

// Sign-ins that begin anew before the fifth wrong code share their pauses.
func TestAttack_GuessAcrossAttempts(t *testing.T) {
	r := embeddedRig(t)
	redis, err := embedded.StartRedis()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = redis.Close() })
	counts := redisstore.New(redis.Client(), redisstore.Options{Word: embedded.RedisWord, Clock: r.clock.Now})
	limited := r.process(t, func(d *auth.Deps, _ *auth.Config) { d.Attempts = counts })
	r.register(t, "haneul")
	r.register(t, "minseo")
	a, _ := r.enrol(t, r.login(t, "haneul"))
	b, _ := r.enrol(t, r.login(t, "minseo"))
	try := func(token, code string) error {
		_, err := limited.LoginMFA(t.Context(), marquee.SecondStep{Token: token, Code: code, Origin: home})
		return err
	}
	for range 2 {
		token := r.attempt(t, "haneul")
		for range 3 {
			err = try(token, a.wrong(t))
		}
	}
	wantCode(t, "the sixth guess", err, marquee.CodeWrongCode)
	token := r.attempt(t, "haneul")
	wantCode(t, "before its pause is over", try(token, a.code(t, 0)), marquee.CodeTooManyRequests)
	if err := try(r.attempt(t, "minseo"), b.code(t, 0)); err != nil {
		t.Errorf("twin: somebody else: %v", err)
	}
	r.clock.Advance(2 * time.Second)
	if err := try(token, a.code(t, 0)); err != nil {
		t.Errorf("twin: after the pause: %v", err)
	}
}

// Of those who come with one code at the same moment one gets in.
func TestAttack_OneCodeManyTimesAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		a, codes := r.enrol(t, r.login(t, "haneul"))
		for what, code := range map[string]string{"app": a.code(t, 0), "recovery": codes[0]} {
			const many = 4
			var tokens []string
			for range many {
				tokens = append(tokens, r.attempt(t, "haneul"))
			}
			results := make(chan error, many)
			for _, token := range tokens {
				go func() {
					_, err := r.auth.LoginMFA(t.Context(), marquee.SecondStep{Token: token, Code: code})
					results <- err
				}()
			}
			in := 0
			for range many {
				if err := <-results; err == nil {
					in++
				} else {
					wantCode(t, what, err, marquee.CodeWrongCode)
				}
			}
			if in != 1 {
				t.Errorf("%s: %d got in", what, in)
			}
		}
	})
}

// Who can write to SQL must not be able to sign in with a secret of his own.
func TestAttack_SecretMovedToAnotherRow(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		mallory, haneul := r.register(t, "mallory"), r.register(t, "haneul")
		pair := r.login(t, "mallory")
		started, err := r.auth.StartTOTP(r.as(t, pair.AccessToken))
		if err != nil {
			t.Fatal(err)
		}
		own, err := r.store.AccountByID(t.Context(), mallory.ID)
		if err != nil || strings.Contains(string(own.TOTPPending), started.Secret) {
			t.Fatalf("the secret lies open: %v", err)
		}
		if err := r.store.SetPendingTOTP(t.Context(), haneul.ID, own.TOTPPending); err != nil {
			t.Fatal(err)
		}
		code := app{r, started.Secret}.code(t, 0)
		_, err = r.auth.ConfirmTOTP(r.as(t, r.login(t, "haneul").AccessToken), marquee.FirstCode{Code: code})
		wantCode(t, "in another's row", err, marquee.CodeInternal)
		if _, err = r.auth.ConfirmTOTP(r.as(t, pair.AccessToken), marquee.FirstCode{Code: code}); err != nil {
			t.Errorf("twin: in its own: %v", err)
		}
	})
}

// The secret is sealed anew at the next start, and recovery codes stay good,
// so that the previous master secret can be dropped.
func TestSecondFactorSurvivesAChangeOfMaster(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		a, codes := r.enrol(t, r.login(t, "haneul"))
		const next = "another master, also of 32 bytes"
		unknown := r.process(t, func(_ *auth.Deps, c *auth.Config) { c.Algorithm, c.Master = auth.AlgorithmHS256, []byte(next) })
		_, err := unknown.LoginMFA(t.Context(), marquee.SecondStep{Token: r.attempt(t, "haneul"), Code: a.code(t, 0)})
		wantCode(t, "without the master that sealed it", err, marquee.CodeInternal)
		r.process(t, func(_ *auth.Deps, c *auth.Config) { c.Master, c.PreviousMaster = []byte(next), c.Master })
		after := r.process(t, func(_ *auth.Deps, c *auth.Config) { c.Master = []byte(next) })
		for _, code := range []string{a.code(t, 0), codes[0]} {
			if _, err := after.LoginMFA(t.Context(), marquee.SecondStep{Token: r.attempt(t, "haneul"), Code: code}); err != nil {
				t.Error(err)
			}
		}
	})
}

// The failures before a right password are forgotten with it, though the code
// is still to come: who mistypes now and then is not slowed down more and more.
func TestARightPasswordForgetsFailuresBeforeTheCode(t *testing.T) {
	r := embeddedRig(t)
	redis, err := embedded.StartRedis()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = redis.Close() })
	r.register(t, "haneul")
	r.enrol(t, r.login(t, "haneul"))
	counts := redisstore.New(redis.Client(), redisstore.Options{Word: embedded.RedisWord, Clock: r.clock.Now})
	s := r.process(t, func(d *auth.Deps, _ *auth.Config) { d.Attempts = counts })
	for range 2 {
		for i, word := range []string{"wrong", "wrong", "wrong", password} {
			_, err := s.Login(t.Context(), marquee.Credentials{Login: "haneul", Password: word, Origin: home})
			want := marquee.CodeWrongCredentials
			if word == password {
				want = marquee.CodeMFARequired
			}
			if !marquee.IsCode(err, want) {
				t.Fatalf("try %d: %v, want %s", i, err, want)
			}
		}
	}
}

// The second step knows the device as the first one does, and renews its token.
func TestSecondStepKeepsTheDevice(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		a, _ := r.enrol(t, r.login(t, "haneul"))
		step := marquee.SecondStep{Token: r.attempt(t, "haneul"), Code: a.code(t, 0), Origin: home}
		first, err := r.auth.LoginMFA(t.Context(), step)
		if err != nil {
			t.Fatal(err)
		}
		r.clock.Advance(time.Minute)
		step = marquee.SecondStep{Token: r.attempt(t, "haneul"), Code: a.code(t, 0), DeviceToken: first.DeviceToken, Origin: home}
		known, err := r.auth.LoginMFA(t.Context(), step)
		if err != nil {
			t.Fatal(err)
		}
		r.clock.Advance(time.Minute)
		step = marquee.SecondStep{Token: r.attempt(t, "haneul"), Code: a.code(t, 0), DeviceToken: "none of ours", Origin: home}
		fresh, err := r.auth.LoginMFA(t.Context(), step)
		if err != nil {
			t.Fatal(err)
		}
		const id = 20 // characters of the token that hold nothing but the device's id
		if first.DeviceToken == "" || known.DeviceToken == first.DeviceToken || known.DeviceToken[:id] != first.DeviceToken[:id] {
			t.Errorf("not the same device, renewed: %q, %q", first.DeviceToken, known.DeviceToken)
		}
		if fresh.DeviceToken == "" || fresh.DeviceToken[:id] == first.DeviceToken[:id] {
			t.Errorf("a token that is none made a known device: %q", fresh.DeviceToken)
		}
	})
}
