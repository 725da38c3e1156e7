package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// What a browser tells of a request's origin, and whether our form's token is
// there, decide together.
func TestAttack_FormOfAnotherSite(t *testing.T) {
	s := openSite(t)
	v := s.visitor(t)
	v.register()
	film := filmLink.FindString(v.get("/films").body)
	stranger := s.visitor(t)
	tokens := map[string]string{"good": v.token(film), "another's": stranger.token("/login"), "none": ""}
	origins := map[string]string{
		"own": s.URL, "another port": "http://127.0.0.1:1", "null": "null", "evil": "https://evil.example", "absent": "",
	}
	for _, site := range []string{"same-origin", "same-site", "cross-site", "none", ""} {
		for originName, origin := range origins {
			for tokenName, token := range tokens {
				look, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+film, nil)
				must(t, err)
				r := v.request(film+"/watchlist", url.Values{"form": {token}})
				for _, r := range []*http.Request{look, r} {
					if site != "" {
						r.Header.Set("Sec-Fetch-Site", site)
					}
					if origin != "" {
						r.Header.Set("Origin", origin)
					}
				}
				if got := v.do(look).StatusCode; got != http.StatusOK { // a link from anywhere
					t.Errorf("GET with Sec-Fetch-Site %q, Origin %s: %d", site, originName, got)
				}
				want := http.StatusForbidden
				switch {
				case site == "same-origin" || site == "none",
					site == "" && originName == "own",
					site == "" && originName == "absent" && tokenName == "good":
					want = http.StatusOK
				}
				if got := v.do(r).StatusCode; got != want {
					t.Errorf("Sec-Fetch-Site %q, Origin %s, token %s: %d, want %d", site, originName, tokenName, got, want)
				}
			}
		}
	}
}

// The token of a form is good in the session that the page was made for, and
// in no other: not before it, not after it, not for another of the person's.
func TestAttack_FormTokenOfAnotherSession(t *testing.T) {
	s := openSite(t)
	v, other := s.visitor(t), s.visitor(t)
	before := v.token("/register")
	v.register()
	other.send("/login", "/login", "username", name, "password", password)
	film := filmLink.FindString(v.get("/films").body)
	first := v.token(film)
	v.send("/account", "/logout")
	between := v.token("/login")
	v.send("/login", "/login", "username", name, "password", password)
	own := v.token(film)
	s.ahead.Add(int64(11 * time.Minute))
	v.send("/account", "/account/step-up", "then", "start", "password", password).mustShow(t, 200, "Scan this")
	for what, token := range map[string]string{
		"from before the sign-in": before, "of the session before": first, "from between them": between, "of the person's other browser": other.token(film),
		"from before the step-up": own, "cut": v.token(film)[:42], "with more": v.token(film) + "A", "none": "",
	} {
		if got := v.do(v.request(film+"/watchlist", url.Values{"form": {token}})).StatusCode; got != http.StatusForbidden {
			t.Errorf("a token %s: %d", what, got)
		}
	}
	v.get(film).mustShow(t, 200, "Add to watchlist")
	v.do(v.request(film+"/watchlist?form="+v.token(film), url.Values{})).mustShow(t, http.StatusForbidden)        // not in the address, which others see
	v.do(v.request(film+"/watchlist", url.Values{"form": {v.token(film)}})).mustShow(t, 200, "On your watchlist") // the twin
}

// Whatever a form changes, another site's page must not send it.
func TestAttack_AnyFormOfAnotherSite(t *testing.T) {
	pages := stage(t, "harmless", true, nil)
	forms := 0
	for _, l := range everyPage("harmless", true) {
		if l.method != http.MethodPost {
			continue
		}
		forms++
		twin := l.ask(t, pages, "en")
		for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example", "": ""} {
			r := httptest.NewRequestWithContext(t.Context(), l.method, l.path, strings.NewReader(l.form.Encode()))
			r.Host = "127.0.0.1:8000"
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.AddCookie(&http.Cookie{Name: "marquee_session", Value: liveCookie, Quoted: true})
			if name != "" {
				r.Header.Set(name, value)
			}
			w := httptest.NewRecorder()
			pages.ServeHTTP(w, r)
			if w.Code != http.StatusForbidden || w.Result().Header.Get("Location") != "" || !strings.Contains(w.Body.String(), "another site") {
				t.Errorf("%v with %s %q: %d (%d from our own page)", l, name, value, w.Code, twin.Code)
			}
		}
	}
	if forms < 20 {
		t.Errorf("%d forms", forms)
	}
}

