//go:build unix

package main

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"example.com/marquee/backend/app"
	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// shownAt is when the pictures of the README are taken.
var shownAt = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// The README's pictures are screens of the program itself, signed in to a
// backend with the starter films: the same everywhere, as both go by a clock
// that stands still and what is random is replaced by something as long.
func TestReadmePictures(t *testing.T) {
	if testrig.Race {
		t.Skip("its processes share no memory")
	}
	h, fixed := shownHome(t)
	for _, p := range []struct {
		name          string
		width, height int
		steps         func(*screen)
	}{
		{"films", 80, 22, func(s *screen) {
			s.typeIn("/song kang")
			s.see("1 / 16")
			s.typeIn(enter + "jjjjj")
			s.see("6 / 16")
		}},
		{"sessions", 80, 20, func(s *screen) {
			s.typeIn("S")
			s.see("this one, now")
			s.typeIn("j")
			s.see("Mozilla/5.0")
		}},
		{"token", 80, 19, func(s *screen) {
			s.typeIn("T")
			s.see("✓ accepted")
		}},
	} {
		s := onTerminalOf(t, h.at(shownAt), false, p.width, p.height)
		s.see("Films", "minji", "1 / ")
		p.steps(s)
		var picture strings.Builder
		for line := range strings.Lines(fixed.Replace(s.still()) + "\n") {
			line = strings.TrimRight("    "+line, " \r\n")
			picture.WriteString(line + "\n")
		}
		s.typeIn(ctrlC)
		s.gone()
		inReadme(t, "<!-- "+p.name+": go test ./tui -run ReadmePictures -update -->\n", "<!-- /"+p.name+" -->", strings.TrimRight(picture.String(), "\n")+"\n")
	}
}

// still waits until nothing more is drawn and returns the screen.
func (s *screen) still() string {
	for {
		select {
		case <-s.drawn:
		case <-time.After(time.Second): // a busy machine may rest within one picture
			return s.text()
		}
	}
}

// at is the program on the home's server at a time of the test's.
func (h home) at(now time.Time) *exec.Cmd {
	cmd := exec.Command(os.Args[0])
	cmd.Env = h.environ("MARQUEE_SERVER="+h.server, "TZ=UTC", envClock+"="+now.Format(time.RFC3339))
	return cmd
}

// shownHome is where minji has signed in a few minutes before the pictures;
// she and others have used the server for some weeks. The replacer puts what
// is the same everywhere in the place of what is random.
func shownHome(t *testing.T) (home, *strings.Replacer) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	st := openStage(t)

	st.to(-400 * time.Hour)
	for name, ratings := range map[string]map[string]int{
		"minji":  {"The Host": 8, "The Good, the Bad, the Weird": 9, "Memories of Murder": 10},
		"haneul": {"The Host": 9, "Parasite": 8, "Thirst": 7},
		"jisoo":  {"The Host": 7, "Parasite": 9, "Memories of Murder": 9, "Secret Sunshine": 8},
	} {
		c := person(ctx, t, st.from(t, "192.0.2.7", ""), name)
		for title, n := range ratings {
			id := filmOf(ctx, t, c, title)
			must(t, c.RateMovie(ctx, id, n))
			if name == "minji" && n == 8 {
				must(t, c.MarkWatched(ctx, id, "2026-11-06"))
			}
		}
		if name == "minji" {
			must(t, c.AddToWatchlist(ctx, filmOf(ctx, t, c, "Broker")))
		}
		must(t, c.Logout(ctx, marquee.LogoutLocal))
	}

	st.to(-75 * time.Hour)
	ssh, err := client.New(client.Options{BaseURL: st.from(t, "2001:db8::17", "OpenSSH_10.0"), ClientName: "ssh"})
	must(t, err)
	t.Cleanup(ssh.Close)
	_, err = ssh.Login(ctx, marquee.Credentials{Login: "minji", Password: password})
	must(t, err)

	browser := st.from(t, "192.0.2.7", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	jar, err := cookiejar.New(nil)
	must(t, err)
	web := &http.Client{Jar: jar}
	st.to(-50 * time.Hour)
	form := url.Values{"form": {formToken(t, web, browser+"/login")}, "username": {"minji"}, "password": {password}}
	answer, err := web.PostForm(browser+"/login", form)
	must(t, err)
	answer.Body.Close()
	st.to(-12 * time.Minute)
	formToken(t, web, browser+"/account")

	st.to(-7 * time.Minute)
	h := newHome(t)
	h.server = st.from(t, "198.51.100.23", "marquee/dev (linux) studio")
	s := onTerminal(t, h.at(st.now()), false)
	s.see("Sign in", "Create an account")
	s.typeIn("minji" + tab + password + enter)
	s.see("Films", "1 / ")
	s.typeIn("q")
	s.gone()
	st.to(0)
	return h, st.fixed(t, h)
}

