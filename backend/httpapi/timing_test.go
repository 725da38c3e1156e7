package httpapi_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// Section 6 row 14: how long the answer takes tells nobody who has an account.
func TestAttack_EnumerationBySignInTime(t *testing.T) {
	r := timedRig(t)
	try := func(name, password string, status int) func(int) {
		return func(int) {
			got := r.send(request{method: "POST", path: "/api/v1/auth/login", json: object{"username": name, "password": password}})
			if got.status != status {
				t.Fatalf("%s: %d %s", name, got.status, got.text)
			}
		}
	}
	takeAlike(t, map[string]func(int){
		"a wrong password":         try("mina", "not the password", 401),
		"by her address":           try("mina@example.com", "not the password", 401),
		"nobody":                   try("nobody", "not the password", 401),
		"disabled":                 try("gone", goodPassword, 401),
		"too long for any account": try("mina", strings.Repeat("a", marquee.PasswordMax+1), 401),
		"twin: her password":       try("mina", goodPassword, 200),
	})
}

// Registration tells who is there, to those few whom its limit lets ask; how
// long it takes tells nothing more, of the name where the address is taken.
func TestAttack_EnumerationByRegistrationTime(t *testing.T) {
	r := timedRig(t)
	always := func(s string) func(int) string { return func(int) string { return s } }
	fresh := func(s string) func(int) string { return func(i int) string { return fmt.Sprint(s, i) } }
	register := func(name, mailbox func(int) string, status int) func(int) {
		return func(i int) {
			got := r.send(request{method: "POST", path: "/api/v1/users", json: object{
				"username": name(i), "email": mailbox(i) + "@example.com", "password": goodPassword}})
			if got.status != status {
				t.Fatalf("%s, %s: %d %s", name(i), mailbox(i), got.status, got.text)
			}
		}
	}
	takeAlike(t, map[string]func(int){
		"a name that is taken":     register(always("mina"), fresh("one"), 409),
		"an address that is taken": register(fresh("two"), always("mina"), 409),
		"of somebody disabled":     register(always("gone"), fresh("three"), 409),
		"twin: neither":            register(fresh("four"), fresh("four"), 201),
	})
}

func timedRig(t *testing.T) *rig {
	t.Helper()
	if testrig.Race {
		t.Skip("measures, and has no goroutines")
	}
	r := newRig(t, func(tb testing.TB, limits *auth.Limits) parts {
		return embeddedAt(tb, limits, auth.DefaultHashCost())
	}, options{})
	r.register("mina")
	r.register("gone")
	must(t, r.operator.SetActive(t.Context(), "gone", false))
	return r
}

// takeAlike fails if the median of one way takes more than three times as long as
// that of another. They take turns, so that whatever else the machine does
// meets all of them, and have six tries: one way that hashes no password takes
// a tenth in each.
func takeAlike(t *testing.T, ways map[string]func(round int)) {
	t.Helper()
	const tries, samples = 6, 5
	var told string
	for try := range tries {
		times := map[string][]time.Duration{}
		for i := range samples {
			for name, do := range ways { // in another order each time
				begin := time.Now()
				do(try*samples + i)
				times[name] = append(times[name], time.Since(begin))
			}
		}
		medians := map[string]time.Duration{}
		for name, all := range times {
			slices.Sort(all)
			medians[name] = all[samples/2]
		}
		told = fmt.Sprint(medians)
		var all []time.Duration
		for _, m := range medians {
			all = append(all, m)
		}
		if slices.Max(all) <= 3*slices.Min(all) {
			return
		}
	}
	t.Errorf("how long it takes tells them apart: %s", told)
}
