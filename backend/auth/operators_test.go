package auth_test

import (
	"io"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

func TestPasswordLink(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		u := r.register(t, "haneul")
		pair := r.login(t, "haneul")
		r.alive(t, "signed in", pair)
		link, expires, err := r.auth.PasswordLink(t.Context(), "haneul@example.com")
		if err != nil || len(link) != 43 || expires.Sub(r.clock.Now()).Round(time.Millisecond) != time.Hour {
			t.Fatalf("%q %v %v", link, expires, err)
		}
		if owner, err := r.auth.PasswordLinkOwner(t.Context(), link); err != nil || owner.ID != u.ID {
			t.Errorf("%+v %v", owner, err)
		}
		wantCode(t, "a short password", r.auth.UsePasswordLink(t.Context(), link, "short", home), marquee.CodeInvalid)
		wantCode(t, "his own name", r.auth.UsePasswordLink(t.Context(), link, "haneul@example.com", home), marquee.CodeInvalid)
		r.alive(t, "the link is not spent", pair)
		if err := r.auth.UsePasswordLink(t.Context(), link, "a password of the link", home); err != nil {
			t.Fatal(err)
		}
		r.dead(t, "the sessions from before", pair)
		_, err = r.auth.Login(t.Context(), marquee.Credentials{Login: "haneul", Password: password})
		wantCode(t, "the old password", err, marquee.CodeWrongCredentials)
		if _, err := r.auth.Login(t.Context(), marquee.Credentials{Login: "haneul", Password: "a password of the link"}); err != nil {
			t.Error(err)
		}
		late, _, err := r.auth.PasswordLink(t.Context(), "haneul")
		if err != nil {
			t.Fatal(err)
		}
		r.clock.Advance(time.Hour)
		for what, token := range map[string]string{"used": link, "expired": late, "invented": "x", "empty": ""} {
			wantCode(t, what, r.auth.UsePasswordLink(t.Context(), token, "yet another password", home), marquee.CodeNotFound)
			_, err := r.auth.PasswordLinkOwner(t.Context(), token)
			wantCode(t, what+", owner", err, marquee.CodeNotFound)
		}
		_, _, err = r.auth.PasswordLink(t.Context(), "nobody")
		wantCode(t, "nobody's", err, marquee.CodeNotFound)
	})
}

// A link lasts an hour of the database's, whatever the process that made it takes
// the time for.
func TestAPasswordLinkLastsAnHourHoweverAClockGoes(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		for _, off := range []time.Duration{-2 * time.Hour, 2 * time.Hour} {
			process := r.process(t, func(d *auth.Deps, _ *auth.Config) {
				d.Clock = func() time.Time { return r.clock.Now().Add(off) }
			})
			link, _, err := process.PasswordLink(t.Context(), "haneul")
			if err != nil {
				t.Fatal(err)
			}
			r.clock.Advance(time.Hour - time.Second)
			if _, err := r.auth.PasswordLinkOwner(t.Context(), link); err != nil {
				t.Errorf("%v: %v", off, err)
			}
			r.clock.Advance(time.Second)
			_, err = r.auth.PasswordLinkOwner(t.Context(), link)
			wantCode(t, "after the hour", err, marquee.CodeNotFound)
		}
	})
}

func TestNamesInUse(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "haneul")
		for _, c := range []struct {
			username, email string
			code            marquee.Code
			field           string
		}{
			{"HANEUL", "new@example.com", marquee.CodeUsernameTaken, "username"},
			{"newname", "Haneul@Example.COM", marquee.CodeEmailTaken, "email"},
		} {
			_, err := r.auth.Register(t.Context(), marquee.Registration{Username: c.username, Email: c.email, Password: password})
			wantCode(t, c.username, err, c.code)
			if e, ok := err.(*marquee.Error); !ok || len(e.Fields) != 1 || e.Fields[0].Field != c.field {
				t.Errorf("%s: which field? %v", c.username, err)
			}
		}
		r.register(t, "twin")
		name := "haneul"
		_, err := r.auth.UpdateMe(r.as(t, r.login(t, "twin").AccessToken), marquee.UserPatch{Username: &name})
		wantCode(t, "renamed to another's", err, marquee.CodeUsernameTaken)
		users, err := r.auth.ListUsers(t.Context(), "haneul", 10)
		if err != nil || len(users) != 1 || users[0].Username != "twin" {
			t.Errorf("%+v %v", users, err)
		}
	})
}

