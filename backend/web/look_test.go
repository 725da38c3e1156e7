package web_test

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"example.com/marquee/common/marquee"
)

// TestLook writes pictures of the pages into the folder that MARQUEE_TEST_LOOK
// names: each, or those that MARQUEE_TEST_LOOK_AT names, in both languages,
// light and dark, on a phone and on a wide screen, or as wide as
// MARQUEE_TEST_LOOK_WIDE says, such as "768 1920".
func TestLook(t *testing.T) {
	folder := os.Getenv("MARQUEE_TEST_LOOK")
	if folder == "" {
		t.Skip("MARQUEE_TEST_LOOK names no folder")
	}
	widths := strings.Fields(cmp.Or(os.Getenv("MARQUEE_TEST_LOOK_WIDE"), "360 1280"))
	s, browser := openSite(t), startBrowser(t)
	v := s.visitor(t)
	v.register()
	for i, film := range filmLink.FindAllString(v.get("/films?q=bong").body, 4) {
		v.send(film, film+"/rating", "rating", fmt.Sprint(9-i))
		v.send(film, film+"/watched", "date", fmt.Sprintf("2026-0%d-06", 5-i))
	}
	film := filmLink.FindString(v.get("/films?q=parasite").body)
	v.send(film, film+"/watchlist")
	v.send(film, film+"/watched", "date", "2024-12-31")
	for _, language := range []string{"en", "ko"} {
		w := openWindow(t, browser, s, language, 1280)
		look := func(page, path string) {
			t.Helper()
			if only := strings.Fields(os.Getenv("MARQUEE_TEST_LOOK_AT")); len(only) > 0 && !slices.Contains(only, page) {
				return
			}
			for _, wide := range widths {
				width, err := strconv.ParseInt(wide, 10, 64)
				must(t, err)
				w.do("resize", chromedp.EmulateViewport(width, 800))
				for _, scheme := range []string{"light", "dark"} {
					w.media("", "prefers-color-scheme", scheme)
					if path != "" {
						w.do(path, chromedp.Navigate(s.URL+path))
					}
					ctx, cancel := context.WithTimeout(w.ctx, patience)
					png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
					cancel()
					must(t, err)
					file := fmt.Sprintf("%s-%s-%d-%s.png", page, language, width, scheme)
					must(t, os.WriteFile(filepath.Join(folder, file), png, 0o600))
				}
			}
		}
		look("home", "/")
		look("register", "/register")
		look("login", "/login?unsaved=1")
		look("error", "/nothing")
		w.open("/login", "")
		w.submit(`form[action="/login/device"] button`, "")
		look("waiting", "")
		w.open("/login", "")
		w.fill("username", name, "password", password)
		w.submit("main form button", "")
		asks, err := s.auth.AskDevice(t.Context(), marquee.Origin{Address: "192.0.2.9", Agent: "marquee/1.4 (linux) desk", Client: "tui"})
		must(t, err)
		for page, path := range map[string]string{
			"code": "/device", "device": "/device?code=" + asks.UserCode,
			"films": "/films?q=bong+joon-ho&sort=-rating", "all": "/films", "none": "/films?q=qxqxqx&genre=Drama&year_from=1990", "wrong": "/films?year_from=soon", "film": film, "diary": "/diary", "watchlist": "/watchlist",
			"account": "/account", "profile": "/account/profile", "password": "/account/password", "factor": "/account/second-factor",
			"export": "/account/export", "delete": "/account/delete", "zone": "/account/zone", "sessions": "/account/sessions", "activity": "/account/activity",
			"keys": "/account/keys",
		} {
			look(page, path)
		}
		w.open("/account/keys", "")
		w.fill("public_key", newDesk(t, "laptop").line)
		w.submit("main form button", "ssh-keygen")
		look("prove", "")

		who := "이름이-아주-긴-사람-" + language
		v := s.visitor(t)
		v.send("/register", "/register", "username", who, "email", who+"@a-rather-long-name-of-a-host.example.com", "password", password, "repeat", password)
		w = openWindow(t, browser, s, language, 1280)
		w.open("/login", "")
		w.fill("username", who, "password", password)
		w.submit("main form button", "")
		look("new-watchlist", "/watchlist")
		look("new-diary", "/diary")
		look("new-account", "/account")
		w.open("/account/second-factor", "")
		w.submit("main form button", "")
		look("enrol", "")
		w.fill("code", s.code(t, evaluated[string](w, `document.querySelector("main code").textContent`)))
		w.submit("main form button", "")
		look("codes", "")
		s.ahead.Add(int64(11 * time.Minute))
		w.open("/account/second-factor", "")
		w.submit("main form button", "")
		look("stepup", "")
		w.submit("header form button", "")
		w.open("/login", "")
		w.fill("username", who, "password", password)
		w.submit("main form button", "")
		look("second", "")
		w.submit("main form button", "")
		look("second-wrong", "")
	}
}
