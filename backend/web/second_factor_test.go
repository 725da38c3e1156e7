package web_test

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

var (
	secretField  = regexp.MustCompile(`name="secret" value="([^"]+)"`)
	uriField     = regexp.MustCompile(`name="uri" value="([^"]+)"`)
	attemptField = regexp.MustCompile(`name="attempt" value="([^"]+)"`)
	recoveryCode = regexp.MustCompile(`<code>([0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4})</code>`)
)

// found is the first group of a pattern on a page.
func (p page) found(t *testing.T, what *regexp.Regexp) string {
	t.Helper()
	m := what.FindStringSubmatch(p.body)
	if m == nil {
		t.Fatalf("no %v on:\n%s", what, p.body)
	}
	return html.UnescapeString(m[1])
}

// A form that is sent a second time, or from a window that was open before,
// does not show the key of another second factor as if none were on.
func TestTurningASecondFactorOnTwice(t *testing.T) {
	v := openSite(t).visitor(t)
	v.register()
	secret, _ := v.enrol(t)
	const at = "/account/second-factor"
	for _, form := range [][]string{{"do", "start"}, {"do", "confirm", "code", v.site.code(t, secret)}} {
		p := v.send(at, at, form...)
		p.mustShow(t, 200, "Recovery codes left: 10")
		if strings.Contains(p.body, "<svg") || p.Request.Method != http.MethodGet {
			t.Errorf("%q: %s shows\n%s", form, p.Request.Method, p.body)
		}
	}
}

// A key that was started before another one is void: whatever code it makes, the
// page says why that is none.
func TestASecondFactorStartedInTwoWindows(t *testing.T) {
	v := openSite(t).visitor(t)
	v.register()
	const at, void = "/account/second-factor", "This was begun again elsewhere"
	older, newer := v.send(at, at, "do", "start"), v.send(at, at, "do", "start")
	confirm := func(p page, code string) page {
		return v.send(at, at, "do", "confirm", "secret", p.found(t, secretField), "uri", p.found(t, uriField), "code", code)
	}
	late := confirm(older, v.site.code(t, older.found(t, secretField)))
	late.mustShow(t, 422, void, older.found(t, secretField))
	v.language = "ko"
	confirm(older, "12345").mustShow(t, 422, "다시 시작되어 이 키는")
	v.language = "en"
	slip := confirm(newer, "12345")
	slip.mustShow(t, 422, "This code is wrong")
	for _, p := range []page{late, slip} {
		if strings.Contains(p.body, void) != (p.body == late.body) || strings.Contains(late.body, newer.found(t, secretField)) {
			t.Errorf("shows\n%s", p.body)
		}
	}
	confirm(newer, v.site.code(t, newer.found(t, secretField))).mustShow(t, 200, "Recovery codes")
	if confirm(older, "12345"); !strings.Contains(v.get("/account").body, "Recovery codes left: 10") {
		t.Error("the older window undid it")
	}
}

// enrol turns the second factor on and returns its secret and recovery codes.
func (v *visitor) enrol(t *testing.T) (secret string, codes []string) {
	t.Helper()
	const at = "/account/second-factor"
	started := v.send(at, at, "do", "start")
	started.mustShow(t, 200, "<svg", "Scan this", `autocomplete="one-time-code"`)
	secret, uri := started.found(t, secretField), started.found(t, uriField)
	if !strings.Contains(uri, strings.ReplaceAll(secret, " ", "")) {
		t.Errorf("%q is not in %q", secret, uri)
	}
	slip := v.send(at, at, "do", "confirm", "secret", secret, "uri", uri, "code", "12345")
	slip.mustShow(t, 422, "This code is wrong", "<svg", secret)
	kept := v.send(at, at, "do", "confirm", "secret", secret, "uri", uri, "code", v.site.code(t, secret))
	kept.mustShow(t, 200, "Recovery codes", "this once")
	if kept.Header.Get("Cache-Control") != "no-store" {
		t.Error("recovery codes may be cached")
	}
	for _, m := range recoveryCode.FindAllStringSubmatch(kept.body, -1) {
		codes = append(codes, m[1])
	}
	if len(codes) != 10 {
		t.Fatalf("%d codes", len(codes))
	}
	return secret, codes
}

func (s *site) code(t *testing.T, secret string) string {
	t.Helper()
	code, err := totp.GenerateCode(strings.ReplaceAll(secret, " ", ""), s.now())
	must(t, err)
	return code
}

func TestSecondFactorInTheBrowser(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		v := s.visitor(t)
		v.register()
		v.get("/account").mustShow(t, 200, "Second factor", "Off: your password alone")
		secret, codes := v.enrol(t)
		v.get("/account").mustShow(t, 200, "Recovery codes left: 10")

		other := s.visitor(t)
		asked := other.send("/login", "/login", "username", name, "password", password, "next", "/diary")
		asked.mustShow(t, 200, "One more step", `autocomplete="one-time-code"`)
		attempt := asked.found(t, attemptField)
		if other.cookie("marquee_session") != "" {
			t.Error("signed in without the code")
		}
		wrong := other.send("/login", "/login/code", "attempt", attempt, "next", "/diary", "code", "k7qm-2xhd-9fwn")
		wrong.mustShow(t, 401, "This code is wrong", attempt)
		other.send("/login", "/login/code", "attempt", attempt, "next", "/diary", "code", " ").mustShow(t, 401)
		in := other.send("/login", "/login/code", "attempt", attempt, "next", "/diary", "code", strings.ToUpper(codes[0]))
		if in.Request.URL.Path != "/diary" {
			t.Errorf("led to %s:\n%s", in.Request.URL.Path, in.body)
		}
		again := s.visitor(t)
		again.send("/login", "/login/code", "attempt", attempt, "code", codes[1]).mustShow(t, 401, "Please start again", `name="password"`)

		// What is sensitive asks for the password again, and then goes on.
		s.ahead.Add(int64(11 * time.Minute))
		at := "/account/second-factor"
		v.send(at, at, "do", "codes").mustShow(t, 200, "Is it you?", `name="then" value="codes"`)
		v.send(at, "/account/step-up", "then", "codes", "password", "a guess", "code", codes[1]).mustShow(t, 403, "Is it you?", "current password")
		v.send(at, "/account/step-up", "then", "codes", "password", password, "code", "").mustShow(t, 422, "Is it you?")
		v.send(at, "/account/step-up", "then", "codes", "password", password, "code", s.code(t, secret)).mustShow(t, 200, "Recovery codes", "this once")
		v.send(at, at, "do", "end").mustShow(t, 200, "Turn it on")
		if ended := other.get("/account"); ended.Request.URL.Path != "/login" {
			t.Errorf("the other browser is at %s", ended.Request.URL.Path)
		}
		third := s.visitor(t)
		if in := third.send("/login", "/login", "username", name, "password", password); in.Request.URL.Path != "/films" {
			t.Errorf("led to %s", in.Request.URL.Path)
		}
	})
}

// A page of another site must not turn a second factor off.
func TestAttack_SecondFactorOffFromAnotherSite(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		v := s.visitor(t)
		v.register()
		v.enrol(t)
		r := v.request("/account/second-factor", map[string][]string{"do": {"end"}})
		r.Header.Set("Origin", "https://evil.example")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		v.do(r).mustShow(t, 403)
		v.get("/account").mustShow(t, 200, "Recovery codes left: 10")
		v.send("/account/second-factor", "/account/second-factor", "do", "end").mustShow(t, 200, "Turn it on") // the twin
	})
}
