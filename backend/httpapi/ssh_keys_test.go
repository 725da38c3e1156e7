package httpapi_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"example.com/marquee/common/marquee"
)

func wantCode(tb testing.TB, what string, err error, code marquee.Code) {
	tb.Helper()
	if marquee.ErrorCode(err) != code {
		tb.Errorf("%s: got %v, want %q", what, err, code)
	}
}

func TestSSHKeyFromLinkToRemoval(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		ctx := t.Context()
		laptop, key := r.comer("haneul"), newHolder(t)
		_, err := key.link(laptop, marquee.KeyLink{Name: " ", From: []string{"somewhere"}})
		wantCode(t, "without a name, from nowhere", err, marquee.CodeInvalid)
		linked, err := key.link(laptop, marquee.KeyLink{Name: "work laptop"})
		must(t, err)
		if linked.Fingerprint != key.fingerprint() || linked.Type != "ssh-ed25519" || linked.LastUsedAt != nil || linked.Name != "work laptop" {
			t.Errorf("%+v", linked)
		}

		by := r.client()
		must(t, key.signIn(by))
		me, err := by.Me(ctx)
		if err != nil || me.Username != "haneul" {
			t.Errorf("%+v %v", me, err)
		}
		keys, err := by.Keys(ctx)
		if err != nil || len(keys) != 1 || keys[0].LastUsedAt == nil {
			t.Errorf("%+v %v", keys, err)
		}
		page, err := by.Activity(ctx, marquee.PageRequest{})
		must(t, err)
		for _, kind := range []string{"ssh_key_linked", "signed_in"} {
			if !slices.ContainsFunc(page.Items, func(a marquee.Activity) bool { return a.Kind == kind && a.Key == linked.Fingerprint }) {
				t.Errorf("no %s with the key in %+v", kind, page.Items)
			}
		}

		_, err = key.link(r.comer("doyun"), marquee.KeyLink{})
		wantCode(t, "a key of somebody else", err, marquee.CodeKeyTaken)
		renamed := "desk"
		changed, err := laptop.ChangeKey(ctx, linked.ID, marquee.KeyPatch{Name: &renamed, From: &[]string{"192.0.2.7", "2001:db8::/32"}})
		must(t, err)
		if changed.Name != "desk" || !slices.Equal(changed.From, []string{"192.0.2.7/32", "2001:db8::/32"}) {
			t.Errorf("%+v", changed)
		}
		wantCode(t, "from elsewhere", key.signIn(r.client()), marquee.CodeInvalidGrant)
		_, err = laptop.ChangeKey(ctx, linked.ID, marquee.KeyPatch{From: &[]string{}})
		must(t, err)
		must(t, key.signIn(r.client()))

		must(t, laptop.RemoveKey(ctx, linked.ID))
		wantCode(t, "removed again", laptop.RemoveKey(ctx, linked.ID), marquee.CodeNotFound)
		_, err = by.Me(ctx)
		wantCode(t, "the session that it opened", err, marquee.CodeInvalidToken)
		wantCode(t, "a removed key", key.signIn(r.client()), marquee.CodeInvalidGrant)
		_, err = laptop.Me(ctx)
		must(t, err)
	})
}

func TestKeyAndSecondFactor(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		ctx := t.Context()
		c, key := r.comer("haneul"), newHolder(t)
		started, err := c.StartTOTP(ctx)
		must(t, err)
		codes, err := c.ConfirmTOTP(ctx, marquee.FirstCode{Code: r.code(started.Secret)})
		must(t, err)
		linked, err := key.link(c, marquee.KeyLink{})
		must(t, err)

		by := r.client()
		var e *marquee.Error
		if err := key.signIn(by); !errors.As(err, &e) || e.Code != marquee.CodeMFARequired || by.SignedIn() {
			t.Fatalf("the key alone: %v", err)
		}
		_, err = by.LoginMFA(ctx, marquee.SecondStep{Token: e.MFAToken, Code: codes[0]})
		must(t, err)
		_, err = by.StartTOTP(ctx)
		wantCode(t, "a session by key and code", err, marquee.CodeStepUpRequired)

		yes := true
		_, err = by.ChangeKey(ctx, linked.ID, marquee.KeyPatch{ReplacesSecondFactor: &yes})
		wantCode(t, "more power for the key, by the key", err, marquee.CodeStepUpRequired)
		_, err = c.ChangeKey(ctx, linked.ID, marquee.KeyPatch{ReplacesSecondFactor: &yes})
		must(t, err)
		must(t, key.signIn(r.client()))
	})
}

