package httpapi_test

import (
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
		wantCode(t, "the code again", r.poll(r.client(), d), marquee.CodeInvalidGrant)
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

		hasty := ask(t, tv)
		wantCode(t, "in time", r.poll(tv, hasty), marquee.CodeAuthorizationPending)
		_, err := tv.LoginDevice(ctx, hasty.DeviceCode, marquee.Origin{})
		wantCode(t, "at once again", err, marquee.CodeSlowDown)
		wantCode(t, "two seconds later", r.poll(tv, hasty), marquee.CodeSlowDown)
		hasty.Interval = 12
		wantCode(t, "twelve seconds later", r.poll(tv, hasty), marquee.CodeAuthorizationPending)

		changed := ask(t, tv)
		must(t, laptop.AnswerDevice(ctx, changed.UserCode, true, marquee.Origin{}))
		next := "another-long-phrase-7"
		_, err = laptop.UpdateMe(ctx, marquee.UserPatch{Password: &next, CurrentPassword: goodPassword})
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
		r.clock.advance(11 * time.Minute)
		_, err := tv.StartTOTP(ctx)
		wantCode(t, "sensitive, the approver's sign-in being old", err, marquee.CodeStepUpRequired)
		wantCode(t, "approve with an old sign-in", laptop.AnswerDevice(ctx, ask(t, tv).UserCode, true, marquee.Origin{}), marquee.CodeStepUpRequired)
		must(t, laptop.StepUp(ctx, marquee.StepUp{Password: goodPassword}))
		must(t, laptop.AnswerDevice(ctx, ask(t, tv).UserCode, true, marquee.Origin{})) // the twin
	})
}

// Who tries user codes is soon told to wait.
func TestAttack_GuessedUserCodes(t *testing.T) {
	limits := auth.DefaultLimits()
	r := newRig(t, embeddedParts, options{limits: &limits})
	c := r.comer("haneul")
	for range 40 {
		if _, err := c.DeviceRequest(t.Context(), "BBBB-BBBB", marquee.Origin{}); marquee.IsCode(err, marquee.CodeTooManyRequests) {
			other := r.comer("doyun") // the twin
			_, err := other.DeviceRequest(t.Context(), ask(t, r.client()).UserCode, marquee.Origin{})
			must(t, err)
			return
		}
	}
	t.Error("forty guesses, and none was too many")
}
