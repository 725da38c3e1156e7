package httpapi_test

import (
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
)

// ask begins a sign-in that another session approves.
func ask(t *testing.T, c *client.Client) marquee.DeviceAuthorization {
	t.Helper()
	d, err := c.AskDevice(t.Context(), marquee.Origin{})
	must(t, err)
	return d
}

// poll asks whether the device was let in, after the time that it must wait.
func (r *rig) poll(c *client.Client, d marquee.DeviceAuthorization) error {
	r.clock.advance(time.Duration(d.Interval) * time.Second)
	_, err := c.LoginDevice(r.Context(), d.DeviceCode, marquee.Origin{})
	return err
}

func TestADeviceIsLetIn(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		ctx := t.Context()
		laptop, tv := r.comer("haneul"), r.client()
		d := ask(t, tv)
		if !strings.HasSuffix(d.VerificationURI, "/device") || !strings.Contains(d.VerificationURIComplete, d.UserCode) || d.Interval != 2 {
			t.Errorf("%+v", d)
		}
		wantCode(t, "before an answer", r.poll(tv, d), marquee.CodeAuthorizationPending)
		typed := " " + strings.ToLower(strings.ReplaceAll(d.UserCode, "-", " "))
		seen, err := laptop.DeviceRequest(ctx, typed, marquee.Origin{})
		must(t, err)
		if seen.UserCode != d.UserCode || seen.Number != d.Number || seen.Address == "" || seen.EndsThisSession {
			t.Errorf("%+v of %+v", seen, d)
		}
		must(t, laptop.AnswerDevice(ctx, typed, true, marquee.Origin{}))
		wantCode(t, "answered again", laptop.AnswerDevice(ctx, d.UserCode, false, marquee.Origin{}), marquee.CodeNotFound)
		must(t, r.poll(tv, d))
		me, err := tv.Me(ctx)
		if err != nil || me.Username != "haneul" {
			t.Errorf("%+v %v", me, err)
		}
		page, err := laptop.Activity(ctx, marquee.PageRequest{})
		must(t, err)
		if kinds := []string{page.Items[0].Kind, page.Items[1].Kind}; kinds[0] != "signed_in" || kinds[1] != "device_approved" {
			t.Errorf("%v", kinds)
		}
	})
}

// An answer that a thief has read opens nothing a second time.
func TestAttack_DeviceCodeReplayed(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		laptop, tv := r.comer("haneul"), r.client()
		d := ask(t, tv)
		must(t, laptop.AnswerDevice(t.Context(), d.UserCode, true, marquee.Origin{}))
		must(t, r.poll(tv, d)) // the twin
		wantCode(t, "the code again", r.poll(r.client(), d), marquee.CodeInvalidGrant)
		wantCode(t, "a code of his own", r.poll(r.client(), marquee.DeviceAuthorization{DeviceCode: "x", Interval: 2}), marquee.CodeInvalidGrant)
	})
}

// Who asks too often waits five seconds longer each time (RFC 8628 section
// 3.5), and is let in all the same.
func TestAttack_DevicePolledTooFast(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		laptop, tv := r.comer("haneul"), r.client()
		hasty := ask(t, tv)
		wantCode(t, "in time", r.poll(tv, hasty), marquee.CodeAuthorizationPending)
		_, err := tv.LoginDevice(t.Context(), hasty.DeviceCode, marquee.Origin{})
		wantCode(t, "at once again", err, marquee.CodeSlowDown)
		wantCode(t, "two seconds later", r.poll(tv, hasty), marquee.CodeSlowDown)
		hasty.Interval = 12
		wantCode(t, "twelve seconds later", r.poll(tv, hasty), marquee.CodeAuthorizationPending)
		must(t, laptop.AnswerDevice(t.Context(), hasty.UserCode, true, marquee.Origin{}))
		must(t, r.poll(tv, hasty)) // the twin
	})
}

