package auth_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

// during starts a process in which something happens once, between a read of
// an account and its use.
func (r *rig) during(t *testing.T, happens func()) *auth.Service {
	t.Helper()
	var once sync.Once
	return r.process(t, func(d *auth.Deps, _ *auth.Config) {
		d.Accounts = &heldAccounts{d.Accounts, func() { once.Do(happens) }}
	})
}

// A second factor put to use while a sign-in checks the password: a thief who
// has that keeps sign-ins under way until then, and would have a session that
// no code was asked for.
func TestAttack_SignInDuringFactorConfirmation(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		for name, signIn := range map[string]func(s *auth.Service, c marquee.Credentials) error{
			"haneul": func(s *auth.Service, c marquee.Credentials) error { _, err := s.Login(t.Context(), c); return err },
			"bora": func(s *auth.Service, c marquee.Credentials) error {
				_, _, err := s.LoginBrowser(t.Context(), c)
				return err
			},
		} {
			r.register(t, name)
			credentials := marquee.Credentials{Login: name, Password: password, Origin: home}
			if err := signIn(r.during(t, func() {}), credentials); err != nil {
				t.Errorf("twin: %v", err)
			}
			owner := r.login(t, name)
			err := signIn(r.during(t, func() { r.enrol(t, owner) }), credentials)
			wantCode(t, "the password alone", err, marquee.CodeMFARequired)
			if open, err := r.auth.Sessions(r.as(t, owner.AccessToken)); err != nil || len(open) != 1 {
				t.Errorf("%d sessions are open, %v", len(open), err)
			}
		}
	})
}

// A session that its owner ends while it asks for something lasting: when the
// end is answered, nothing of it happens any more.
func TestAttack_EndedSessionChangesTheAccount(t *testing.T) {
	name, address, secret := "renamed", "thief@example.com", "another password of the rig"
	started := ""
	actions := []struct {
		name    string
		factor  bool
		prepare func(t *testing.T, r *rig, ctx context.Context)
		do      func(s *auth.Service, ctx context.Context, r *rig) error
	}{
		{"user name", false, nil, func(s *auth.Service, ctx context.Context, _ *rig) error {
			_, err := s.UpdateMe(ctx, marquee.UserPatch{Username: &name})
			return err
		}},
		{"address", false, nil, func(s *auth.Service, ctx context.Context, _ *rig) error {
			_, err := s.UpdateMe(ctx, marquee.UserPatch{Email: &address, CurrentPassword: password})
			return err
		}},
		{"password", false, nil, func(s *auth.Service, ctx context.Context, _ *rig) error {
			_, err := s.UpdateMe(ctx, marquee.UserPatch{Password: &secret, CurrentPassword: password})
			return err
		}},
		{"second factor on", false, func(t *testing.T, r *rig, ctx context.Context) {
			k, err := r.auth.StartTOTP(ctx)
			if err != nil {
				t.Fatal(err)
			}
			started = k.Secret
		}, func(s *auth.Service, ctx context.Context, r *rig) error {
			_, err := s.ConfirmTOTP(ctx, marquee.FirstCode{Code: app{r, started}.code(t, 0)})
			return err
		}},
		{"second factor off", true, nil, func(s *auth.Service, ctx context.Context, _ *rig) error { return s.EndTOTP(ctx) }},
		{"recovery codes", true, nil, func(s *auth.Service, ctx context.Context, _ *rig) error {
			_, err := s.RenewRecoveryCodes(ctx)
			return err
		}},
		{"deletion", false, nil, func(s *auth.Service, ctx context.Context, _ *rig) error {
			return s.DeleteMe(ctx, marquee.Deletion{CurrentPassword: password})
		}},
	}
	onBoth(t, func(t *testing.T, r *rig) {
		for i, action := range actions {
			who := fmt.Sprint("person", i)
			u := r.register(t, who)
			pair := r.login(t, who)
			if action.factor {
				r.enrol(t, pair)
			}
			ctx := r.as(t, pair.AccessToken)
			if action.prepare != nil {
				action.prepare(t, r, ctx)
			}
			before, err := r.store.AccountByID(t.Context(), u.ID)
			if err != nil {
				t.Fatal(err)
			}
			s := r.during(t, func() {
				if err := r.auth.LogoutWithRefreshToken(t.Context(), pair.RefreshToken, marquee.LogoutGlobal); err != nil {
					t.Error(err)
				}
			})
			wantCode(t, action.name, action.do(s, ctx, r), marquee.CodeInvalidToken)
			after, err := r.store.AccountByID(t.Context(), u.ID)
			if err != nil || !reflect.DeepEqual(before, after) {
				t.Errorf("%s: %+v became %+v, %v", action.name, before, after, err)
			}
			if action.factor || action.prepare != nil {
				continue // the twins of these sign in with a code: TestSecondFactor
			}
			ctx = r.as(t, r.login(t, who).AccessToken)
			if err := action.do(r.during(t, func() {}), ctx, r); err != nil {
				t.Errorf("%s, the twin: %v", action.name, err)
			}
			name, address = name+"x", "x"+address
		}
	})
}

