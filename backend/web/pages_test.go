package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"example.com/marquee/backend/web"
	"example.com/marquee/common/marquee"
)

var (
	filmLink = regexp.MustCompile(`/films/[0-9a-f-]{36}`)
	nextPage = regexp.MustCompile(`rel="next" href="([^"]+)"`)
)

func TestAPersonsWayThroughThePages(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		v := s.visitor(t)
		v.get("/").mustShow(t, 200, "lives in your terminal", "ssh -p 23234 films.example")
		v.register().mustShow(t, 200, "<h1>Films</h1>", name, fmt.Sprint(s.total, " films"))
		found := v.get("/films?q=%EA%B8%B0%EC%83%9D")
		found.mustShow(t, 200, ">1 film<", "Parasite", "기생충")
		film := filmLink.FindString(found.body)
		v.get(film).mustShow(t, 200, "Bong Joon-ho", "2019", "Nobody has rated it yet",
			`<a href="https://www.imdb.com/title/tt6751668/" rel="external noopener noreferrer" referrerpolicy="no-referrer" hreflang="en">IMDb</a>`,
			`<a href="https://en.wikipedia.org/wiki/Parasite_`)
		v.send(film, film+"/rating", "rating", "9").mustShow(t, 200, "★ 9.0", `value="9" checked`)
		v.send(film, film+"/watchlist").mustShow(t, 200, "On your watchlist")
		v.send(film, film+"/watched", "date", "2026-11-01").mustShow(t, 200, `datetime="2026-11-01"`)
		v.send(film, film+"/watched", "date", "2999-01-01").mustShow(t, 422, `value="2999-01-01"`, `id="date-note"><strong>✕ This day has not come yet.`, `datetime="2026-11-01"`)
		v.get("/watchlist").mustShow(t, 200, "Parasite")
		v.send(film, film+"/watched", "date", "2024-02-29").mustShow(t, 200, `datetime="2024-02-29"`, `datetime="2026-11-01"`)
		diary := v.get("/diary")
		diary.mustShow(t, 200, "Parasite", "2 viewings", "<h2>November 2026</h2>", "↻ rewatch", "<h2>February 2024</h2>", "February 2024 (1)")
		if n := strings.Count(diary.body, "↻"); n != 1 {
			t.Errorf("%d rewatches, want 1", n)
		}
		month := v.get("/diary?month=2024-02")
		month.mustShow(t, 200, "Diary: February 2024", "1 viewing", `datetime="2024-02-29"`)
		if strings.Contains(month.body, `datetime="2026-11-01"`) {
			t.Error("a month shows another one's viewings")
		}
		v.get("/diary?month=2024-03").mustShow(t, 200, "Nothing watched in this month")
		v.get("/diary?month=spring").mustShow(t, http.StatusNotFound)
		v.send(film, film+"/rating", "remove", "1").mustShow(t, 200, "Nobody has rated it yet")
		v.send(film, film+"/watchlist", "remove", "1").mustShow(t, 200, "Add to watchlist")
		left := v.send(film, film+"/watched", "remove", "2026-11-01")
		left.mustShow(t, 200, `datetime="2024-02-29"`)
		if strings.Contains(left.body, `datetime="2026-11-01"`) {
			t.Error("what was removed is still there")
		}
		v.send(film, film+"/watched", "remove", "2024-02-29").mustShow(t, 200, "Mark watched")
		v.get("/account").mustShow(t, 200, name+"@example.com", "Where you are signed in")
		v.get("/account/sessions").mustShow(t, 200, "this browser")
		out := v.send("/account", "/logout")
		out.mustShow(t, 200, "Create an account")
		v.get("/films").mustShow(t, 200, "<h1>Sign in</h1>")
		v.send("/login", "/login", "username", "MINJI@example.com", "password", password, "next", film).mustShow(t, 200, "Bong Joon-ho")
	})
}

