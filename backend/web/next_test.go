package web_test

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// Whoever follows a link and has to sign in first gets where it leads, by
// every way in.
func TestALinkOutlivesTheSignIn(t *testing.T) {
	s := openSite(t)
	secret := ""
	const linked = "/films?q=parasite&sort=-year"
	next := "?" + url.Values{"next": {linked}}.Encode()
	for _, way := range []struct {
		name string
		in   func(v *visitor, asked page) page
	}{
		{"an account is made", func(v *visitor, asked page) page {
			asked.mustShow(t, 200, `<a href="/register?next=%2ffilms%3fq%3dparasite%26sort%3d-year">`)
			v.send("/register"+next, "/register", "username", "x", "next", linked).mustShow(t, 422, `name="next" value="/films?q=parasite&amp;sort=-year"`)
			return v.send("/register"+next, "/register",
				"username", name, "email", name+"@example.com", "password", password, "repeat", password, "next", linked)
		}},
		{"a password, at the second try and in another language", func(v *visitor, _ page) page {
			wrong := v.send("/login"+next, "/login", "username", name, "password", "a guess", "next", linked)
			wrong.mustShow(t, 401)
			korean := v.send("/login", "/language", "language", "ko", "next", languageBack(wrong))
			korean.mustShow(t, 200, `<html lang="ko">`, `name="next" value="/films?q=parasite&amp;sort=-year"`)
			return v.send("/login"+next, "/login", "username", name, "password", password, "next", linked)
		}},
		{"another session", func(v *visitor, _ page) page {
			waiting := v.send("/login"+next, "/login/device", "next", linked)
			waiting.mustShow(t, 200, `<a class="button second" href="/login/device?next=%2ffilms%3fq%3dparasite%26sort%3d-year">Look now</a>`)
			known := s.visitor(t)
			known.send("/login", "/login", "username", name, "password", password)
			known.send("/device", "/device", "user_code", waiting.found(t, shownCode), "answer", "approve")
			s.ahead.Add(int64(10 * time.Second))
			v.get(waiting.Request.URL.RequestURI()).mustShow(t, 200, `name="next" value="/films?q=parasite&amp;sort=-year"`)
			return v.send("/login/device", "/login/device/enter", "next", linked)
		}},
		{"a second factor", func(v *visitor, _ page) page {
			known := s.visitor(t)
			known.send("/login", "/login", "username", name, "password", password)
			secret, _ = known.enrol(t)
			s.ahead.Add(int64(time.Minute)) // a code is good once
			asked := v.send("/login"+next, "/login", "username", name, "password", password, "next", linked)
			asked.mustShow(t, 200, `name="next" value="/films?q=parasite&amp;sort=-year"`, `<a href="/login?next=%2ffilms%3fq%3dparasite%26sort%3d-year">`)
			return v.send("/login", "/login/code", "attempt", asked.found(t, attemptField), "code", s.code(t, secret), "next", linked)
		}},
	} {
		v := s.visitor(t)
		asked := v.get(linked)
		asked.mustShow(t, 200, `name="next" value="/films?q=parasite&amp;sort=-year"`)
		in := way.in(v, asked)
		if got := in.Request.URL.RequestURI(); got != linked || !strings.Contains(in.body, "Parasite") {
			t.Errorf("%s: led to %s (%d)", way.name, got, in.StatusCode)
		}
	}
}
