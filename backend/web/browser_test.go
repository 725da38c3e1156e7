package web_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// One browser and one site for all of it: each part has a person and a window
// of its own. The race detector sees those with two windows alone: in the others
// one thing happens after the other.
func TestInABrowser(t *testing.T) {
	s := openSite(t)
	ctx := startBrowser(t)
	t.Run("in two windows", func(t *testing.T) { twoWindows(openWindow(t, ctx, s, "en", 1280)) })
	t.Run("letting others in", func(t *testing.T) {
		letOthersIn(openWindow(t, ctx, s, "en", 1280), openWindow(t, ctx, s, "ko", 360))
	})
	if testrig.Race {
		return
	}
	t.Run("in English on a wide screen", func(t *testing.T) {
		w := openWindow(t, ctx, s, "en", 1280)
		w.path(english(s))
		w.focusOrder()
		w.stillAndPrinted()
	})
	t.Run("in Korean on a phone without scripts", func(t *testing.T) {
		w := openWindow(t, ctx, s, "ko", 360)
		w.do("scripts off", call(emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}))
		w.path(korean(s))
	})
	t.Run("by keys alone", func(t *testing.T) { keysOnly(openWindow(t, ctx, s, "en", 1280)) })
	t.Run("in a hurry", func(t *testing.T) { byHand(openWindow(t, ctx, s, "en", 1280)) })
	t.Run("with a second factor", func(t *testing.T) { secondFactorInAWindow(openWindow(t, ctx, s, "en", 1280)) })
}

// sentences are what the path of a person looks for, and his name.
type sentences struct {
	name, director                                                     string
	films, found, rated, listed, seen, diary, account, taken, sessions string
	activity, deleteIt, out, signIn, wrong, deadLink                   string
}

func english(s *site) sentences {
	return sentences{
		name: "minji-en", director: "Bong Joon-ho", films: fmt.Sprintf("%d films", s.total), found: "1 film\n", rated: "★ 8.0", listed: "On your watchlist", seen: "Add this date",
		diary: "1 viewing", account: "Member since", taken: "Already in use", sessions: "this browser", activity: "Signed in", deleteIt: "Delete everything",
		out: "Create an account", signIn: "No account yet?", wrong: "Some fields need another look", deadLink: "There is nothing here",
	}
}

func korean(s *site) sentences {
	return sentences{
		name: "minji-ko", director: "봉준호", films: fmt.Sprintf("영화 %d편", s.total), found: "영화 1편", rated: "★ 8", listed: "담겨 있습니다", seen: "이 날짜 추가",
		diary: "감상 1회", account: "가입일", taken: "이미 사용 중", sessions: "이 브라우저", activity: "로그인", deleteIt: "모두 삭제",
		out: "회원가입", signIn: "계정이 없으신가요?", wrong: "다시 확인", deadLink: "찾을 수 없습니다",
	}
}

// path is a person's way from registering to signing out, by clicks and keys.
func (w *window) path(say sentences) {
	w.Helper()
	w.open("/", say.out)
	w.submit(`a.button[href="/register"]`, "")
	w.fill("email", "nowhere", "username", say.name, "password", "short", "repeat", "other")
	w.submit("main form button", say.wrong)
	w.submit(`.summary a[href="#repeat"]`, "") // from the list at the top to the field
	if at := w.focused(); at != "repeat" {
		w.Errorf("the error leads to %q", at)
	}
	w.clear("email")
	w.fill("email", say.name+"@example.com", "password", password, "repeat", password)
	w.submit("main form button", say.films)

	w.fill("q", "기생충")
	w.submit(".search button", say.found)
	w.submit(".films a", say.director)
	w.do("a rating", chromedp.Click(chromedp.CSS(".scale label:nth-child(8) span")))
	w.submit(`form[action*="/rating"] button`, say.rated)
	w.submit(`form[action*="/watchlist"] button`, say.listed)
	w.submit(`main fieldset > form:last-child button`, say.seen)
	w.submit(".back a", say.found) // the search, as it was
	w.submit(`header a[href="/diary"]`, say.diary)
	w.submit(`header a[href="/watchlist"]`, "기생충")

	w.submit(`header a[href="/account"]`, say.account)
	w.submit(`main a[href="/account/profile"]`, "")
	w.clear("username")
	w.fill("username", "m!")
	w.submit("main form button", say.wrong)
	w.clear("username")
	w.fill("username", say.name+"2")
	w.submit("main form button", say.name+"2")
	w.submit(`main a[href="/account/password"]`, "")
	w.open("/account/delete", say.deleteIt)
	w.open("/account/activity", say.activity)
	w.open("/account/sessions", say.sessions)
	w.open("/nothing", say.deadLink)
	w.open("/account/export", "")
	w.download("main form button", `"username":"`+say.name+`2"`)

	w.submit("header form button", say.out)
	w.open("/films", say.signIn)
	w.fill("username", say.name+"2", "password", password)
	w.submit("main form button", say.films)
	w.submit("header form button", say.out)
}

