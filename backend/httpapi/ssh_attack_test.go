package httpapi_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/hiddeco/sshsig"

	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
)

// What is signed names the key that signs: with the name of another one it is
// good for neither.
func TestAttack_SignatureNamingAnotherKey(t *testing.T) {
	r := newRig(t, embeddedParts, options{})
	owner, his, mine := r.comer("haneul"), newHolder(t), newHolder(t)
	for _, h := range []holder{his, mine} {
		_, err := h.link(owner, marquee.KeyLink{})
		must(t, err)
	}
	c := r.client()
	naming := func(other holder) error {
		challenge, err := c.Challenge(t.Context(), marquee.Origin{})
		must(t, err)
		text := marquee.ChallengeText(marquee.SignInNamespace, challenge.Nonce, other.fingerprint(), c.Origin())
		sig, err := sshsig.Sign(strings.NewReader(text), mine, sshsig.HashSHA512, marquee.SignInNamespace)
		must(t, err)
		_, err = c.LoginWithKey(t.Context(), marquee.KeyProof{Nonce: challenge.Nonce, ServerOrigin: c.Origin(), Signature: string(sshsig.Armor(sig))}, marquee.Origin{})
		return err
	}
	wantCode(t, "another's fingerprint", naming(his), marquee.CodeInvalidGrant)
	must(t, naming(mine)) // the twin
}

// A key that is removed while it signs in opens nothing that lasts, at
// whatever step the removal comes.
func TestAttack_KeyRemovedDuringTheSignIn(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		ctx := t.Context()
		owner, key := r.comer("haneul"), newHolder(t)
		link := func() marquee.SSHKey {
			k, err := key.link(owner, marquee.KeyLink{})
			must(t, err)
			return k
		}
		signIn := func(c *client.Client, p marquee.KeyProof) error {
			_, err := c.LoginWithKey(ctx, p, marquee.Origin{})
			return err
		}

		linked, c := link(), r.client()
		proof := key.prove(c, marquee.SignInNamespace)
		must(t, owner.RemoveKey(ctx, linked.ID))
		wantCode(t, "removed after the challenge", signIn(c, proof), marquee.CodeInvalidGrant)
		linked = link()
		must(t, signIn(c, proof)) // the twin: a proof that failed is not spent, and the key is back
		must(t, owner.RemoveKey(ctx, linked.ID))

		for range 4 {
			linked, c := link(), r.client()
			proof := key.prove(c, marquee.SignInNamespace)
			var signedIn, removed error
			var both sync.WaitGroup
			both.Go(func() { signedIn = signIn(c, proof) })
			both.Go(func() { removed = owner.RemoveKey(ctx, linked.ID) })
			both.Wait()
			must(t, removed)
			if signedIn != nil {
				wantCode(t, "removed at once", signedIn, marquee.CodeInvalidGrant)
				continue
			}
			_, err := c.Me(ctx)
			wantCode(t, "the session of a key that was removed at once", err, marquee.CodeInvalidToken)
		}

		linked = link()
		started, err := owner.StartTOTP(ctx)
		must(t, err)
		codes, err := owner.ConfirmTOTP(ctx, marquee.FirstCode{Code: r.code(started.Secret)})
		must(t, err)
		between := func(remove bool, code string) error {
			c := r.client()
			var e *marquee.Error
			if err := key.signIn(c); !errors.As(err, &e) || e.Code != marquee.CodeMFARequired {
				t.Fatalf("the key alone: %v", err)
			}
			if remove {
				must(t, owner.RemoveKey(ctx, linked.ID))
			}
			_, err := c.LoginMFA(ctx, marquee.SecondStep{Token: e.MFAToken, Code: code})
			return err
		}
		must(t, between(false, codes[0])) // the twin
		wantCode(t, "removed before the code", between(true, codes[1]), marquee.CodeAttemptOver)
	})
}

// A key opens one account, whoever links it first: of two who link it in one
// moment, one is told that it is taken.
func TestAttack_KeyOfSomebodyElseLinked(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		people := []*client.Client{r.comer("haneul"), r.comer("doyun")}
		for range 3 {
			key := newHolder(t)
			var got [2]error
			var both sync.WaitGroup
			for i, c := range people {
				how := marquee.KeyLink{Name: "laptop", KeyProof: key.prove(c, marquee.LinkNamespace)}
				both.Go(func() { _, got[i] = c.LinkKey(t.Context(), how) })
			}
			both.Wait()
			first, second := got[0], got[1]
			if first != nil {
				first, second = second, first
			}
			must(t, first) // the twin
			wantCode(t, "linked a moment later", second, marquee.CodeKeyTaken)
		}
	})
}

// A session by a key, with the code besides, takes no second factor away and
// gives none, until the password is given.
func TestAttack_KeySessionRemovesTheSecondFactor(t *testing.T) {
	r := newRig(t, embeddedParts, options{})
	ctx := t.Context()
	owner, key := r.comer("haneul"), newHolder(t)
	_, err := key.link(owner, marquee.KeyLink{ReplacesSecondFactor: true})
	must(t, err)
	started, err := owner.StartTOTP(ctx)
	must(t, err)
	codes, err := owner.ConfirmTOTP(ctx, marquee.FirstCode{Code: r.code(started.Secret)})
	must(t, err)
	thief := r.client()
	must(t, key.signIn(thief)) // the key replaces the code, as its owner chose
	wantCode(t, "no second factor", thief.EndTOTP(ctx), marquee.CodeStepUpRequired)
	_, err = thief.RenewRecoveryCodes(ctx)
	wantCode(t, "recovery codes", err, marquee.CodeStepUpRequired)
	_, err = newHolder(t).link(thief, marquee.KeyLink{})
	wantCode(t, "a key of his own", err, marquee.CodeStepUpRequired)
	wantCode(t, "password and code known", thief.StepUp(ctx, marquee.StepUp{Password: goodPassword, Code: codes[0]}), marquee.CodeStepUpRefused)
	must(t, owner.EndTOTP(ctx)) // the twin
}
