package web_test

import (
	"net/http"
	"net/url"
	"testing"
	"time"
)

func TestNameAndAddressAreChangedInTheBrowser(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		v := s.visitor(t)
		v.register()
		const at = "/account/profile"
		v.get(at).mustShow(t, 200, `value="`+name+`"`, `value="`+name+`@example.com"`)
		v.send(at, at, "username", "m!", "email", "new@example.com").mustShow(t, 422, `value="m!"`, `value="new@example.com"`, "Some fields need another look")
		v.send(at, at, "username", "minji2", "email", name+"@example.com").mustShow(t, 200, "<h1>Account</h1>", "minji2")
		v.send(at, at, "username", "minji2", "email", "new@example.com").mustShow(t, 403, "current password", `value="new@example.com"`)
		v.send(at, at, "username", "minji2", "email", "new@example.com", "current_password", password).mustShow(t, 200, "new@example.com")
	})
}

// Where the sign-in was a while ago the form's own password makes it a recent
// one: nobody types a form twice.
func TestAPasswordIsChangedInTheBrowser(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		v, other := s.visitor(t), s.visitor(t)
		v.register()
		other.send("/login", "/login", "username", name, "password", password)
		const at, next = "/account/password", "yet another long password"
		s.ahead.Add(int64(11 * time.Minute))
		v.send(at, at, "password", next, "repeat", "not the same", "current_password", password).mustShow(t, 422, "The two entries differ.")
		v.send(at, at, "password", "12345678", "repeat", "12345678", "current_password", password).mustShow(t, 422, `aria-invalid="true"`)
		v.send(at, at, "password", next, "repeat", next, "current_password", "a guess").mustShow(t, 403, "current password")
		v.send(at, at, "password", next, "repeat", next, "current_password", password).mustShow(t, 200, "<h1>Account</h1>")
		other.get("/account").mustShow(t, 200, "<h1>Sign in</h1>")
		v.get("/account/activity").mustShow(t, 200, "A session ended: password or e-mail changed")
		s.visitor(t).send("/login", "/login", "username", name, "password", next).mustShow(t, 200, "<h1>Films</h1>")
	})
}

// With a second factor the form asks for a code too, once it is needed.
func TestAPasswordIsChangedWithASecondFactor(t *testing.T) {
	s := openSite(t)
	v := s.visitor(t)
	v.register()
	secret, _ := v.enrol(t)
	const at, next = "/account/password", "yet another long password"
	form := []string{"password", next, "repeat", next, "current_password", password}
	s.ahead.Add(int64(11 * time.Minute))
	v.send(at, at, form...).mustShow(t, 422, `autocomplete="one-time-code"`)
	v.send(at, at, append(form, "code", s.code(t, secret))...).mustShow(t, 200, "<h1>Account</h1>")
}

func TestAnAccountIsDeletedInTheBrowser(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		v, other := s.visitor(t), s.visitor(t)
		v.register()
		other.send("/login", "/login", "username", name, "password", password)
		const at = "/account/delete"
		s.ahead.Add(int64(11 * time.Minute))
		v.send(at, at, "current_password", "a guess").mustShow(t, 403, "current password")
		v.get("/account").mustShow(t, 200, name)
		gone := v.send(at, at, "current_password", password)
		gone.mustShow(t, 200, "Create an account")
		if v.cookie("marquee_session") != "" || v.cookie("marquee_device") != "" {
			t.Error("cookies of the account are left")
		}
		other.get("/account").mustShow(t, 200, "<h1>Sign in</h1>")
		other.send("/login", "/login", "username", name, "password", password).mustShow(t, 401)
	})
}

func TestActivityInTheBrowser(t *testing.T) {
	s := openSite(t)
	v := s.visitor(t)
	v.register()
	s.visitor(t).send("/login", "/login", "username", name, "password", "a guess that is wrong")
	v.get("/account/activity").mustShow(t, 200, "Sign-in failed", "Signed in", "Browser · Go-http-client", "127.0.0.1")
	v.get("/account/activity?cursor=rubbish").mustShow(t, 200, "Sign-in failed") // the first page
	v.language = "ko"
	v.get("/account/activity").mustShow(t, 200, "로그인 실패")
}

// A copy of the cookie from before a step-up must not do what is sensitive
// after it; nor anything else.
func TestAttack_CookieFromBeforeAStepUp(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		v := s.visitor(t)
		v.register()
		copied := v.cookie("marquee_session")
		thief := s.visitor(t)
		u, err := url.Parse(s.URL)
		must(t, err)
		thief.Jar.SetCookies(u, []*http.Cookie{{Name: "marquee_session", Value: copied}})
		thief.get("/account").mustShow(t, 200, "<h1>Account</h1>")

		s.ahead.Add(int64(11 * time.Minute))
		const at = "/account/second-factor"
		v.send(at, "/account/step-up", "then", "start", "password", password).mustShow(t, 200, "Scan this")
		if v.cookie("marquee_session") == copied {
			t.Error("the cookie is the same after a step-up")
		}
		thief.get("/account").mustShow(t, 200, "<h1>Sign in</h1>")
		v.send(at, at, "do", "start").mustShow(t, 200, "Scan this") // the twin goes on
	})
}
