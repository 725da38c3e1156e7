package httpapi_test

import (
	"bytes"
	"crypto/sha256"
	"os"
	"strings"
	"testing"

	"example.com/marquee/common/marquee"
)

// A session that a key opened may refuse, and must let nobody in: it would
// give away what it has not.
func TestAttack_KeySessionLetsOthersIn(t *testing.T) {
	r := newRig(t, embeddedParts, options{})
	ctx := t.Context()
	laptop, byKey, key := r.comer("mina"), r.client(), newHolder(t)
	_, err := key.link(laptop, marquee.KeyLink{})
	must(t, err)
	must(t, key.signIn(byKey))
	tv := r.client()
	d := ask(t, tv)
	wantCode(t, "let in by a key's session", byKey.AnswerDevice(ctx, d.UserCode, true, marquee.Origin{}), marquee.CodeStepUpRefused)
	wantCode(t, "step up in it", byKey.StepUp(ctx, marquee.StepUp{Password: goodPassword}), marquee.CodeStepUpRefused)
	wantCode(t, "nobody has answered", r.poll(tv, d), marquee.CodeAuthorizationPending)
	must(t, laptop.AnswerDevice(ctx, d.UserCode, true, marquee.Origin{})) // the twin
	must(t, r.poll(tv, d))
	other := ask(t, tv)
	must(t, byKey.AnswerDevice(ctx, other.UserCode, false, marquee.Origin{}))
	wantCode(t, "refused by it", r.poll(r.client(), other), marquee.CodeAccessDenied)
}

// Who reads the database can neither poll nor answer: no code lies in it, nor
// a hash that could be made of all the codes there are.
func TestAttack_DeviceCodesReadFromTheDatabase(t *testing.T) {
	r := newRig(t, embeddedParts, options{})
	d := r.want(r.send(request{method: "POST", path: "/api/v1/auth/device", header: map[string]string{"User-Agent": "a telling agent"}}), 200, "")
	path, _ := strings.CutPrefix(r.dbURL, "sqlite:")
	var all []byte
	for _, name := range []string{path, path + "-wal"} {
		some, err := os.ReadFile(name)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		all = append(all, some...)
	}
	holds := func(what string) bool { return bytes.Contains(all, []byte(what)) }
	if !holds("a telling agent") { // the twin: the request is there
		t.Fatal("the request does not lie in these files")
	}
	userCode := d.str("user_code")
	bare := strings.ReplaceAll(userCode, "-", "")
	for _, secret := range []string{d.str("device_code"), userCode, bare} {
		if holds(secret) {
			t.Errorf("%q lies at rest", secret)
		}
	}
	for _, guess := range []string{userCode, bare} {
		if sum := sha256.Sum256([]byte(guess)); holds(string(sum[:])) {
			t.Errorf("the plain hash of %q lies at rest", guess)
		}
	}
}

// The one who approves is told before that it signs him out.
func TestApprovalThatEndsTheApproverSaysSo(t *testing.T) {
	r := newRig(t, embeddedParts, options{})
	ctx := t.Context()
	laptop := r.comer("mina")
	for n := range 10 { // sessions that a person may have, and one more
		tv := r.client()
		d := ask(t, tv)
		seen, err := laptop.DeviceRequest(ctx, d.UserCode, marquee.Origin{})
		must(t, err)
		if last := n == 9; seen.EndsThisSession != last {
			t.Fatalf("device %d ends this session: %v", n, seen.EndsThisSession)
		}
		must(t, laptop.AnswerDevice(ctx, d.UserCode, true, marquee.Origin{}))
		must(t, r.poll(tv, d))
	}
	_, err := laptop.Me(ctx)
	wantCode(t, "the approver", err, marquee.CodeInvalidToken)
}
