package web_test

import (
	"context"
	"strings"

	"github.com/chromedp/chromedp"
)

// byHand is what people do who are in a hurry, or come back.
func byHand(w *window) {
	const who = "민지의영화관"
	twice := func(selector, want string) {
		w.Helper()
		ctx, cancel := context.WithTimeout(w.ctx, patience)
		defer cancel()
		if _, err := chromedp.RunResponse(ctx, chromedp.DoubleClick(chromedp.CSS(selector))); err != nil {
			w.Fatalf("%s: %v\n%s", selector, err, w.text())
		}
		w.mustShow(want)
	}
	w.open("/register", "")
	w.fill("email", "hand@example.com", "username", who+"🎬", "password", password, "repeat", password)
	w.submit("main form button", "Only letters, digits")
	w.clear("username")
	w.paste("username", strings.Repeat("영화", 2000))
	w.fill("password", password, "repeat", password)
	w.submit("main form button", "At most 32 characters")
	w.clear("username")
	w.fill("username", who, "password", password, "repeat", password)
	twice("main form button", "films")
	w.submit(`header a[href="/account"]`, who)

	w.submit("header form button", "Create an account")
	w.do("back", chromedp.NavigateBack())
	if text := w.text(); strings.Contains(text, "hand@example.com") {
		w.Errorf("after the sign-out the way back shows\n%s", text)
	}
	w.open("/login", "")
	w.fill("username", who, "password", password)
	twice("main form button", "films")
	w.open("/account/sessions", "this browser")
}