func TestPagesSpeakKorean(t *testing.T) {
	s := openSite(t)
	v := s.visitor(t)
	v.language = "ko-KR,ko;q=0.9"
	v.get("/").mustShow(t, 200, `<html lang="ko">`, "터미널 속의 영화 일기")
	v.register().mustShow(t, 200, fmt.Sprintf("영화 %d편", s.total), "로그아웃")
	film := filmLink.FindString(v.get("/films?q=버닝").body)
	v.get(film).mustShow(t, 200, "감독", "보고 싶은 영화")
	// A choice wins over what the browser asks for.
	v.send("/films", "/language", "language", "en", "next", "/account").mustShow(t, 200, `<html lang="en">`, "Where you are signed in")
	v.get("/films").mustShow(t, 200, fmt.Sprint(s.total, " films"))
}

func TestPagesSayWhatWasMeant(t *testing.T) {
	v := openSite(t).visitor(t)
	v.register()
	v.get("/films?q=parasiet").mustShow(t, 200, "those for “parasite” are shown as well", "기생충", ">1 film<")
	if p := v.get("/films?q=parasite"); strings.Contains(p.body, "shown as well") {
		t.Error("what was typed rightly is corrected")
	}
}

func TestPagesOfTheListGoBothWays(t *testing.T) {
	v := openSite(t).visitor(t)
	v.register()
	next, prev := nextPage, regexp.MustCompile(`rel="prev" href="([^"]+)"`)
	follow := func(p page, way *regexp.Regexp) page {
		m := way.FindStringSubmatch(p.body)
		if m == nil {
			t.Fatalf("no %v on the page", way)
		}
		return v.get(strings.ReplaceAll(m[1], "&amp;", "&"))
	}
	films := func(p page) string { return strings.Join(filmLink.FindAllString(p.body, -1), " ") }
	pages, seen := []page{v.get("/films?sort=-year")}, map[string]bool{}
	for ; ; pages = append(pages, follow(pages[len(pages)-1], next)) {
		p := pages[len(pages)-1]
		for _, film := range filmLink.FindAllString(p.body, -1) {
			seen[film] = true
		}
		p.mustShow(t, 200, `<option value="-year" selected>`)
		if !next.MatchString(p.body) {
			break
		}
	}
	if len(seen) != v.site.total || len(pages) != (v.site.total+19)/20 || prev.MatchString(pages[0].body) {
		t.Errorf("%d films on %d pages, want %d", len(seen), len(pages), v.site.total)
	}
	for p := pages[len(pages)-1]; len(pages) > 1; pages = pages[:len(pages)-1] {
		if p = follow(p, prev); films(p) != films(pages[len(pages)-2]) {
			t.Error("the pages do not go back the way they came")
		}
	}
}

func TestWhatWasTypedComesBackBesideItsError(t *testing.T) {
	v := openSite(t).visitor(t)
	p := v.send("/register", "/register", "username", "ab", "email", "nowhere", "password", "short", "repeat", "other")
	p.mustShow(t, http.StatusUnprocessableEntity, `value="ab"`, `value="nowhere"`, "At least 4 characters", "At least 8 characters",
		"This does not look right", "The two entries differ", `role="alert"`, `aria-invalid="true"`)
	if strings.Contains(p.body, "short") {
		t.Error("a password came back")
	}
	v.register()
	v.get("/register?next=/diary").mustShow(t, 200, "<h1>Diary</h1>")
	other := v.site.visitor(t)
	other.register().mustShow(t, http.StatusUnprocessableEntity, "Already in use", `value="minji"`)
	p = other.send("/login", "/login", "username", name, "password", "wrong password")
	p.mustShow(t, http.StatusUnauthorized, "User name or password is wrong", `value="minji"`)
	if strings.Contains(p.body, "wrong password") {
		t.Error("a password came back")
	}
	v.get("/films?year_from=abc").mustShow(t, http.StatusUnprocessableEntity, "out of range", `value="abc"`, `id="year_from-note"`, `<a href="#year_from">From year</a>`)
	v.get("/films?year_from=abc").mustShow(t, http.StatusUnprocessableEntity, `<a href="/films">Clear</a>`)
	v.get("/films?q="+strings.Repeat("a", 101)).mustShow(t, http.StatusUnprocessableEntity, `<a href="#q">Search titles and people</a>: At most 100`, `maxlength="100"`)
	film := filmLink.FindString(v.get("/films").body)
	v.send(film, film+"/rating", "rating", "11").mustShow(t, http.StatusUnprocessableEntity, "out of range", `<a href="#rating">Rating</a>`, `id="rating-note"`)
	v.send(film, film+"/watched", "date", "yesterday").mustShow(t, http.StatusUnprocessableEntity, "does not look right",
		`value="yesterday"`, `aria-describedby="date-note"`, `<a href="#date">Date</a>`)
}

