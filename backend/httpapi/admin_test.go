package httpapi_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
)

// member is somebody by the client that everybody uses.
type member struct {
	*client.Client
	id string
}

// member makes an account and signs in.
func (r *rig) member(name string, superuser bool) member {
	r.Helper()
	u, err := r.operator.CreateUser(r.Context(), marquee.Registration{Email: name + "@example.com", Username: name, Password: goodPassword}, superuser)
	must(r, err)
	return member{r.signedIn(name), u.ID}
}

// signedIn is one more client of somebody.
func (r *rig) signedIn(name string) *client.Client {
	r.Helper()
	c, err := client.New(client.Options{BaseURL: r.url})
	must(r, err)
	r.Cleanup(c.Close)
	_, err = c.Login(r.Context(), marquee.Credentials{Login: name, Password: goodPassword})
	must(r, err)
	return c
}

func (r *rig) wantCode(what string, err error, code marquee.Code) {
	r.Helper()
	if marquee.ErrorCode(err) != code {
		r.Errorf("%s: %v, want %q", what, err, code)
	}
}

func flag(b bool) *bool { return &b }

// kinds are the newest rows of somebody's activity, newest first: "kind by name".
func (r *rig) kinds(c *client.Client, n int) string {
	r.Helper()
	page, err := c.Activity(r.Context(), marquee.PageRequest{Limit: n})
	must(r, err)
	var all []string
	for _, a := range page.Items {
		name := ""
		if a.ByName != nil {
			name = *a.ByName
		}
		all = append(all, strings.TrimSpace(a.Kind+" "+a.By+" "+name))
	}
	return strings.Join(all, ", ")
}

func TestSuperuserDisablesAndEnables(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		ctx := t.Context()
		boss, mina := r.member("boss", true), r.member("mina", false)
		pair := r.login("mina")
		token := pair.str("access_token")
		stream := r.listen(token)

		u, err := boss.ChangeUser(ctx, mina.id, marquee.UserChange{IsActive: flag(false)})
		if err != nil || u.IsActive || u.Username != "mina" {
			t.Fatalf("%+v %v", u, err)
		}
		r.want(r.me(token), http.StatusUnauthorized, marquee.CodeInvalidToken)
		_, err = mina.Me(ctx)
		r.wantCode("another session, its refresh token included", err, marquee.CodeInvalidToken)
		stream.want(marquee.LiveSessionEnded, pair.str("session_id"))
		_, err = mina.Login(ctx, marquee.Credentials{Login: "mina", Password: goodPassword})
		r.wantCode("disabled", err, marquee.CodeWrongCredentials)
		r.operator.Settle() // the rows have an order
		_, err = boss.ChangeUser(ctx, mina.id, marquee.UserChange{IsActive: flag(false)})
		must(t, err) // again, as after a lost answer
		if log := r.log.String(); !strings.Contains(log, `"event":"account_disabled","user":"`+mina.id) || !strings.Contains(log, `"by":"admin","by_user":"`+boss.id) {
			t.Error("the operators' log does not say who did it")
		}

		r.clock.advance(time.Second)
		u, err = boss.ChangeUser(ctx, mina.id, marquee.UserChange{IsActive: flag(true)})
		if err != nil || !u.IsActive {
			t.Fatalf("%+v %v", u, err)
		}
		r.clock.advance(time.Second)
		again := r.signedIn("mina")
		if got := r.kinds(again, 2); got != "signed_in self, account_enabled admin boss" {
			t.Error(got)
		}
		whole := r.kinds(again, 100)
		if strings.Count(whole, "account_disabled admin boss") != 1 || strings.Count(whole, "session_ended admin boss") != 2 {
			t.Error(whole)
		}
	})
}

// What somebody may do is what SQL says at that moment, whatever his token
// was made under.
func TestAttack_SuperuserNoMore(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		ctx := t.Context()
		boss, mallory, mina := r.member("boss", true), r.member("mallory", false), r.member("mina", false)
		take := func() []error {
			_, list := mallory.Users(ctx, marquee.UserFilter{})
			_, change := mallory.ChangeUser(ctx, mina.id, marquee.UserChange{IsActive: flag(true)})
			_, grant := mallory.ChangeUser(ctx, mallory.id, marquee.UserChange{IsSuperuser: flag(true)})
			return []error{list, change, grant}
		}
		for _, err := range take() {
			r.wantCode("never one", err, marquee.CodeForbidden)
		}
		_, err := boss.ChangeUser(ctx, mallory.id, marquee.UserChange{IsSuperuser: flag(true)})
		must(t, err)
		for _, err := range take() { // the twin, with the same tokens
			must(t, err)
		}
		u, err := boss.ChangeUser(ctx, mallory.id, marquee.UserChange{IsSuperuser: flag(false)})
		if err != nil || u.IsSuperuser {
			t.Fatalf("%+v %v", u, err)
		}
		for _, err := range take() {
			r.wantCode("no more", err, marquee.CodeForbidden)
		}
		if got := r.kinds(mallory.Client, 100); strings.Count(got, "superuser_granted admin boss") != 1 || strings.Count(got, "superuser_revoked admin boss") != 1 {
			t.Error(got)
		}
	})
}