// download clicks what sends a file and reads it.
func (w *window) download(selector, want string) {
	w.Helper()
	c := chromedp.FromContext(w.ctx)
	folder, events := w.TempDir(), true
	_, err := chromedp.CallBrowser(w.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, BrowserContextID: c.BrowserContextID, DownloadPath: folder, EventsEnabled: &events,
	})
	must(w, err)
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	progress, err := func() (string, error) {
		came := make(chan string, 1)
		if err := chromedp.ListenBrowser(ctx, func(ev any) {
			if p, ok := ev.(*browser.EventDownloadProgress); ok && p.State != browser.DownloadProgressStateInProgress {
				select {
				case came <- string(p.State):
				default:
				}
			}
		}); err != nil {
			return "", err
		}
		if err := chromedp.Do(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
			return "", err
		}
		select {
		case state := <-came:
			return state, nil
		case <-ctx.Done():
			return "", errors.New("no file came")
		}
	}()
	files, _ := filepath.Glob(filepath.Join(folder, "marquee-*.json"))
	if err != nil || progress != string(browser.DownloadProgressStateCompleted) || len(files) != 1 {
		w.Fatalf("%v, %q, %v", err, progress, files)
	}
	if body, err := os.ReadFile(files[0]); err != nil || !strings.Contains(string(body), want) {
		w.Errorf("%v: the file is %s", err, body)
	}
}

// focusOrder goes through the sign-in by the tab key alone.
func (w *window) focusOrder() {
	w.Helper()
	w.open("/login", "")
	var order []string
	for range 12 {
		w.do("tab", chromedp.KeyEvent(kb.Tab))
		order = append(order, w.focused())
	}
	want := []string{"#main", "/", "/login", "/register", "username", "password", "Sign in"}
	if !slices.Equal(order[:len(want)], want) {
		w.Errorf("the tab key goes to %q, want %q first", order, want)
	}
}

// stillAndPrinted looks at what readers ask for who want no motion, or paper.
func (w *window) stillAndPrinted() {
	w.Helper()
	const transition = `getComputedStyle(document.querySelector("button")).transitionDuration`
	for wish, want := range map[string]string{"reduce": "0s", "no-preference": "0.12s"} {
		w.media("", "prefers-reduced-motion", wish)
		if got := evaluated[string](w, transition); got != want {
			w.Errorf("prefers-reduced-motion: %s: a button takes %s", wish, got)
		}
	}
	w.media("print", "prefers-color-scheme", "dark")
	if left := evaluated[[]string](w, `[...document.querySelectorAll("nav, .foot, .skip")].filter(e => e.checkVisibility()).map(e => e.className)`); len(left) > 0 {
		w.Errorf("on paper there are still %q", left)
	}
	if got := evaluated[string](w, `getComputedStyle(document.body).color + " on " + getComputedStyle(document.body).backgroundColor`); got != "rgb(0, 0, 0) on rgb(255, 255, 255)" {
		w.Errorf("on paper: %s", got)
	}
	w.media("", "prefers-color-scheme", "light")
}