func TestAPasswordLinkIsUsedInTheBrowser(t *testing.T) {
	s := openSite(t)
	v := s.visitor(t)
	v.register()
	token, _, err := s.auth.PasswordLink(t.Context(), name)
	must(t, err)
	path := "/password/" + token
	other := s.visitor(t)
	other.get(path).mustShow(t, 200, `autocomplete="new-password"`)
	other.get(path).mustShow(t, 200, "works once") // looking does not spend it
	other.send(path, path, "password", "tiny", "repeat", "tiny").mustShow(t, http.StatusUnprocessableEntity, "At least 8 characters")
	other.send(path, path, "password", "another password", "repeat", "another password").mustShow(t, 200, "<h1>Sign in</h1>")
	other.get(path).mustShow(t, http.StatusNotFound)
	v.get("/account").mustShow(t, 200, "<h1>Sign in</h1>") // signed out everywhere
	other.send("/login", "/login", "username", name, "password", "another password").mustShow(t, 200, "<h1>Films</h1>")
}

func TestASessionCanBeEndedFromAnother(t *testing.T) {
	s := openSite(t)
	v, other := s.visitor(t), s.visitor(t)
	v.register()
	other.send("/login", "/login", "username", name, "password", password)
	action := regexp.MustCompile(`/account/sessions/[0-9a-f-]+/end`).FindString(v.get("/account/sessions").body)
	v.send("/account/sessions", action).mustShow(t, 200, "Where you are signed in")
	other.get("/account").mustShow(t, 200, "<h1>Sign in</h1>")
	v.send("/account", action).mustShow(t, 200, "Where you are signed in") // again is no error
}

func TestErrorsArePages(t *testing.T) {
	v := openSite(t).visitor(t)
	v.register()
	v.get("/nothing/here").mustShow(t, http.StatusNotFound, "There is nothing here", "<html", "Sign out") // still signed in
	v.get("/films/00000000-0000-0000-0000-000000000000").mustShow(t, http.StatusNotFound, "There is nothing here")
	p := v.do(v.request("/films", nil))
	if p.StatusCode != http.StatusMethodNotAllowed && p.StatusCode != http.StatusForbidden && p.StatusCode != http.StatusNotFound {
		t.Errorf("POST /films answers %d", p.StatusCode)
	}
	head, err := http.NewRequestWithContext(t.Context(), http.MethodHead, v.site.URL+"/films", nil)
	must(t, err)
	if p := v.do(head); p.StatusCode != 200 || p.body != "" {
		t.Errorf("HEAD: %d, %d bytes", p.StatusCode, len(p.body))
	}
}

func TestTheStylesheetMayBeKeptForEver(t *testing.T) {
	v := openSite(t).visitor(t)
	path := regexp.MustCompile(`/style-[0-9a-f]+\.css`).FindString(v.get("/").body)
	p := v.get(path)
	p.mustShow(t, 200, "prefers-color-scheme: dark")
	if cc := p.Header.Get("Cache-Control"); !strings.Contains(cc, "immutable") || len(p.body) > 12<<10 {
		t.Errorf("Cache-Control %q, %d bytes", cc, len(p.body))
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, v.site.URL+path, nil)
	must(t, err)
	r.Header.Set("If-None-Match", p.Header.Get("ETag"))
	if again := v.do(r); again.StatusCode != http.StatusNotModified {
		t.Errorf("answers %d", again.StatusCode)
	}
}