// A thief lets a device of his own in, and keeps its code for later. When the
// session that he holds is ended the approval ends with it.
func TestAttack_DeviceKeptForLater(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		ctx := t.Context()
		owner, stolen := r.comer("haneul"), r.client()
		_, err := stolen.Login(ctx, marquee.Credentials{Login: "haneul", Password: goodPassword})
		must(t, err)
		kept, twin := ask(t, r.client()), ask(t, r.client())
		must(t, stolen.AnswerDevice(ctx, kept.UserCode, true, marquee.Origin{}))
		must(t, owner.AnswerDevice(ctx, twin.UserCode, true, marquee.Origin{}))
		must(t, owner.Logout(ctx, marquee.LogoutOthers))
		wantCode(t, "let in by a session that is ended", r.poll(r.client(), kept), marquee.CodeAccessDenied)
		must(t, r.poll(r.client(), twin))
	})
}

func TestADeviceIsNotLetIn(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		ctx := t.Context()
		laptop, tv := r.comer("haneul"), r.client()

		refused := ask(t, tv)
		must(t, laptop.AnswerDevice(ctx, refused.UserCode, false, marquee.Origin{}))
		wantCode(t, "refused", r.poll(tv, refused), marquee.CodeAccessDenied)

		changed := ask(t, tv)
		must(t, laptop.AnswerDevice(ctx, changed.UserCode, true, marquee.Origin{}))
		next := "another-long-phrase-7"
		_, err := laptop.UpdateMe(ctx, marquee.UserPatch{Password: &next, CurrentPassword: goodPassword})
		must(t, err)
		wantCode(t, "the password changed since", r.poll(tv, changed), marquee.CodeAccessDenied)

		late := ask(t, tv)
		r.clock.advance(10 * time.Minute)
		wantCode(t, "a late answer", laptop.AnswerDevice(ctx, late.UserCode, false, marquee.Origin{}), marquee.CodeNotFound)
		wantCode(t, "too late", r.poll(tv, late), marquee.CodeExpiredToken)
		must(t, laptop.StepUp(ctx, marquee.StepUp{Password: next}))
		twin := ask(t, tv)
		must(t, laptop.AnswerDevice(ctx, twin.UserCode, true, marquee.Origin{}))
		must(t, r.poll(tv, twin))
	})
}

// One approval is one session, however many ask at once.
func TestAttack_DeviceCodeUsedManyTimesAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		laptop := r.comer("haneul")
		d := ask(t, r.client())
		must(t, laptop.AnswerDevice(t.Context(), d.UserCode, true, marquee.Origin{}))
		var in atomic.Int32
		var all sync.WaitGroup
		for range 32 {
			c := r.client()
			all.Go(func() {
				if _, err := c.LoginDevice(t.Context(), d.DeviceCode, marquee.Origin{}); err == nil {
					in.Add(1)
				}
			})
		}
		all.Wait()
		if in.Load() != 1 {
			t.Errorf("%d sessions of one approval", in.Load())
		}
	})
}