func secondFactorInAWindow(w *window) {
	const who = "minji-mfa"
	v := w.site.visitor(w)
	v.send("/register", "/register", "username", who, "email", who+"@example.com", "password", password, "repeat", password)
	signIn := func() {
		w.open("/login", "")
		w.fill("username", who, "password", password)
		w.submit("main form button", "")
	}
	signIn()
	w.submit(`header a[href="/account"]`, "Off: your password alone")
	w.submit(`main a[href="/account/second-factor"]`, "Turn it on")
	w.submit("main form button", "Scan this")
	secret := evaluated[string](w, `document.querySelector("main code").textContent`)
	code := func() string { return w.site.code(w.T, secret) }
	w.fill("code", "12345")
	w.submit("main form button", "This code is wrong")
	w.fill("code", code())
	w.submit("main form button", "this once")
	codes := evaluated[[]string](w, `[...document.querySelectorAll(".codes code")].map(e => e.textContent)`)
	if len(codes) != 10 {
		w.Fatalf("codes %q", codes)
	}
	for i, answer := range []func() string{code, func() string { return codes[3] }} {
		w.submit("header form button", "Create an account")
		w.site.ahead.Add(int64(time.Minute)) // a code is good once
		signIn()
		w.mustShow("One more step")
		if i == 0 {
			w.fill("code", "k7qm-2xhd-9fwn")
			w.submit("main form button", "This code is wrong")
		}
		w.fill("code", answer())
		w.submit("main form button", "Films")
	}
	w.submit(`header a[href="/account"]`, "Recovery codes left: 9")
	w.site.ahead.Add(int64(11 * time.Minute))
	w.submit(`main a[href="/account/second-factor"]`, "")
	w.submit(`main form:last-of-type button`, "Is it you?")
	w.fill("password", password, "code", code())
	w.submit("main form button", "Turn it on")
}

var sessionEnd = regexp.MustCompile(`/account/sessions/[0-9a-f-]+/end`)

func twoWindows(w *window) {
	const who = "minji-two"
	elsewhere := w.site.visitor(w)
	elsewhere.send("/register", "/register", "username", who, "email", who+"@example.com", "password", password, "repeat", password)
	w.open("/login", "")
	w.fill("username", who, "password", password)
	w.submit("main form button", "")
	w.fill("q", "버닝")
	w.submit(".search button", "1 film\n")
	w.submit(".films a", "Lee Chang-dong")
	other := w.another()
	other.open("/films", "")
	film := filmLink.FindString(w.address())
	other.open(film, "Add to watchlist")

	w.do("a rating", chromedp.Click(chromedp.CSS(".scale label:nth-child(7) span")))
	w.submit(`form[action*="/rating"] button`, "★ 7.0")
	other.submit(`form[action*="/watchlist"] button`, "On your watchlist")
	if text := other.text(); !strings.Contains(text, "★ 7.0") {
		w.Errorf("what the first window rated is not seen in the other:\n%s", text)
	}

	// An hour in which nobody looks, then a click.
	w.site.ahead.Add(int64(time.Hour))
	w.do("a rating", chromedp.Click(chromedp.CSS(".scale label:nth-child(6) span")))
	w.submit(`form[action*="/rating"] button`, "★ 6.0")

	// What one window sends after the other signed out.
	other.submit("header form button", "Create an account")
	w.do("a rating", chromedp.Click(chromedp.CSS(".scale label:nth-child(9) span")))
	w.submit(`form[action*="/rating"] button`, "what you just sent was not saved")
	w.fill("username", who, "password", password)
	w.submit("main form button", "★ 6.0") // back at the film
	w.do("a rating", chromedp.Click(chromedp.CSS(".scale label:nth-child(9) span")))
	w.submit(`form[action*="/rating"] button`, "★ 9.0")
	other.open("/diary", "Nothing watched yet") // the other window is in as well

	// A session ended from elsewhere is seen at the next click.
	action := sessionEnd.FindString(elsewhere.get("/account/sessions").body)
	elsewhere.send("/account/sessions", action)
	w.submit(`header a[href="/watchlist"]`, "This session was ended from another one of yours.")
	w.fill("username", who, "password", password)
	w.submit("main form button", "Burning")
	if want := "/watchlist"; !strings.HasSuffix(w.address(), want) {
		w.Errorf("led to %s, want %s", w.address(), want)
	}
	if _, err := w.site.auth.EndOfBrowser(w.Context(), "x"); !marquee.IsCode(err, marquee.CodeNotFound) {
		w.Error(err)
	}
}

func call[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := cdp.Call(ctx, t, c, params)
		return chromedp.Void{}, err
	}
}
