package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/marquee/common/marquee"
)

// Whoever is signed out from elsewhere learns why at his next click.
func TestWhyASessionEnded(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		v, other := s.visitor(t), s.visitor(t)
		v.register()
		secret := password
		signIn := func() {
			t.Helper()
			if p := other.send("/login", "/login", "username", name, "password", secret); p.Request.URL.Path != "/films" {
				t.Fatalf("%d at %s", p.StatusCode, p.Request.URL)
			}
		}
		signIn()
		other.get("/diary").mustShow(t, 200, "<h1>Diary</h1>")
		v.send("/account/sessions", "/account/sessions/end-others")
		p := other.get("/diary")
		p.mustShow(t, 200, "<h1>Sign in</h1>", "ended from another one of yours", `name="next" value="/diary"`)
		other.language = "ko"
		other.get("/diary").mustShow(t, 200, "다른 세션에서 이 세션을 끝냈습니다.")
		other.language = "en"

		signIn()
		if p := other.get("/login"); strings.Contains(p.body, "ended from") {
			t.Error("the reason outlives the next sign-in")
		}
		token, _, err := s.auth.PasswordLink(t.Context(), name)
		must(t, err)
		must(t, s.auth.UsePasswordLink(t.Context(), token, password+"!", marquee.Origin{}))
		secret += "!"
		other.get("/account").mustShow(t, 200, "password or the address was changed elsewhere")

		signIn()
		s.ahead.Add(int64(time.Hour))
		other.get("/account").mustShow(t, 200, "<h1>Account</h1>") // an hour unseen is nothing
		s.ahead.Add(int64(8 * 24 * time.Hour))
		other.get("/account").mustShow(t, 200, "not used for so long")
		if p := s.visitor(t).get("/account"); strings.Contains(p.body, `class="notice"`) {
			t.Error("a stranger is told of an end")
		}
	})
}

// Two windows of one browser: what one sends after the other signed out is not
// done, and said so; the way leads back to where it was.
func TestAFormSentAfterTheOtherWindowSignedOut(t *testing.T) {
	s := openSite(t)
	v := s.visitor(t)
	v.register()
	film := filmLink.FindString(v.get("/films").body)
	token := v.token(film)
	v.send("/account", "/logout")
	for _, modern := range []bool{true, false} {
		r := v.request(film+"/rating", map[string][]string{"form": {token}, "rating": {"9"}})
		r.Header.Set("Referer", s.URL+film)
		if modern {
			r.Header.Set("Sec-Fetch-Site", "same-origin")
		}
		v.do(r).mustShow(t, 200, "<h1>Sign in</h1>", "what you just sent was not saved", `name="next" value="`+film+`"`)
		again := v.request("/logout", map[string][]string{"form": {v.token("/")}})
		v.do(again).mustShow(t, 200, "Create an account")
	}
	v.send("/login", "/login", "username", name, "password", password, "next", film).mustShow(t, 200, "Nobody has rated it yet")
	r := v.request(film+"/rating", map[string][]string{"form": {v.token(film)}, "rating": {"9"}})
	v.do(r).mustShow(t, 200, "★ 9.0")

	stranger := s.visitor(t)
	r = stranger.request(film+"/rating", map[string][]string{"rating": {"9"}})
	r.Header.Set("Referer", "https://evil.example/films")
	stranger.do(r).mustShow(t, 200, `name="next" value="/films"`)
}

// A person's idle end moves with his clicks, at most once a minute.
func TestReadingPagesRenewsTheSession(t *testing.T) {
	s := openSite(t)
	v := s.visitor(t)
	v.register()
	v.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	lastUsed := func() time.Time {
		t.Helper()
		user, err := s.db.AccountByLogin(t.Context(), name)
		must(t, err)
		list, err := s.db.LiveSessions(t.Context(), user.ID)
		must(t, err)
		if len(list) != 1 {
			t.Fatalf("%d sessions", len(list))
		}
		return list[0].LastUsedAt
	}
	opened := lastUsed()
	s.ahead.Add(int64(50 * time.Second))
	v.get("/diary").mustShow(t, 200)
	if !lastUsed().Equal(opened) {
		t.Error("a page within the minute wrote to the session")
	}
	for range 10 { // four weeks in steps shorter than the idle end
		s.ahead.Add(int64(66 * time.Hour))
		v.get("/diary").mustShow(t, 200, "<h1>Diary</h1>")
	}
	if !lastUsed().After(opened) {
		t.Error("pages do not renew the session")
	}
	s.ahead.Add(int64(66 * time.Hour)) // the absolute end, 30 days
	if p := v.get("/diary"); p.StatusCode != http.StatusSeeOther {
		t.Errorf("beyond the absolute end: %d", p.StatusCode)
	}
	if _, err := s.auth.EndOfBrowser(t.Context(), "rubbish"); !marquee.IsCode(err, marquee.CodeNotFound) {
		t.Errorf("the end of no session: %v", err)
	}
}