// A session that was let in must not let in others, nor become one that a
// password opened.
func TestAttack_ApprovedSessionWidensItself(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		ctx := t.Context()
		laptop, tv := r.comer("haneul"), r.client()
		d := ask(t, tv)
		must(t, laptop.AnswerDevice(ctx, d.UserCode, true, marquee.Origin{}))
		must(t, r.poll(tv, d))
		second := ask(t, r.client())
		wantCode(t, "approve by a session that was approved", tv.AnswerDevice(ctx, second.UserCode, true, marquee.Origin{}), marquee.CodeStepUpRefused)
		wantCode(t, "step up in it", tv.StepUp(ctx, marquee.StepUp{Password: goodPassword}), marquee.CodeStepUpRefused)
		key := newHolder(t)
		_, err := key.link(laptop, marquee.KeyLink{})
		must(t, err)
		byKey := r.client()
		_, err = byKey.LoginWithKey(ctx, key.prove(byKey, marquee.SignInNamespace), marquee.Origin{})
		must(t, err)
		wantCode(t, "approve by a session of an SSH key", byKey.AnswerDevice(ctx, second.UserCode, true, marquee.Origin{}), marquee.CodeStepUpRefused)
		r.clock.advance(11 * time.Minute)
		_, err = tv.StartTOTP(ctx)
		wantCode(t, "sensitive, the approver's sign-in being old", err, marquee.CodeStepUpRequired)
		wantCode(t, "approve with an old sign-in", laptop.AnswerDevice(ctx, ask(t, tv).UserCode, true, marquee.Origin{}), marquee.CodeStepUpRequired)
		must(t, laptop.StepUp(ctx, marquee.StepUp{Password: goodPassword}))
		must(t, laptop.AnswerDevice(ctx, ask(t, tv).UserCode, true, marquee.Origin{})) // the twin
	})
}

// Who tries user codes is soon told to wait, whether he looks or answers; many
// accounts at one address gain little.
func TestAttack_GuessedUserCodes(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		limits := auth.DefaultLimits()
		limits.UserCode.Burst, limits.UserCodes.Burst = 4, 7
		r := newRig(t, with, options{limits: &limits, cfg: behindProxy()})
		guess := func(token, method, from string) int {
			q := request{method: method, path: "/api/v1/auth/device/BBBBBBBB", token: token, header: map[string]string{"X-Forwarded-For": from}}
			if method == "POST" {
				q.json = object{"approve": true}
			}
			got := r.send(q)
			if got.status == 429 && (got.header.Get("Retry-After") == "" || got.header.Get("Content-Type") != "application/problem+json") {
				t.Errorf("%v", got.header)
			}
			return got.status
		}
		mina, joon := r.signIn("mina"), r.signIn("joon")
		const attic, cafe = "198.51.100.7", "198.51.100.8"
		var got []int
		for i := range 6 {
			got = append(got, guess(mina, []string{"GET", "POST"}[i%2], attic))
		}
		for range 4 {
			got = append(got, guess(joon, "GET", attic))
		}
		if want := []int{404, 404, 404, 404, 429, 429, 404, 404, 404, 429}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
		other := r.signIn("sora") // the twin: somebody else, somewhere else
		d := ask(t, r.client())
		r.want(r.send(request{method: "GET", path: "/api/v1/auth/device/" + d.UserCode, token: other, header: from(cafe)}), 200, "")
	})
}

// What anybody may begin and ask without an account is bounded by his network.
func TestAttack_FloodOfWhatNeedsNoAccount(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		few := marquee.Limit{Rate: 2, Period: time.Hour, Burst: 2}
		limits := auth.DefaultLimits()
		limits.AskDevice, limits.Challenge, limits.PollDevice = few, few, few
		r := newRig(t, with, options{limits: &limits, cfg: behindProxy()})
		for _, flood := range []struct {
			request
			status int
		}{
			{request{path: "/api/v1/auth/device"}, 200},
			{request{path: "/api/v1/auth/challenge"}, 200},
			{request{path: "/api/v1/auth/token", form: url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "device_code": {"x"}}}, 400},
		} {
			q := flood.request
			q.method, q.header = "POST", from("198.51.100.7")
			for _, want := range []int{flood.status, flood.status, 429} {
				got := r.send(q)
				if got.status != want {
					t.Errorf("%s: %d, want %d", q.path, got.status, want)
				}
				if want == 429 && (got.header.Get("Retry-After") == "" || got.header.Get("Content-Type") != "application/problem+json") {
					t.Errorf("%s: %v", q.path, got.header)
				}
			}
			q.header = from("198.51.100.8") // the twin
			if got := r.send(q); got.status != flood.status {
				t.Errorf("%s from another network: %d", q.path, got.status)
			}
		}
	})
}
