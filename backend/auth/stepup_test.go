package auth_test

import (
	"crypto/sha256"
	"slices"
	"testing"
	"time"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

func TestStepUp(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		pair := r.login(t, "haneul")
		other := r.process(t, nil)
		if _, err := other.Authenticate(t.Context(), pair.AccessToken); err != nil { // makes the copy
			t.Fatal(err)
		}
		r.clock.Advance(10 * time.Minute)
		ctx := r.as(t, pair.AccessToken)
		secret, address := "another password", "new@example.com"
		ask := func() map[string]error {
			_, start := r.auth.StartTOTP(ctx)
			_, confirm := r.auth.ConfirmTOTP(ctx, marquee.FirstCode{Code: "123456"})
			_, codes := r.auth.RenewRecoveryCodes(ctx)
			_, email := r.auth.UpdateMe(ctx, marquee.UserPatch{Email: &address, CurrentPassword: password})
			_, change := r.auth.UpdateMe(ctx, marquee.UserPatch{Password: &secret, CurrentPassword: password})
			return map[string]error{"start": start, "confirm": confirm, "codes": codes, "end": r.auth.EndTOTP(ctx), "email": email, "password": change}
		}
		for what, err := range ask() {
			wantCode(t, what+" ten minutes after the sign-in", err, marquee.CodeStepUpRequired)
		}
		name := "haneul2"
		if _, err := r.auth.UpdateMe(ctx, marquee.UserPatch{Username: &name}); err != nil {
			t.Errorf("what is not sensitive: %v", err)
		}
		wantCode(t, "a wrong password", r.auth.StepUp(ctx, marquee.StepUp{Password: "a guess"}), marquee.CodeWrongPassword)
		wantCode(t, "nobody", r.auth.StepUp(t.Context(), marquee.StepUp{Password: password}), marquee.CodeUnauthenticated)
		if err := r.auth.StepUp(ctx, marquee.StepUp{Password: password}); err != nil {
			t.Fatal(err)
		}
		a, err := other.Authenticate(t.Context(), pair.AccessToken)
		if err != nil || r.clock.Now().Sub(a.AuthTime) > time.Second {
			t.Errorf("another process sees %v, %v", a.AuthTime, err)
		}
		for what, err := range ask() {
			if marquee.IsCode(err, marquee.CodeStepUpRequired) {
				t.Errorf("%s after the step-up: %v", what, err)
			}
		}
	})
}

func TestAttack_StepUpWithoutTheSecondFactor(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		pair := r.login(t, "haneul")
		a, codes := r.enrol(t, pair)
		r.clock.Advance(11 * time.Minute)
		ctx := r.as(t, pair.AccessToken)
		for what, code := range map[string]string{"none": "", "wrong": a.wrong(t), "old": a.code(t, -3)} {
			wantCode(t, what, r.auth.StepUp(ctx, marquee.StepUp{Password: password, Code: code}), marquee.CodeInvalid)
		}
		wantCode(t, "removed all the same", r.auth.EndTOTP(ctx), marquee.CodeStepUpRequired)
		r.attempt(t, "haneul") // the factor is still asked for
		if err := r.auth.StepUp(ctx, marquee.StepUp{Password: password, Code: a.code(t, 0)}); err != nil {
			t.Fatalf("twin: %v", err)
		}
		actor, err := r.auth.Authenticate(t.Context(), pair.AccessToken)
		if err != nil || !slices.Contains(actor.AMR, "mfa") {
			t.Errorf("%+v %v", actor, err)
		}
		r.clock.Advance(11 * time.Minute)
		if err := r.auth.StepUp(r.as(t, pair.AccessToken), marquee.StepUp{Password: password, Code: codes[0]}); err != nil {
			t.Errorf("twin, by a recovery code: %v", err)
		}
	})
}

// A session that came by an SSH key or by approval cannot widen itself, not
// even with the password.
func TestAttack_SessionWithoutPasswordWidensItself(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		u := r.register(t, "haneul")
		account, err := r.store.AccountByID(t.Context(), u.ID)
		if err != nil {
			t.Fatal(err)
		}
		open := func(amr ...string) marquee.Actor {
			hash := sha256.Sum256([]byte(auth.NewID()))
			s, _, err := r.store.OpenSession(t.Context(), auth.Session{
				ID: auth.NewID(), UserID: u.ID, SecretHash: hash[:], Counter: 1, AMR: amr, Origin: home, RotatedOrigin: home,
			}, account.PasswordHash, auth.DefaultLives(), 10)
			if err != nil {
				t.Fatal(err)
			}
			return marquee.Actor{UserID: u.ID, SessionID: s.ID, AMR: amr}
		}
		secret := "another password"
		for _, amr := range []string{"ssh", "swk"} {
			ctx := marquee.WithActor(t.Context(), open(amr))
			wantCode(t, amr, r.auth.StepUp(ctx, marquee.StepUp{Password: password}), marquee.CodeStepUpRefused)
			_, err := r.auth.UpdateMe(ctx, marquee.UserPatch{Password: &secret, CurrentPassword: password})
			wantCode(t, amr+", password", err, marquee.CodeStepUpRequired)
			_, err = r.auth.StartTOTP(ctx)
			wantCode(t, amr+", second factor", err, marquee.CodeStepUpRequired)
		}
		ctx := marquee.WithActor(t.Context(), open("pwd"))
		if err := r.auth.StepUp(ctx, marquee.StepUp{Password: password}); err != nil {
			t.Errorf("twin: %v", err)
		}
		if _, err := r.auth.StartTOTP(ctx); err != nil {
			t.Errorf("twin: %v", err)
		}
	})
}