// People of the article's database, in the order they are read.
func articlePeople(t *testing.T) []auth.ImportedAccount {
	t.Helper()
	hash, err := bcrypt.GenerateFromPassword([]byte("old password"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	since := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	person := func(id, username, email string) auth.ImportedAccount {
		return auth.ImportedAccount{
			SourceID: id, Username: username, Email: email, PasswordHash: "$2b" + string(hash[3:]),
			IsActive: true, CreatedAt: since, UpdatedAt: since,
		}
	}
	people := []auth.ImportedAccount{
		person("1", "Alice", "alice@example.com"), person("2", "alice", "other@example.com"),
		person("3", "b o", "b o@example.com"), person("4", "carol", "ALICE@example.com"),
		person("5", "", "empty@example.com"), person("6", "resident", "six@example.com"),
		person("7", "hashless", "seven@example.com"), person("8", "gone", "eight@example.com"),
		person("9", "other@example.org", "nine@example.com"), person("10", "ten-ten", "Other@Example.org"),
	}
	people[6].PasswordHash = "md5$nonsense"
	people[7].IsActive = false
	people[0].IsSuperuser = true
	return people
}

func importAll(t *testing.T, r *rig, people []auth.ImportedAccount) auth.ImportReport {
	t.Helper()
	report, err := r.auth.ImportAccounts(t.Context(), func() (auth.ImportedAccount, error) {
		if len(people) == 0 {
			return auth.ImportedAccount{}, io.EOF
		}
		next := people[0]
		people = people[1:]
		return next, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func TestImportAccounts(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		r.register(t, "resident")
		people := articlePeople(t)
		report := importAll(t, r, people)
		sources := func(notes []auth.ImportNote) (ids string) {
			for _, n := range notes {
				ids += n.SourceID + " "
			}
			return ids
		}
		if report.Imported != 5 || report.Present != 0 || sources(report.Refused) != "2 4 5 6 10 " ||
			sources(report.WithoutPassword) != "7 " || sources(report.Unusual) != "3 9 " {
			t.Errorf("got %+v", report)
		}
		for login, want := range map[string]marquee.Code{
			"alice": "", "ALICE@EXAMPLE.COM": "", "b o": "", "b o@example.com": "", "other@example.org": "",
			"hashless": marquee.CodeWrongCredentials, "gone": marquee.CodeWrongCredentials,
			"carol": marquee.CodeWrongCredentials, "other@example.com": marquee.CodeWrongCredentials,
		} {
			for range 2 { // with bcrypt, then with the new hash
				_, err := r.auth.Login(t.Context(), marquee.Credentials{Login: login, Password: "old password"})
				wantCode(t, login, err, want)
			}
		}
		a, err := r.store.AccountByLogin(t.Context(), "alice")
		if err != nil || !a.IsSuperuser || a.Username != "Alice" || !a.CreatedAt.Equal(people[0].CreatedAt) ||
			a.PasswordHash[:10] != "$argon2id$" {
			t.Errorf("%+v %v", a, err)
		}
		again := importAll(t, r, people)
		if again.Imported != 0 || again.Present != 5 || len(again.Refused) != 5 {
			t.Errorf("the second time: %+v", again)
		}
		name := "renamed"
		pair, err := r.auth.Login(t.Context(), marquee.Credentials{Login: "alice", Password: "old password"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.auth.UpdateMe(r.as(t, pair.AccessToken), marquee.UserPatch{Username: &name}); err != nil {
			t.Fatal(err)
		}
		if third := importAll(t, r, people[:1]); third.Present != 1 {
			t.Errorf("who took another name since: %+v", third)
		}
	})
}

// A store that others wrote to: keys are made once by processes that start
// together.
func TestProcessesThatStartTogetherAgreeOnAKey(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		own, _ := r.auth.JWKS()
		for range 3 {
			if keys, _ := r.process(t, nil).JWKS(); string(keys) != string(own) {
				t.Error("two processes, two keys")
			}
		}
		other := r.process(t, func(_ *auth.Deps, c *auth.Config) { c.Algorithm = auth.AlgorithmHS256 })
		r.register(t, "haneul")
		pair := r.login(t, "haneul")
		_, err := other.Authenticate(t.Context(), pair.AccessToken)
		wantCode(t, "a token of the other algorithm", err, marquee.CodeInvalidToken)
	})
}
