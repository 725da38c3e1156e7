package web_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"example.com/marquee/common/marquee"
)

var (
	shownCode   = regexp.MustCompile(`<p class="number">([B-Z]{4}-[B-Z]{4})</p>`)
	shownNumber = regexp.MustCompile(`<strong>([1-9][0-9])</strong>`)
)

// noDevice is said alike of a code that is over, answered or a guess.
const noDevice = "No device asks by this code: it is over, answered, or mistyped."

func TestATerminalIsLetInByTheBrowser(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		v := s.visitor(t)
		v.register()
		d, err := s.auth.AskDevice(t.Context(), marquee.Origin{Address: "192.0.2.9", Agent: "a terminal", Client: "tui"})
		must(t, err)
		v.get("/device?code=BBBB-BBBB").mustShow(t, 422, `aria-invalid="true"`, "BBBB-BBBB", noDevice)
		v.get("/device?code="+d.UserCode).mustShow(t, 200, d.Number, "192.0.2.9", "a terminal", "Let it in")
		s.ahead.Add(int64(9 * time.Minute)) // the sign-in gets old, the request not yet
		fresh, err := s.auth.AskDevice(t.Context(), marquee.Origin{Client: "tui"})
		must(t, err)
		s.ahead.Add(int64(2 * time.Minute))
		v.send("/device", "/device", "user_code", fresh.UserCode, "answer", "approve").mustShow(t, 200, `name="current_password"`, fresh.Number)
		v.send("/device", "/device", "user_code", fresh.UserCode, "answer", "approve", "current_password", "a guess").mustShow(t, 403, "current password")
		v.send("/device", "/device", "user_code", fresh.UserCode, "answer", "approve", "current_password", password).mustShow(t, 200, "It is in")
		if _, err := s.auth.LoginDevice(t.Context(), fresh.DeviceCode, marquee.Origin{}); err != nil {
			t.Errorf("the terminal: %v", err)
		}
		v.send("/device", "/device", "user_code", fresh.UserCode, "answer", "approve").mustShow(t, 422, noDevice)
		v.get("/device?code="+d.UserCode).mustShow(t, 422, noDevice) // nobody answered in time
	})
}

func TestABrowserIsLetInByAnother(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		v, tv := s.visitor(t), s.visitor(t)
		v.register()
		waiting := tv.send("/login", "/login/device")
		waiting.mustShow(t, 200, "/device", "Waiting")
		if waiting.Header.Get("Refresh") == "" {
			t.Error("the page does not look again")
		}
		code := waiting.found(t, shownCode)
		v.get("/device?code="+code).mustShow(t, 200, waiting.found(t, shownNumber))
		tv.send("/login/device", "/login/device/enter").mustShow(t, 200, "Waiting") // before an answer
		v.send("/device", "/device", "user_code", code, "answer", "approve").mustShow(t, 200, "It is in")
		s.ahead.Add(int64(10 * time.Second))
		tv.get("/login/device").mustShow(t, 200, "You were let in", "Go on")
		if tv.cookie("marquee_session") != "" {
			t.Error("looking opened a session")
		}
		tv.send("/login/device", "/login/device/enter").mustShow(t, 200, "<h1>Films</h1>")
		tv.get("/account").mustShow(t, 200, name)
	})
}

func TestABrowserIsRefused(t *testing.T) {
	s := openSite(t)
	v, tv := s.visitor(t), s.visitor(t)
	v.register()
	code := tv.send("/login", "/login/device").found(t, shownCode)
	v.send("/device", "/device", "user_code", code, "answer", "refuse").mustShow(t, 200, "It was refused")
	tv.get("/login/device").mustShow(t, 403, "refused", `name="password"`)
}

// Whoever sends a link with a code of his own device must not get in by a
// click from his page.
func TestAttack_DeviceApprovedFromAnotherSite(t *testing.T) {
	s := openSite(t)
	v := s.visitor(t)
	v.register()
	hour := func() string { return s.now().UTC().Format("2 January 2006, 15:") }
	before := hour()
	d, err := s.auth.AskDevice(t.Context(), marquee.Origin{Client: "tui", Address: "203.0.113.66", Agent: "a far terminal"})
	must(t, err)
	after := hour()
	// A link that somebody sends does no more than show who asks, from where and
	// since when, also to him who has to sign in first.
	guest := s.visitor(t)
	guest.get("/device?code="+d.UserCode).mustShow(t, 200, `name="next" value="/device?code=`+d.UserCode+`"`)
	asked := v.get("/device?code=" + d.UserCode)
	asked.mustShow(t, 200, "Terminal", "a far terminal", "203.0.113.66", d.Number, "somebody else")
	if !strings.Contains(asked.body, before) && !strings.Contains(asked.body, after) {
		t.Errorf("asked at neither %s nor %s:\n%s", before, after, asked.body)
	}
	r := v.request("/device", map[string][]string{"user_code": {d.UserCode}, "answer": {"approve"}})
	r.Header.Set("Origin", "https://evil.example")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	v.do(r).mustShow(t, 403)
	v.get("/device?code=" + d.UserCode + "&answer=approve")
	if err := s.auth.DeviceAnswered(t.Context(), d.DeviceCode); !marquee.IsCode(err, marquee.CodeAuthorizationPending) {
		t.Errorf("answered: %v", err)
	}
	v.send("/device", "/device", "user_code", d.UserCode, "answer", "approve").mustShow(t, 200, "It is in") // the twin
}
