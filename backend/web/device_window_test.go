package web_test

import (
	"time"

	"github.com/chromedp/chromedp"

	"example.com/marquee/common/marquee"
)

// letOthersIn lets in a terminal, then the browser of stranger, which has the
// cookies of nobody.
func letOthersIn(w, stranger *window) {
	const who = "minji-dev"
	approve := `main button[value="approve"]`
	w.site.visitor(w).send("/register", "/register", "username", who, "email", who+"@example.com", "password", password, "repeat", password)
	d, err := w.site.auth.AskDevice(w.Context(), marquee.Origin{Address: "192.0.2.9", Agent: "a terminal", Client: "tui"})
	must(w, err)

	w.open("/device?code="+d.UserCode, "No account yet?") // the link that the terminal shows
	w.fill("username", who, "password", password)
	w.submit("main form button", d.Number)
	w.mustShow("192.0.2.9")
	w.submit(approve, "It is in")
	if _, err := w.site.auth.LoginDevice(w.Context(), d.DeviceCode, marquee.Origin{}); err != nil {
		w.Errorf("the terminal: %v", err)
	}

	stranger.open("/login", "")
	stranger.submit(`form[action="/login/device"] button`, "기다리고 있습니다")
	code := evaluated[string](stranger, `document.querySelector(".number").textContent`)
	number := evaluated[string](stranger, `document.querySelector("main strong").textContent`)
	w.submit(`header a[href="/account"]`, "Let another device in")
	w.submit(`main a[href="/device"]`, "Type the code")
	w.fill("code", "BBBB-BBBB")
	w.submit("main form button", "Type the code")
	w.clear("code")
	w.fill("code", code)
	w.submit("main form button", number)
	w.submit(approve, "It is in")
	w.site.ahead.Add(int64(10 * time.Second)) // it may ask again
	enter := `form[action="/login/device/enter"] button`
	stranger.do("the page looks again by itself", chromedp.WaitVisible(chromedp.CSS(enter)))
	stranger.submit(enter, "영화")
	stranger.open("/account", who)
}
