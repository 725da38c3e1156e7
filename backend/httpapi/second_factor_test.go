package httpapi_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
)

// code is what an authenticator app with this secret shows.
func (r *rig) code(secret string) string {
	r.Helper()
	code, err := totp.GenerateCode(secret, r.clock.Now())
	if err != nil {
		r.Fatal(err)
	}
	return code
}

// guarded is somebody with a second factor.
type guarded struct {
	access   string
	attempt  string // a sign-in that waits for a code
	recovery string
}

func (w *walker) guarded() guarded {
	w.Helper()
	w.guards++
	name := "guarded" + strconv.Itoa(w.guards)
	c := marquee.Credentials{Login: name, Password: goodPassword, Origin: marquee.Origin{Address: "203.0.113." + strconv.Itoa(w.guards), Client: "api"}}
	if _, err := w.faults.Auth.Register(w.Context(), marquee.Registration{Email: name + "@example.com", Username: name, Password: goodPassword, Origin: c.Origin}); err != nil {
		w.Fatal(err)
	}
	pair, err := w.faults.Auth.Login(w.Context(), c)
	if err != nil {
		w.Fatal(err)
	}
	actor, err := w.faults.Auth.Authenticate(w.Context(), pair.AccessToken)
	if err != nil {
		w.Fatal(err)
	}
	ctx := marquee.WithActor(w.Context(), actor)
	secret, err := w.faults.Auth.StartTOTP(ctx)
	if err != nil {
		w.Fatal(err)
	}
	codes, err := w.faults.Auth.ConfirmTOTP(ctx, marquee.FirstCode{Code: w.code(secret.Secret)})
	if err != nil {
		w.Fatal(err)
	}
	_, err = w.faults.Auth.Login(w.Context(), c)
	var e *marquee.Error
	if !errors.As(err, &e) || e.MFAToken == "" {
		w.Fatal(err)
	}
	return guarded{pair.AccessToken, e.MFAToken, codes[0]}
}

// A person's way, by the client that everybody uses.
func TestSecondFactorOverHTTP(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		r.register("mina")
		c, err := client.New(client.Options{BaseURL: r.url})
		must(t, err)
		defer c.Close()
		ctx := t.Context()
		credentials := marquee.Credentials{Login: "mina", Password: goodPassword}
		_, err = c.Login(ctx, credentials)
		must(t, err)
		older, err := c.StartTOTP(ctx)
		must(t, err)
		started, err := c.StartTOTP(ctx)
		must(t, err)
		first := r.code(started.Secret)
		_, err = c.ConfirmTOTP(ctx, marquee.FirstCode{Secret: older.Secret, Code: r.code(older.Secret)})
		var begun *marquee.Error
		if !errors.As(err, &begun) || len(begun.Fields) != 1 || begun.Fields[0].Code != marquee.FieldStartedAnew {
			t.Errorf("a code of the one before: %v", err)
		}
		codes, err := c.ConfirmTOTP(ctx, marquee.FirstCode{Secret: started.Secret, Code: first})
		must(t, err)
		me, err := c.Me(ctx)
		if err != nil || !me.MFAEnabled || me.RecoveryCodesLeft != 10 {
			t.Errorf("%+v %v", me, err)
		}

		phone, err := client.New(client.Options{BaseURL: r.url})
		must(t, err)
		defer phone.Close()
		_, err = phone.Login(ctx, credentials)
		var e *marquee.Error
		if !errors.As(err, &e) || e.Code != marquee.CodeMFARequired || e.MFAToken == "" || phone.SignedIn() {
			t.Fatalf("%v", err)
		}
		_, err = phone.LoginMFA(ctx, marquee.SecondStep{Token: e.MFAToken, Code: first})
		if !marquee.IsCode(err, marquee.CodeWrongCode) {
			t.Errorf("a code used before: %v", err)
		}
		_, err = phone.LoginMFA(ctx, marquee.SecondStep{Token: e.MFAToken, Code: codes[0]})
		must(t, err)
		if me, err = phone.Me(ctx); err != nil || me.RecoveryCodesLeft != 9 {
			t.Errorf("%+v %v", me, err)
		}

		r.clock.advance(11 * time.Minute)
		if _, err := c.RenewRecoveryCodes(ctx); !marquee.IsCode(err, marquee.CodeStepUpRequired) {
			t.Errorf("eleven minutes later: %v", err)
		}
		must(t, c.StepUp(ctx, marquee.StepUp{Password: goodPassword, Code: r.code(started.Secret)}))
		_, err = c.RenewRecoveryCodes(ctx)
		must(t, err)
		must(t, c.EndTOTP(ctx))
		if _, err := phone.Me(ctx); !marquee.IsCode(err, marquee.CodeInvalidToken) {
			t.Errorf("the other session: %v", err)
		}
		_, err = phone.Login(ctx, credentials)
		must(t, err)
	})
}

// Only a right password is told that a code is needed, and nothing of it is
// kept anywhere.
func TestAttack_SecondFactorTellsWhoHasAnAccount(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		w := &walker{rig: r}
		w.guarded()
		login := func(name, password string) answer {
			return r.send(request{method: "POST", path: "/api/v1/auth/login", json: object{"username": name, "password": password}})
		}
		for _, refused := range []answer{login("guarded1", "not the password"), login("nobody", goodPassword)} {
			r.want(refused, 401, "wrong_credentials")
			if _, told := refused.json["mfa_token"]; told {
				t.Error(refused.text)
			}
		}
		right := r.want(login("guarded1", goodPassword), 401, "mfa_required")
		if right.header.Get("Cache-Control") != "no-store" || right.str("mfa_token") == "" || right.str("detail") == "" {
			t.Errorf("%v %s", right.header, right.text)
		}
		if strings.Contains(r.log.String(), right.str("mfa_token")) {
			t.Error("the token of the attempt is in the log")
		}
	})
}