// A session by a key never becomes more than that.
func TestAttack_KeySessionTakesOver(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		ctx := t.Context()
		owner, key, other := r.comer("haneul"), newHolder(t), newHolder(t)
		_, err := key.link(owner, marquee.KeyLink{})
		must(t, err)
		thief := r.client()
		tokens, err := thief.LoginWithKey(ctx, key.prove(thief, marquee.SignInNamespace), marquee.Origin{})
		must(t, err)
		_, err = other.link(thief, marquee.KeyLink{})
		wantCode(t, "another key", err, marquee.CodeStepUpRequired)
		wantCode(t, "no second factor", thief.EndTOTP(ctx), marquee.CodeStepUpRequired)
		wantCode(t, "a password known", thief.StepUp(ctx, marquee.StepUp{Password: goodPassword}), marquee.CodeStepUpRefused)
		if got := jwtClaims(t, tokens); !slices.Equal(got.AMR, []string{"ssh"}) || got.AuthTime != 0 {
			t.Errorf("%+v", got)
		}
		_, err = other.link(owner, marquee.KeyLink{}) // the twin
		must(t, err)
	})
}

// jwtClaims reads what an access token says.
func jwtClaims(t *testing.T, tokens marquee.Tokens) (claims struct {
	jwt.RegisteredClaims
	AMR      []string `json:"amr"`
	AuthTime int64    `json:"auth_time"`
}) {
	t.Helper()
	_, _, err := jwt.NewParser().ParseUnverified(tokens.AccessToken, &claims)
	must(t, err)
	return claims
}

// What was signed for one server, purpose or moment is good for no other.
func TestAttack_SignatureUsedElsewhere(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		ctx := t.Context()
		owner, key := r.comer("haneul"), newHolder(t)
		_, err := key.link(owner, marquee.KeyLink{})
		must(t, err)
		c := r.client()
		nonce := func() string {
			challenge, err := c.Challenge(ctx, marquee.Origin{})
			must(t, err)
			return challenge.Nonce
		}
		login := func(p marquee.KeyProof) error {
			_, err := c.LoginWithKey(ctx, p, marquee.Origin{})
			return err
		}

		relayed := key.sign(marquee.SignInNamespace, nonce(), "https://films.evil.example")
		wantCode(t, "made for a relay", login(relayed), marquee.CodeOtherAddress)
		relayed.ServerOrigin = r.url
		wantCode(t, "made for a relay, under our name", login(relayed), marquee.CodeInvalidGrant)
		wantCode(t, "made to link", login(key.sign(marquee.LinkNamespace, nonce(), r.url)), marquee.CodeInvalidGrant)
		wantCode(t, "made for a file", login(key.sign("file", nonce(), r.url)), marquee.CodeInvalidGrant)
		wantCode(t, "of a nonce of his own", login(key.sign(marquee.SignInNamespace, "AQ", r.url)), marquee.CodeInvalidGrant)
		_, err = owner.LinkKey(ctx, marquee.KeyLink{Name: "x", KeyProof: newHolder(t).prove(c, marquee.SignInNamespace)})
		wantCode(t, "made to sign in, used to link", err, marquee.CodeInvalidGrant)
		old := key.sign(marquee.SignInNamespace, nonce(), r.url)
		r.clock.advance(61 * time.Second)
		wantCode(t, "of a minute ago", login(old), marquee.CodeInvalidGrant)

		good := key.sign(marquee.SignInNamespace, nonce(), r.url)
		must(t, login(good)) // the twin
		wantCode(t, "used again", login(good), marquee.CodeInvalidGrant)
	})
}

// Unknown, unlinked and disabled look alike.
func TestAttack_KeysTellWhoHasAnAccount(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		ctx := t.Context()
		removed, disabled, far := newHolder(t), newHolder(t), newHolder(t)
		owner := r.comer("haneul")
		k, err := removed.link(owner, marquee.KeyLink{})
		must(t, err)
		must(t, owner.RemoveKey(ctx, k.ID))
		_, err = far.link(owner, marquee.KeyLink{From: []string{"192.0.2.0/24"}})
		must(t, err)
		_, err = disabled.link(r.comer("doyun"), marquee.KeyLink{})
		must(t, err)
		must(t, disabled.signIn(r.client())) // the twin, before
		must(t, r.operator.SetActive(ctx, "doyun", false))
		said := map[string]bool{}
		for _, h := range []holder{newHolder(t), removed, disabled, far} {
			p := h.prove(r.client(), marquee.SignInNamespace)
			a := r.send(request{method: "POST", path: "/api/v1/auth/token", form: map[string][]string{
				"grant_type": {"ssh-signature"}, "nonce": {p.Nonce}, "origin": {p.ServerOrigin}, "signature": {p.Signature},
			}})
			r.want(a, 400, marquee.CodeInvalidGrant)
			said[a.str("detail")+a.str("error")+a.str("title")] = true
		}
		if len(said) != 1 {
			t.Errorf("%v", said)
		}
	})
}

func TestTooManyKeys(t *testing.T) {
	r := newRig(t, embeddedParts, options{})
	owner := r.comer("haneul")
	for range marquee.KeysMax {
		_, err := newHolder(t).link(owner, marquee.KeyLink{})
		must(t, err)
	}
	_, err := newHolder(t).link(owner, marquee.KeyLink{})
	wantCode(t, "one more", err, marquee.CodeTooManyKeys)
}