func TestAttack_AdminWithAnOldSignIn(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		ctx := t.Context()
		boss, mina := r.member("boss", true), r.member("mina", false)
		r.clock.advance(11 * time.Minute)
		change := marquee.UserChange{IsSuperuser: flag(true)}
		_, err := boss.ChangeUser(ctx, mina.id, change)
		r.wantCode("eleven minutes later", err, marquee.CodeStepUpRequired)
		_, err = boss.Users(ctx, marquee.UserFilter{})
		must(t, err)
		must(t, boss.StepUp(ctx, marquee.StepUp{Password: goodPassword}))
		_, err = boss.ChangeUser(ctx, mina.id, change)
		must(t, err)
	})
}

// Two superusers who take each other's place at once leave one.
func TestSomeSuperuserIsLeft(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		ctx := t.Context()
		boss := r.member("boss", true)
		off := marquee.UserChange{IsSuperuser: flag(false)}
		_, err := boss.ChangeUser(ctx, boss.id, off)
		r.wantCode("the last one", err, marquee.CodeLastSuperuser)
		_, err = boss.ChangeUser(ctx, boss.id, marquee.UserChange{IsActive: flag(false)})
		r.wantCode("oneself", err, marquee.CodeOwnAccount)
		_, err = boss.ChangeUser(ctx, "0193e7c2-0000-7000-8000-000000000000", off)
		r.wantCode("nobody", err, marquee.CodeNotFound)

		disabled := r.member("asleep", true) // does not count
		_, err = boss.ChangeUser(ctx, disabled.id, marquee.UserChange{IsActive: flag(false)})
		must(t, err)
		_, err = boss.ChangeUser(ctx, boss.id, off)
		r.wantCode("the last active one", err, marquee.CodeLastSuperuser)

		other := r.member("other", true)
		var errs [2]error
		var both sync.WaitGroup
		for i, m := range []struct{ by, whom member }{{boss, other}, {other, boss}} {
			both.Go(func() { _, errs[i] = m.by.ChangeUser(ctx, m.whom.id, off) })
		}
		both.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("%v, %v", errs[0], errs[1])
		}
		left := boss
		if errs[0] != nil {
			left = other
		}
		page, err := left.Users(ctx, marquee.UserFilter{State: marquee.UsersSuperuser})
		if err != nil || len(page.Items) != 2 || page.Total != 2 {
			t.Errorf("%+v %v", page, err)
		}
	})
}

func TestUsersInPages(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		ctx := t.Context()
		boss := r.member("Boss", true)
		for name, email := range map[string]string{"mina_a": "ma", "mina-b": "mb", "Haneul": "h", "김하늘봄": "sky", "zoe.9": "z"} {
			_, err := r.operator.CreateUser(ctx, marquee.Registration{Email: email + "@example.com", Username: name, Password: goodPassword}, false)
			must(t, err)
		}
		must(t, r.operator.SetActive(ctx, "zoe.9", false))
		list := func(f marquee.UserFilter) (marquee.UserPage, string) {
			t.Helper()
			p, err := boss.Users(ctx, f)
			must(t, err)
			var names []string
			for _, u := range p.Items {
				names = append(names, u.Username)
			}
			return p, strings.Join(names, " ")
		}
		first, names := list(marquee.UserFilter{Page: marquee.PageRequest{Limit: 4}})
		if names != "Boss Haneul mina-b mina_a" || first.PrevCursor != nil || first.NextCursor == nil || first.Total != 6 || first.TotalIs != marquee.TotalExact {
			t.Fatalf("%s %+v", names, first)
		}
		second, names := list(marquee.UserFilter{Page: marquee.PageRequest{Limit: 4, Cursor: *first.NextCursor}})
		if names != "zoe.9 김하늘봄" || second.NextCursor != nil || second.PrevCursor == nil {
			t.Errorf("%s %+v", names, second)
		}
		back, names := list(marquee.UserFilter{Page: marquee.PageRequest{Limit: 3, Cursor: *second.PrevCursor}})
		if names != "Haneul mina-b mina_a" || back.PrevCursor == nil || back.NextCursor == nil {
			t.Errorf("%s %+v", names, back)
		}
		last, names := list(marquee.UserFilter{Page: marquee.PageRequest{Limit: 4, At: "end"}})
		if names != "mina-b mina_a zoe.9 김하늘봄" || last.NextCursor != nil || last.PrevCursor == nil {
			t.Errorf("%s %+v", names, last)
		}
		for query, want := range map[string]string{"MINA": "mina-b mina_a", "a_a": "mina_a", "하늘": "김하늘봄", "SKY@": "김하늘봄", "%": "", "!": ""} {
			if p, names := list(marquee.UserFilter{Query: query}); names != want || p.Total != len(p.Items) {
				t.Errorf("%q: %s, %d", query, names, p.Total)
			}
		}
		for state, want := range map[marquee.UserState]string{marquee.UsersDisabled: "zoe.9", marquee.UsersSuperuser: "Boss", marquee.UsersActive: "Boss Haneul mina-b mina_a 김하늘봄"} {
			if _, names := list(marquee.UserFilter{State: state}); names != want {
				t.Errorf("%s: %s", state, names)
			}
		}
		for _, bad := range []marquee.UserFilter{{State: "odd"}, {Page: marquee.PageRequest{Cursor: "?"}}, {Page: marquee.PageRequest{Cursor: "eA"}}, {Page: marquee.PageRequest{At: "m"}}} {
			_, err := r.operator.Users(marquee.WithActor(ctx, marquee.Actor{UserID: boss.id}), bad)
			r.wantCode("bad filter", err, marquee.CodeInvalid)
		}
		if page, err := boss.Users(ctx, marquee.UserFilter{}); err != nil || page.Items[0].RecoveryCodesLeft != 0 {
			t.Error(page, err)
		}
	})
}