// Sign-in is a form like any other: to sign somebody in as the attacker is an
// attack as well.
func TestAttack_SignInFromAnotherSite(t *testing.T) {
	s := openSite(t)
	s.visitor(t).register()
	v := s.visitor(t)
	form := url.Values{"username": {name}, "password": {password}, "form": {v.token("/login")}}
	r := v.request("/login", form)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	v.do(r).mustShow(t, http.StatusForbidden, "another site")
	without := url.Values{"username": {name}, "password": {password}}
	v.do(v.request("/login", without)).mustShow(t, http.StatusForbidden)
	v.do(v.request("/login", form)).mustShow(t, http.StatusOK, "<h1>Films</h1>") // the twin: a text browser
}

func TestAttack_DNSRebinding(t *testing.T) {
	s := openSite(t)
	v := s.visitor(t)
	for host, want := range map[string]int{
		"evil.example": 421, "evil.example:8000": 421, "127.0.0.1.evil.example": 421, "": 400,
		"localhost": 200, "localhost:9": 200, "127.0.0.1:9": 200, "[::1]:9": 200,
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/", nil)
		must(t, err)
		r.Host = host
		if host == "" {
			continue // the client fills it in
		}
		if got := v.do(r).StatusCode; got != want {
			t.Errorf("Host %q: %d, want %d", host, got, want)
		}
	}
}

// A cookie that somebody planted must not become the victim's session.
func TestAttack_SessionFixation(t *testing.T) {
	s := openSite(t)
	s.visitor(t).register()
	attacker := s.visitor(t)
	attacker.send("/login", "/login", "username", name, "password", password)
	planted := attacker.cookie("marquee_session")
	victim := s.visitor(t)
	u, err := url.Parse(s.URL)
	must(t, err)
	victim.Jar.SetCookies(u, []*http.Cookie{{Name: "marquee_session", Value: planted, Path: "/"}})
	victim.send("/login?x", "/login", "username", name, "password", password)
	if now := victim.cookie("marquee_session"); now == planted || now == "" {
		t.Fatal("the planted cookie is the session")
	}
	attacker.get("/account").mustShow(t, 200, "<h1>Sign in</h1>")          // the session before was ended
	victim.get("/account/sessions").mustShow(t, 200, "this browser", name) // the twin goes on
}

func TestAttack_RedirectToAnotherSite(t *testing.T) {
	s := openSite(t)
	s.visitor(t).register()
	for _, next := range []string{
		"https://evil.example", "//evil.example", `/\evil.example`, "https:evil.example", "javascript:alert(1)",
		"/\t/evil.example", "@evil.example", "http://127.0.0.1:1/",
	} {
		v := s.visitor(t)
		v.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		p := v.send("/login", "/login", "username", name, "password", password, "next", next)
		if to := p.Header.Get("Location"); p.StatusCode != http.StatusSeeOther || to != "/films" {
			t.Errorf("next=%q leads to %q (%d)", next, to, p.StatusCode)
		}
	}
	v := s.visitor(t)
	v.send("/login", "/login", "username", name, "password", password, "next", "/account?x=1").mustShow(t, 200, "Where you are signed in")
	v.get("/login?next=//evil.example").mustShow(t, 200, "<h1>Films</h1>") // who is in already is led on as well
}

// Looking changes nothing.
func TestAttack_ChangeByGET(t *testing.T) {
	v := openSite(t).visitor(t)
	v.register()
	film := filmLink.FindString(v.get("/films").body)
	for _, path := range []string{"/logout", film + "/rating?rating=9", film + "/watchlist", "/account/sessions/end-others", "/language?language=ko"} {
		if p := v.get(path); p.StatusCode < 400 {
			t.Errorf("GET %s answers %d", path, p.StatusCode)
		}
	}
	v.get(film).mustShow(t, 200, "Nobody has rated it yet", "Add to watchlist")
}

