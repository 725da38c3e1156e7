package web_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestLook writes pictures of the pages into the folder that MARQUEE_TEST_LOOK
// names: in both languages, light and dark, on a phone and on a wide screen.
func TestLook(t *testing.T) {
	folder := os.Getenv("MARQUEE_TEST_LOOK")
	if folder == "" {
		t.Skip("MARQUEE_TEST_LOOK names no folder")
	}
	for _, language := range []string{"en", "ko"} {
		s := openSite(t)
		v := s.visitor(t)
		v.register()
		film := filmLink.FindString(v.get("/films?q=parasite").body)
		v.send(film, film+"/rating", "rating", "9")
		v.send(film, film+"/watchlist")
		v.send(film, film+"/watched", "date", "2026-05-06")
		v.send(film, film+"/watched", "date", "2024-12-31")
		ctx := browser(t, language)
		shoot := func(page, path string) {
			t.Helper()
			for _, width := range []int64{390, 1280} {
				for _, scheme := range []string{"light", "dark"} {
					png, err := picture(ctx, s.URL+path, width, scheme)
					must(t, err)
					file := fmt.Sprintf("%s-%s-%d-%s.png", page, language, width, scheme)
					must(t, os.WriteFile(filepath.Join(folder, file), png, 0o600))
				}
			}
		}
		shoot("home", "/")
		shoot("register", "/register")
		shoot("error", "/nothing")
		_, err := chromedp.Run(ctx, chromedp.Steps(chromedp.Navigate(s.URL+"/login"),
			chromedp.SendKeys("#username", name), chromedp.SendKeys("#password", password)))
		must(t, err)
		_, err = chromedp.RunResponse(ctx, chromedp.Click("main form button"))
		must(t, err)
		shoot("films", "/films?sort=-rating")
		shoot("wrong", "/films?year_from=soon")
		shoot("film", film)
		shoot("diary", "/diary")
		shoot("account", "/account")
		shoot("profile", "/account/profile")
		shoot("sessions", "/account/sessions")
		shoot("activity", "/account/activity")
	}
}

func picture(ctx context.Context, address string, width int64, scheme string) ([]byte, error) {
	_, err := chromedp.Run(ctx, chromedp.Steps(
		chromedp.EmulateViewport(width, 800),
		func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
			_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
			})
			return chromedp.Void{}, err
		},
		chromedp.Navigate(address)))
	if err != nil {
		return nil, err
	}
	return chromedp.Run(ctx, chromedp.FullScreenshot(100))
}