// SSH keys are no exception.
func TestAttack_EndedSessionChangesKeys(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		u := r.register(t, "haneul")
		pair := r.login(t, "haneul")
		ctx := r.as(t, pair.AccessToken)
		key := func(name string) auth.LinkedKey {
			return auth.LinkedKey{UserID: u.ID, PublicKey: "ssh-ed25519 " + name, SSHKey: marquee.SSHKey{ID: auth.NewID(), Name: name, Fingerprint: "SHA256:" + name}}
		}
		mine, err := r.store.LinkKey(ctx, key("mine"), 10, home)
		if err != nil {
			t.Fatalf("the twin: %v", err)
		}
		if err := r.auth.Logout(ctx, marquee.LogoutLocal); err != nil {
			t.Fatal(err)
		}
		_, err = r.store.LinkKey(ctx, key("theirs"), 10, home)
		wantCode(t, "linked", err, marquee.CodeInvalidToken)
		_, err = r.store.ChangeKey(ctx, u.ID, mine.ID, func(k *auth.LinkedKey) error { k.ReplacesSecondFactor = true; return nil })
		wantCode(t, "widened", err, marquee.CodeInvalidToken)
		_, _, err = r.store.RemoveKey(ctx, u.ID, mine.ID, auth.EndKey)
		wantCode(t, "removed", err, marquee.CodeInvalidToken)
		if keys, err := r.store.KeysOf(t.Context(), u.ID); err != nil || len(keys) != 1 || keys[0].ReplacesSecondFactor {
			t.Errorf("%+v %v", keys, err)
		}
	})
}

// heldFailures keeps the records of one account's failures from arriving.
type heldFailures struct {
	auth.ActivityRecord
	of      string
	release chan struct{}
}

func (h heldFailures) RecordFailure(ctx context.Context, e auth.Event, most int) error {
	if e.UserID == h.of {
		<-h.release
	}
	return h.ActivityRecord.RecordFailure(context.WithoutCancel(ctx), e, most)
}

// While somebody guesses at one account, another's activity can be read, and
// the process lives: a counter that never comes to rest can be waited for
// without end, and one of sync panics.
func TestAttack_GuessingHidesTheActivity(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		victim := r.register(t, "haneul")
		r.register(t, "bora")
		ctx := r.as(t, r.login(t, "bora").AccessToken)
		own := r.as(t, r.login(t, "haneul").AccessToken)
		held := heldFailures{r.store, victim.ID, make(chan struct{})}
		s := r.process(t, func(d *auth.Deps, _ *auth.Config) { d.Activity = held })
		_, err := s.Login(t.Context(), marquee.Credentials{Login: "haneul", Password: "a guess", Origin: home})
		wantCode(t, "a guess", err, marquee.CodeWrongCredentials)
		ctx, cancel := context.WithTimeoutCause(ctx, patience, errors.New("it waited for the record of another account"))
		defer cancel()
		answered := make(chan error, 1)
		go func() {
			_, err := s.Activity(ctx, marquee.PageRequest{})
			answered <- err
		}()
		select {
		case err := <-answered:
			if err != nil {
				t.Error(err)
			}
		case <-ctx.Done():
			t.Error(context.Cause(ctx))
		}
		// The twin: whose account it is waits, and reads of it; no longer than
		// his request has.
		hasty, stop := context.WithCancel(own)
		stop()
		_, err = s.Activity(hasty, marquee.PageRequest{})
		wantCode(t, "no time", err, marquee.CodeUnavailable)
		close(held.release)
		page, err := s.Activity(own, marquee.PageRequest{})
		if err != nil || len(page.Items) != 2 || page.Items[0].Kind != auth.EventSignInFailed && page.Items[1].Kind != auth.EventSignInFailed {
			t.Errorf("%+v %v", page.Items, err)
		}
	})
}
