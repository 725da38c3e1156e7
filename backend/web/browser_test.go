package web_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/chromedp"

	"example.com/marquee/common/testrig"
)

// browser starts headless Chromium, which may talk to nobody but us.
func browser(t *testing.T, language string) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(testrig.Chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1280, 900),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("accept-lang", language), chromedp.Env("LANGUAGE="+language),
	)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 90*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestInABrowser(t *testing.T) {
	for language, words := range map[string]struct{ films, found, rated, listed, out string }{
		"en": {"%d films", "1 film\n", "★ 8.0", "On your watchlist", "Create an account"},
		"ko": {"영화 %d편", "영화 1편", "★ 8.0", "담겨 있습니다", "회원가입"},
	} {
		t.Run(language, func(t *testing.T) {
			s := openSite(t)
			words.films = fmt.Sprintf(words.films, s.total)
			ctx := browser(t, language)
			// The policy's violations, failed loads and errors come as log entries.
			var complaints sync.Map
			must(t, chromedp.Listen(ctx, func(ev any) {
				if e, ok := ev.(*log.EventEntryAdded); ok && (e.Entry.Level == "error" || e.Entry.Level == "warning") {
					complaints.Store(e.Entry.Text+" "+e.Entry.URL, true)
				}
			}))
			step := func(what, want string, steps ...chromedp.Action[chromedp.Void]) {
				t.Helper()
				if _, err := chromedp.Run(ctx, chromedp.Steps(steps...)); err != nil {
					t.Fatalf("%s: %v", what, err)
				}
				text, err := chromedp.Run(ctx, chromedp.Text("body"))
				if err != nil || !strings.Contains(text, want) {
					t.Fatalf("%s does not show %q: %v\n%s", what, want, err, text)
				}
			}
			// submit clicks what leads to another page and waits for it.
			submit := func(what, selector, want string) {
				t.Helper()
				if _, err := chromedp.RunResponse(ctx, chromedp.Click(selector)); err != nil {
					t.Fatalf("%s: %v", what, err)
				}
				step(what, want)
			}
			fill := func(id, value string) chromedp.Action[chromedp.Void] { return chromedp.SendKeys("#"+id, value) }

			step("register", "", chromedp.Navigate(s.URL+"/register"),
				fill("email", name+"@example.com"), fill("username", name), fill("password", password), fill("repeat", password))
			submit("register", "main form button", words.films)
			step("search", "", fill("q", "기생충"))
			submit("search", ".search button", words.found)
			submit("film", ".films a", "Bong Joon-ho")
			step("rating", "", chromedp.Click(".scale label:nth-child(8) span"))
			submit("rating", `form[action$="/rating"] button`, words.rated)
			submit("watchlist", `form[action$="/watchlist"] button`, words.listed)
			submit("sign out", "header form button", words.out)
			step("signed out", "", chromedp.Navigate(s.URL+"/films"), chromedp.WaitVisible("#password"),
				fill("username", name), fill("password", password))
			submit("sign in", "main form button", words.films)

			complaints.Range(func(text, _ any) bool { t.Errorf("the browser complains: %v", text); return true })
			elsewhere, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](
				`performance.getEntriesByType("resource").map(e => e.name).filter(n => !n.startsWith(location.origin))`))
			if err != nil || len(elsewhere) > 0 {
				t.Errorf("the page loads from elsewhere: %v %v", elsewhere, err)
			}
		})
	}
}