// A part that is away is 503 with Retry-After, and the cookie stays.
func TestAPartAwayKeepsTheCookie(t *testing.T) {
	s := openSite(t)
	v := s.visitor(t)
	v.register()
	before := v.cookie("marquee_session")
	must(t, s.db.Close())
	p := v.get("/films")
	p.mustShow(t, http.StatusServiceUnavailable, "unavailable right now")
	if strings.Contains(p.body, "Create an account") {
		t.Error("somebody who is signed in is taken for nobody")
	}
	if p.Header.Get("Retry-After") == "" || before == "" || v.cookie("marquee_session") != before {
		t.Errorf("Retry-After %q, cookie kept: %v", p.Header.Get("Retry-After"), v.cookie("marquee_session") == before)
	}
	v.get("/login").mustShow(t, http.StatusServiceUnavailable)
	s.visitor(t).get("/login").mustShow(t, 200, "<h1>Sign in</h1>") // signed-out pages stay up
}

// meAway is the rules of identity while a session is known and its person is not.
type meAway struct{ web.Auth }

func (meAway) Me(context.Context) (marquee.User, error) {
	return marquee.User{}, marquee.Unavailable("find a user", context.DeadlineExceeded)
}

func TestAPageThatDoesNotKnowWhoLooksNamesNobody(t *testing.T) {
	s := openSite(t)
	v := s.visitor(t)
	v.register()
	s.wire(t, func(d *web.Deps) { d.Auth = meAway{d.Auth} })
	p := v.get("/films")
	p.mustShow(t, http.StatusServiceUnavailable, "unavailable right now")
	if strings.Contains(p.body, "<nav") {
		t.Errorf("leads somebody:\n%s", p.body)
	}
}

// The navigation says which page this is, and of which it is a part.
func TestTheNavigationSaysWhereOneIs(t *testing.T) {
	pages := stage(t, "harmless", false, nil)
	current := regexp.MustCompile(`<a href="([^"]+)" aria-current="([^"]+)">`)
	for path, want := range map[string]string{
		"/films": "/films page", "/films/1": "/films true", "/watchlist": "/watchlist page", "/account": "/account page",
		"/account/sessions": "/account true", "/device": "",
	} {
		l := look{method: http.MethodGet, path: path, cookie: liveCookie, want: http.StatusOK}
		got := ""
		for _, m := range current.FindAllStringSubmatch(l.ask(t, pages, "en").Body.String(), -1) {
			got += m[1] + " " + m[2]
		}
		if got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// A floor that the operator raised is the one that people are told.
func TestThePasswordHintKnowsTheFloor(t *testing.T) {
	public, err := url.Parse("http://127.0.0.1:8000")
	must(t, err)
	pages := web.New(web.Deps{Auth: stagedAuth{text: "harmless"}, Movies: stagedFilms{text: "harmless"}, FormKey: make([]byte, 32)},
		web.Config{PublicURL: public, Passwords: marquee.PasswordRules{Min: 15}})
	for _, l := range []look{
		{method: http.MethodGet, path: "/register", want: 200}, {method: http.MethodGet, path: "/account/password", cookie: liveCookie, want: 200},
		{method: http.MethodGet, path: "/password/1", want: 200},
		{method: http.MethodPost, path: "/register", want: 422, form: url.Values{"password": {"fourteen chars"}, "repeat": {"fourteen chars"}}},
	} {
		if body := l.ask(t, pages, "en").Body.String(); !strings.Contains(body, "At least 15 characters") {
			t.Errorf("%v:\n%s", l, body)
		}
	}
}