func TestAttack_CookiesAndHeaders(t *testing.T) {
	s := openSite(t)
	v := s.visitor(t)
	v.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	p := v.register()
	session := ""
	for _, c := range p.Cookies() {
		if c.Name == "marquee_session" {
			session = c.Value
			if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || len(c.Value) < 43 {
				t.Errorf("cookie %+v", c)
			}
		}
	}
	if session == "" {
		t.Fatal("no cookie")
	}
	for _, path := range []string{"/", "/login", "/films", "/account", "/nothing"} {
		p := v.get(path)
		for header, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store",
			"X-Frame-Options": "DENY", "Permissions-Policy": "camera=()",
		} {
			if got := p.Header.Get(header); !strings.HasPrefix(got, want) {
				t.Errorf("%s: %s is %q", path, header, got)
			}
		}
		policy := p.Header.Get("Content-Security-Policy")
		if strings.Contains(policy, "unsafe") || !strings.Contains(policy, "frame-ancestors 'none'") || !strings.Contains(policy, "base-uri 'none'") {
			t.Errorf("%s: %s", path, policy)
		}
		if strings.Contains(p.body, session) || strings.Contains(p.body, "eyJ") || strings.Contains(p.body, "<script") {
			t.Errorf("%s holds the cookie, a token or a script", path)
		}
	}
	if p := v.send("/account", "/logout"); p.Header.Get("Clear-Site-Data") == "" {
		t.Error("no Clear-Site-Data at sign-out")
	}
	v.Jar.SetCookies(p.Request.URL, []*http.Cookie{{Name: "marquee_session", Value: session, Path: "/"}})
	if p := v.get("/account"); p.StatusCode != http.StatusSeeOther {
		t.Errorf("the cookie lives on after sign-out: %d", p.StatusCode)
	}
}

func tooLargeAForm(t *testing.T) {
	v := openSite(t).visitor(t)
	form := url.Values{"form": {v.token("/login")}, "username": {strings.Repeat("x", 70<<10)}}
	v.do(v.request("/login", form)).mustShow(t, http.StatusRequestEntityTooLarge)
	form.Set("username", strings.Repeat("x", 7<<10))
	v.do(v.request("/login", form)).mustShow(t, http.StatusUnauthorized)
}

// Guesses at one name are slowed whatever address of his network a guesser
// takes; somebody else's sign-in meanwhile is not.
func TestAttack_GuessingOnThePages(t *testing.T) {
	s := openSite(t)
	s.visitor(t).register()
	v := s.visitor(t)
	slowed := 0
	for range 15 {
		p := v.send("/login", "/login", "username", "MINJI", "password", "a guess")
		if p.StatusCode == http.StatusTooManyRequests && p.Header.Get("Retry-After") != "" {
			slowed++
		}
	}
	if slowed != 11 { // after the fourth, the clock stands still
		t.Errorf("%d of 15 guesses were slowed, want 11", slowed)
	}
	v.send("/login", "/login", "username", "nobody", "password", password).mustShow(t, http.StatusUnauthorized) // the twin
}

// Somebody who guesses from the same network, as one behind the same router,
// does not hold up a browser that has signed in before.
func TestAttack_GuessingBesideAKnownBrowser(t *testing.T) {
	s := openSite(t)
	known, stranger := s.visitor(t), s.visitor(t)
	known.register()
	known.send("/account", "/logout")
	for range 5 {
		stranger.send("/login", "/login", "username", name, "password", "a guess")
	}
	stranger.send("/login", "/login", "username", name, "password", password).mustShow(t, http.StatusTooManyRequests)
	known.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	p := known.send("/login", "/login", "username", name, "password", password)
	if p.StatusCode != http.StatusSeeOther {
		t.Fatalf("the known browser: %d", p.StatusCode)
	}
	for _, c := range p.Cookies() {
		if c.Name == "marquee_device" && (!c.HttpOnly || c.MaxAge != 90*24*3600 || c.SameSite != http.SameSiteLaxMode || c.Path != "/") {
			t.Errorf("cookie %+v", c)
		}
	}
	if known.cookie("marquee_device") == "" || strings.Contains(known.get("/account").body, known.cookie("marquee_device")) {
		t.Error("there is no device cookie, or a page shows it")
	}
}
