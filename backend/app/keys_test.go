package app_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/marquee/backend/app"
	"example.com/marquee/backend/operator"
	"example.com/marquee/common/marquee"
)

// kidOf is the key that an access token names.
func kidOf(t testing.TB, token string) string {
	t.Helper()
	head, _, _ := strings.Cut(token, ".")
	text, err := base64.RawURLEncoding.DecodeString(head)
	check(t, err)
	var h struct{ Kid string }
	check(t, json.Unmarshal(text, &h))
	return h.Kid
}

// signingKey is the id of the key that the list calls active.
func signingKey(t *testing.T, environ []string) string {
	t.Helper()
	code, out := operate(t, environ, operator.ListKeys{})
	for _, line := range out.lines {
		if f := strings.Split(line, "\t"); code == 0 && f[2] == "active" {
			return f[0]
		}
	}
	t.Fatal(code, out)
	return ""
}

// The operator's commands, beside a server and alone.
func TestKeysCommands(t *testing.T) {
	environ := embeddedPair(t)
	first := signingKey(t, environ) // alone
	s := serve(t, environ)
	if code, out := operate(t, environ, operator.RetireKey{ID: first}); code != 1 || !strings.Contains(out.String(), "keys rotate") {
		t.Error(code, out)
	}
	if code, out := operate(t, environ, operator.RotateKey{}); code != 0 || !strings.Contains(out.String(), "will sign from") {
		t.Error(code, out)
	}
	if code, out := operate(t, environ, operator.RotateKey{}); code != 1 || !strings.Contains(out.String(), "--now") {
		t.Error(code, out)
	}
	if code, out := operate(t, environ, operator.RetireKey{ID: "nothing", Now: true}); code != 1 || len(out.notes) != 1 {
		t.Error(code, out)
	}
	_, out := operate(t, environ, operator.ListKeys{})
	if len(out.lines) != 2 || !strings.Contains(out.lines[1], "\tEdDSA\tnext\t") {
		t.Error(out)
	}
	if code, out := operate(t, environ, operator.RetireKey{ID: first}); code != 0 || len(out.lines) != 2 {
		t.Error(code, out)
	}
	second := signingKey(t, environ)
	v := visit(t, s.URL())
	await(t, "a token of the new key", func() bool {
		return kidOf(t, v.login(newPerson(t, s.URL())).held().AccessToken) == second
	})
	t.Run("HS256", func(t *testing.T) {
		if code, out := operate(t, append(embeddedPair(t), "ALGORITHM=HS256"), operator.RotateKey{}); code != 1 || !strings.Contains(out.String(), "SECRET_KEY_PREVIOUS") {
			t.Error(code, out)
		}
	})
}

// What a key signed that leaked is refused by every process without anybody
// being told, and nobody has to sign in again.
func TestAttack_LeakedKey(t *testing.T) {
	environ := pairs["real"](t)
	a, b := serve(t, environ), serve(t, environ)
	v := visit(t, a.URL()).login(newPerson(t, a.URL()))
	token := v.held().AccessToken
	leaked := kidOf(t, token)
	for _, s := range []*running{a, b} {
		await(t, "without the withdrawal, an answer", func() bool { status, _, _ := me(t, s.URL(), token); return status == http.StatusOK })
	}
	if code, out := operate(t, environ, operator.RetireKey{ID: leaked, Now: true}); code != 0 || len(out.lines) != 2 {
		t.Fatal(code, out)
	}
	for _, s := range []*running{a, b} {
		await(t, "the refusal", func() bool { status, _, _ := me(t, s.URL(), token); return status == http.StatusUnauthorized })
	}
	patiently(t, func() error { return second(v.Me(t.Context())) }) // the client refreshes by itself
	fresh := v.held().AccessToken
	if kidOf(t, fresh) == leaked {
		t.Error("the leaked key signs on")
	}
	await(t, "the new token at the other process", func() bool { status, _, _ := me(t, b.URL(), fresh); return status == http.StatusOK })
}

// A process that is ending answers for seconds still.
func TestAttack_LeakedKeyAtAProcessThatEnds(t *testing.T) {
	environ := pairs["real"](t)
	a, err := app.New(t.Context(), load(t, environ), app.Options{DrainPause: 15 * time.Second, DrainLimit: patience, RedisAnswer: patience})
	check(t, err)
	ctx, end := context.WithCancel(context.WithoutCancel(t.Context()))
	defer end()
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	token := visit(t, a.URL()).login(newPerson(t, a.URL())).held().AccessToken
	end()
	await(t, "the end", func() bool {
		status, err := ask(a.URL()+"/readyz", "")
		return err == nil && status == http.StatusServiceUnavailable
	})
	wantStatus(t, a.URL(), token, http.StatusOK) // without the withdrawal
	if code, out := operate(t, environ, operator.RetireKey{ID: kidOf(t, token), Now: true}); code != 0 {
		t.Fatal(code, out)
	}
	await(t, "the refusal", func() bool {
		status, err := ask(a.URL()+"/api/v1/users/me", token)
		return err == nil && status == http.StatusUnauthorized
	})
	check(t, <-ended)
}

// patiently tries again what a busy machine answers with 503.
func patiently(t testing.TB, try func() error) {
	t.Helper()
	var err error
	await(t, "an answer other than 503", func() bool {
		err = try()
		return !marquee.IsCode(err, marquee.CodeUnavailable)
	})
	check(t, err)
}
