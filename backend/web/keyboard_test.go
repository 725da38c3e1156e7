package web_test

import (
	"context"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// press types keys that lead to another page, and waits for it.
func (w *window) press(keys, want string) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.KeyEvent(keys)); err != nil {
		w.Fatalf("%q: %v\n%s", keys, err, w.text())
	}
	w.mustShow(want)
}

func (w *window) typed(keys string) {
	w.Helper()
	w.do("keys", chromedp.KeyEvent(keys))
}

// tabTo goes on by the tab key until what is named so has the focus. Wherever
// it passes, the focus must be seen.
func (w *window) tabTo(name string) {
	w.Helper()
	var passed []string
	for range 80 {
		w.typed(kb.Tab)
		if wrong := evaluated[string](w, focusIsHidden); wrong != "" {
			w.Errorf("%s: nobody sees that %q has the focus: %s", w.address(), w.focused(), wrong)
		}
		if passed = append(passed, w.focused()); passed[len(passed)-1] == name {
			return
		}
	}
	w.Fatalf("%s: the tab key does not lead to %q but to %q", w.address(), name, passed)
}

const focusIsHidden = `(e => {
	if (e === document.body) return ""; // between the last and the first
	const shown = e.matches(".scale input") ? e.nextElementSibling : e;
	const s = getComputedStyle(shown), r = shown.getBoundingClientRect();
	const seen = s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 && r.width > 1 && r.left >= 0 && r.bottom > 0 && r.top < innerHeight;
	return seen ? "" : s.outline + " at " + JSON.stringify(r) + e.matches(":focus") + e.matches(":focus-visible") + e.matches(":focus-within");
})(document.activeElement)`

// keysOnly is a person's way without a mouse.
func keysOnly(w *window) {
	const who = "minji-keys"
	w.site.visitor(w).send("/register", "/register", "username", who, "email", who+"@example.com", "password", password, "repeat", password)
	w.open("/films?q=%EA%B8%B0%EC%83%9D%EC%B6%A9", "No account yet?")
	w.tabTo("#main") // past the navigation
	w.typed(kb.Enter)
	w.typed(kb.Tab)
	if at := w.focused(); at != "username" {
		w.Errorf("past the navigation is %q", at)
	}
	w.typed(who)
	w.tabTo("password")
	w.typed("a guess")
	w.press(kb.Enter, "User name or password is wrong")
	if at := w.focused(); at != "summary" {
		w.Errorf("after an error %q has the focus", at)
	}
	w.tabTo("password")
	w.typed(password)
	w.press(kb.Enter, "1 film")
	const film = `document.querySelector(".films a").getAttribute("href")`
	w.tabTo(evaluated[string](w, film))
	w.press(kb.Enter, "Bong Joon-ho")

	w.tabTo("rating")
	for range 7 {
		w.typed(kb.ArrowRight)
	}
	w.press(kb.Enter, "★ 8.0")
	w.choiceIsSeen()
	w.tabTo("Add to watchlist")
	w.press(" ", "On your watchlist")
	w.tabTo("Mark watched")
	w.press(kb.Enter, "Add this date")
	w.tabTo("/diary")
	w.press(kb.Enter, "1 viewing")
	w.tabTo(evaluated[string](w, film))
	w.tabTo("English")
	w.open("/account", "Second factor")
	w.tabTo("/account/delete")
	w.press(kb.Enter, "Delete everything")
	w.tabTo("Sign out")
	w.press(kb.Enter, "Create an account")
}

// choiceIsSeen looks at the chosen rating with and without colours of ours.
func (w *window) choiceIsSeen() {
	w.Helper()
	const differ = `(() => {
		const of = n => getComputedStyle(document.querySelector(".scale label:nth-child(" + n + ") span"));
		// Where colours are forced, a background that may be replaced tells nothing.
		const kept = !matchMedia("(forced-colors: active)").matches || of(8).forcedColorAdjust === "none";
		return kept && of(8).backgroundColor !== of(7).backgroundColor;
	})()`
	for _, colours := range []string{"active", "none"} {
		w.media("", "forced-colors", colours)
		if !evaluated[bool](w, differ) {
			w.Errorf("forced-colors: %s: nobody sees which rating is chosen", colours)
		}
	}
}
