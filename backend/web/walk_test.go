package web_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/marquee/backend/web"
	"example.com/marquee/common/lang"
)

// look is a request of the walk through every page.
type look struct {
	method, path string
	cookie       string // of a session
	asking       string // the cookie of a browser that waits to be let in
	form         url.Values
	want         int
	tls          bool // whether the pages are reached by TLS, as films.example
}

func (l look) String() string { return l.method + " " + l.path + "?" + l.form.Encode() }

// everyPage asks for every page, with text wherever somebody could have
// written it: in an address, in a form, in the name of a film or a session.
// mfa is whether the person has a second factor.
func everyPage(text string, mfa bool) []look {
	q, seg := url.QueryEscape(text), url.PathEscape(text)
	inCookie := strings.Map(func(r rune) rune { // what a cookie can hold of it
		if r <= ' ' || r > '~' || strings.ContainsRune(`".,;\`, r) {
			return -1
		}
		return r
	}, text)
	form := func(pairs ...string) url.Values {
		f := url.Values{}
		for i := 0; i+1 < len(pairs); i += 2 {
			f.Set(pairs[i], pairs[i+1])
		}
		return f
	}
	typed := form("username", "!"+text, "email", text, "password", "short", "repeat", "other", "current_password", text, "code", text,
		"next", text, "attempt", text, "uri", text, "secret", text, "then", text, "rating", text, "date", text,
		"name", text, "from", text, "nonce", text, "signature", text, "replaces_second_factor", text)
	const line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA "
	with := func(pairs ...string) url.Values {
		f := form(pairs...)
		for name, values := range typed {
			if !f.Has(name) {
				f[name] = values
			}
		}
		return f
	}
	get := func(want int, path string) look { return look{method: http.MethodGet, path: path, want: want} }
	in := func(want int, path string) look {
		return look{method: http.MethodGet, path: path, cookie: liveCookie, want: want}
	}
	post := func(want int, path string, f url.Values) look {
		return look{method: http.MethodPost, path: path, cookie: liveCookie, form: f, want: want}
	}
	out := func(want int, path string, f url.Values) look {
		return look{method: http.MethodPost, path: path, form: f, want: want}
	}
	waits := func(want int, device string) look {
		return look{method: http.MethodGet, path: "/login/device?next=" + q, asking: device + ".BBBB-BBBB.42", want: want}
	}
	enters := func(want int, device string) look {
		return look{method: http.MethodPost, path: "/login/device/enter", asking: device + ".BBBB-BBBB.42", form: typed, want: want}
	}
	return []look{
		get(200, "/"), in(303, "/"), get(404, "/"+seg+"/none"), in(405, "/logout?"+q),
		get(200, "/register?next="+q), out(422, "/register", typed),
		get(200, "/login?next="+q), {method: http.MethodGet, path: "/login?unsaved=1&next=" + q, cookie: deadCookie, want: 200}, in(303, "/login?next="+q),
		out(200, "/login", typed), out(401, "/login/code", typed), out(422, "/login/code", with("code", "")),
		get(200, "/password/"+seg), out(422, "/password/"+seg, with("repeat", "short")),
		out(303, "/login/device", typed), get(303, "/login/device"), waits(200, "open"), waits(200, "new"), waits(403, "over"),
		{method: http.MethodGet, path: "/login/device", asking: "open." + inCookie + "." + inCookie, want: 200},
		out(303, "/login/device/enter", typed), enters(303, "open"), enters(303, "new"), enters(403, "over"),
		out(303, "/language", with("language", "en")), post(303, "/logout", typed),

		in(200, "/films?q="+q+"&genre="+q+"&sort="+q+"&cursor="+q), in(422, "/films?year_from="+q+"&year_to="+q),
		in(200, "/films/"+seg), post(422, "/films/"+seg+"/rating", typed), post(422, "/films/"+seg+"/watched", typed),
		post(303, "/films/"+seg+"/watchlist", typed), in(200, "/watchlist?cursor="+q), in(200, "/diary?cursor="+q), in(200, "/diary?month=2026-11"),

		in(200, "/device"), in(200, "/device?code="+q), in(422, "/device?code=none"), post(422, "/device", with("user_code", "none")),
		post(200, "/device", form("user_code", text, "answer", "approve")), post(403, "/device", with("user_code", text, "answer", "approve")),
		post(200, "/device", form("user_code", "new", "answer", "approve")), post(200, "/device", form("user_code", text, "answer", "refuse")),

		in(200, "/account"), in(200, "/account/profile"), post(422, "/account/profile", typed),
		in(200, "/account/password"), post(422, "/account/password", with("repeat", "short")),
		in(200, "/account/second-factor"), post(map[bool]int{false: 200, true: 303}[mfa], "/account/second-factor", with("do", "start")), post(422, "/account/second-factor", with("do", "confirm")),
		post(200, "/account/second-factor", with("do", "codes")), post(200, "/account/second-factor", with("do", "end")), post(403, "/account/step-up", typed),
		in(200, "/account/keys"), post(422, "/account/keys", with("public_key", text)),
		post(200, "/account/keys", with("public_key", line+text, "nonce", "")), post(422, "/account/keys", with("public_key", line+text)),
		in(200, "/account/keys/"+seg), in(404, "/account/keys/none"), post(422, "/account/keys/"+seg, typed), post(303, "/account/keys/"+seg+"/remove", typed),
		in(200, "/account/zone"), post(303, "/account/zone", form("zone", "Asia/Seoul")), post(400, "/account/zone", form("zone", "no"+text)),
		in(200, "/account/export"), post(200, "/account/export", form()), post(403, "/account/export", typed),
		in(200, "/account/delete"), post(403, "/account/delete", typed), in(200, "/account/activity"), in(200, "/account/sessions"),
		post(303, "/account/sessions/"+seg+"/end", typed), post(303, "/account/sessions/end-others", typed),
	}
}

// staged is the time on the stage, a minute before what happened there is a day old.
func staged() time.Time { return time.Date(2026, time.November, 25, 11, 59, 0, 0, time.UTC) }

// stage is the pages over rules whose every text is the same. shown hears
// which template a page is made of.
func stage(t *testing.T, text string, mfa bool, shown func(name string)) http.Handler {
	t.Helper()
	public, err := url.Parse("http://127.0.0.1:8000")
	must(t, err)
	log := slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: slog.LevelDebug,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == "name" && shown != nil {
				shown(a.Value.String())
			}
			return a
		}}))
	return web.New(web.Deps{Auth: stagedAuth{text: text, mfa: mfa}, Movies: stagedFilms{text: text}, FormKey: make([]byte, 32), Log: log, Clock: staged},
		web.Config{PublicURL: public, SSHCommand: text})
}

// request is the look as a browser asks for it.
func (l look) request(t *testing.T, language string) *http.Request {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), l.method, l.path, strings.NewReader(l.form.Encode()))
	r.Host = "127.0.0.1:8000"
	r.Header.Set("Accept-Language", language)
	if l.method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	prefix := "marquee_"
	if l.tls {
		r.Host, prefix = "films.example", "__Host-marquee-"
	}
	if l.asking != "" {
		r.AddCookie(&http.Cookie{Name: prefix + "asking", Value: l.asking})
	}
	if l.cookie != "" {
		r.AddCookie(&http.Cookie{Name: prefix + "session", Value: l.cookie, Quoted: true})
	}
	return r
}

func (l look) ask(t *testing.T, pages http.Handler, language string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	pages.ServeHTTP(w, l.request(t, language))
	if w.Code != l.want {
		t.Errorf("%v: %d, want %d\n%s", l, w.Code, l.want, w.Body)
	}
	return w
}

// Whoever adds a page must add it to everyPage, or nobody looks at what may be
// written into it.
func TestEveryPageIsInTheWalk(t *testing.T) {
	routes, walked, shown := http.NewServeMux(), map[string]bool{}, map[string]bool{}
	for _, pattern := range web.Patterns() {
		routes.Handle(pattern, http.NotFoundHandler())
	}
	for _, language := range []string{lang.English, lang.Korean} {
		for _, mfa := range []bool{true, false} {
			pages := stage(t, "harmless", mfa, func(name string) { shown[name] = true })
			for _, l := range everyPage("harmless", mfa) {
				_, pattern := routes.Handler(httptest.NewRequestWithContext(t.Context(), l.method, l.path, nil))
				walked[pattern] = true
				w := l.ask(t, pages, language)
				if body := w.Body.String(); body != "" && w.Code != http.StatusSeeOther {
					mustBeSound(t, l.String(), body, language)
				}
			}
		}
	}
	for _, pattern := range web.Patterns() {
		if !walked[pattern] {
			t.Errorf("nobody looks at %s", pattern)
		}
	}
	files, err := os.ReadDir("templates")
	must(t, err)
	for _, f := range files {
		name := strings.TrimSuffix(f.Name(), ".html")
		if !shown[name] && !slices.Contains([]string{"layout", "parts"}, name) {
			t.Errorf("nobody looks at %s", f.Name())
		}
	}
}

// What people, films, addresses and forms say must not become markup, an
// attribute, an address or a style of its own: every page is made of the same
// whatever they say.
func markupInTexts(t *testing.T) {
	for _, mfa := range []bool{true, false} {
		shapes := map[int]string{}
		for _, text := range []string{
			"harmless", // the twin, and the shape that every other must have
			`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `x" onfocus=alert(1) autofocus x="`,
			"` onload=alert(1)", `javascript:alert(1)`, `//evil.example`, `data:text/html,<b>`, `</title></select></textarea><svg/onload=alert(1)>`,
			`{{.Form}}`, `<!--`, `]]>`, "a\x00b", "</style><style>*{display:none}", `expression(alert(1));background:url(//evil.example)`, "%s%n", "\u2028\u202e", "x\r\nSet-Cookie: evil=1\r\n\r\n<p>",
		} {
			pages := stage(t, text, mfa, nil)
			for i, l := range everyPage(text, mfa) {
				w := l.ask(t, pages, lang.English)
				to := w.Header().Get("Location")
				if u, err := url.Parse(to); err != nil || u.Host != "" || u.Scheme != "" || strings.HasPrefix(to, "//") {
					t.Errorf("%v leads to %q", l, to)
				}
				for name, values := range w.Header() {
					if strings.ContainsAny(strings.Join(values, ""), "\r\n\x00") || name == "Evil" {
						t.Errorf("%v: the header %s is %q", l, name, values)
					}
				}
				got := shape(t, w.Body.String())
				if shapes[i] == "" {
					shapes[i] = got
				} else if got != shapes[i] {
					t.Errorf("%q changes what %v is made of:\n%s\n%s\n%s", text, l, shapes[i], got, w.Body)
				}
			}
		}
	}
}

// Over TLS every cookie is bound to our host and out of reach for scripts, and
// whatever anybody asks for, its answer says how a browser must treat it.
func TestAttack_EveryAnswerIsGuarded(t *testing.T) {
	public, err := url.Parse("https://films.example")
	must(t, err)
	pages := web.New(web.Deps{Auth: stagedAuth{text: "harmless"}, Movies: stagedFilms{text: "harmless"}, FormKey: make([]byte, 32)}, web.Config{PublicURL: public})
	set := map[string]bool{}
	for _, l := range everyPage("harmless", false) {
		l.tls = true
		w := l.ask(t, pages, lang.English)
		for _, c := range w.Result().Cookies() {
			set[c.Name] = true
			if !strings.HasPrefix(c.Name, "__Host-marquee-") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" {
				t.Errorf("%v: cookie %v", l, c)
			}
		}
		for name, want := range map[string]string{
			"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			"Strict-Transport-Security": "max-age=31536000; includeSubDomains",
			"Vary":                      "Accept-Language, Cookie, Sec-Fetch-Site, Origin",
			"Content-Security-Policy":   "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
			"Permissions-Policy":        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
		} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%v: %s is %q", l, name, got)
			}
		}
	}
	for _, name := range []string{"session", "visitor", "language", "zone", "asking"} {
		if !set["__Host-marquee-"+name] {
			t.Errorf("nobody saw the cookie %s", name)
		}
	}
}