func must(t tester, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func filmOf(ctx context.Context, t tester, c *client.Client, title string) string {
	t.Helper()
	page, err := c.FindMovies(ctx, marquee.MovieFilter{Query: title})
	must(t, err)
	for _, m := range page.Items {
		if m.Title == title {
			return m.ID
		}
	}
	t.Fatalf("there is no %s", title)
	return ""
}

// formToken opens a page and returns the token of its forms.
func formToken(t tester, web *http.Client, page string) string {
	t.Helper()
	answer, err := web.Get(page)
	must(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	must(t, err)
	m := regexp.MustCompile(`name="form" value="([^"]+)"`).FindSubmatch(body)
	if m == nil {
		t.Fatalf("no form on %s: %s", page, body)
	}
	return string(m[1])
}

// stage is a backend whose clock the test moves.
type stage struct {
	cinema
	clock atomic.Pointer[time.Time]
}

func openStage(t *testing.T) *stage {
	t.Helper()
	st := &stage{}
	st.to(0)
	st.cinema = openCinemaWith(t, app.Options{Clock: st.now}, "TRUSTED_PROXIES=127.0.0.0/8")
	return st
}

func (st *stage) now() time.Time { return *st.clock.Load() }

// to moves the clock, counted from when the pictures are taken.
func (st *stage) to(d time.Duration) {
	at := shownAt.Add(d)
	st.clock.Store(&at)
}

// from is a way to the backend from an address elsewhere, by a program that
// calls itself agent, "" for its own name. Go's server would put the machine's
// date into its answers.
func (st *stage) from(t *testing.T, address, agent string) string {
	t.Helper()
	u, err := url.Parse(st.url)
	must(t, err)
	proxy := &httputil.ReverseProxy{
		FlushInterval: -1,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(u)
			r.Out.Header.Set("X-Forwarded-For", address)
			if agent != "" {
				r.Out.Header.Set("User-Agent", agent)
			}
		},
		ModifyResponse: func(r *http.Response) error {
			r.Header.Set("Date", st.now().UTC().Format(http.TimeFormat))
			return nil
		},
	}
	s := httptest.NewServer(proxy)
	t.Cleanup(func() {
		s.CloseClientConnections()
		s.Close()
	})
	return s.URL
}

// fixed replaces what is random in the token that rests in a home.
func (st *stage) fixed(t *testing.T, h home) *strings.Replacer {
	t.Helper()
	_, _, tokens := h.tokens(t)
	claims := jwt.MapClaims{}
	token, _, err := jwt.NewParser().ParseUnverified(tokens.AccessToken, claims)
	must(t, err)
	var pairs []string
	for i, value := range []any{claims["sub"], claims["sid"], claims["jti"], token.Header["kid"]} {
		pairs = append(pairs, value.(string), lookalike(uint64(i), value.(string)))
	}
	return strings.NewReplacer(pairs...)
}

// lookalike is a UUID like one (RFC 9562), or other characters of base64url.
func lookalike(seed uint64, value string) string {
	const uuid, hex, all = len("00000000-0000-0000-0000-000000000000"), "0123456789abcdef", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	r := rand.New(rand.NewPCG(seed, 1))
	out := []byte(value)
	for i := range out {
		switch {
		case len(out) != uuid:
			out[i] = all[r.IntN(len(all))]
		case out[i] != '-' && i != 14:
			out[i] = hex[r.IntN(len(hex))]
		}
		if len(out) == uuid && i == 19 {
			out[i] = '8'
		}
	}
	return string(out)
}
