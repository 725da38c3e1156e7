//go:build unix

package main

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/marquee/common/testrig"
)

// browser is Chromium, which may talk to nobody but this machine.
type browser struct {
	*testing.T
	ctx context.Context
	url string
}

func openBrowser(t *testing.T, url string) browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(testrig.Chromium(t)), chromedp.WSURLReadTimeout(patience), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("lang", "en"),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	b := browser{t, ctx, url}
	if err := chromedp.Do(ctx); err != nil { // it lives as long as the context of the first call
		t.Fatal(err)
	}
	return b
}

func (b browser) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.Fatalf("%s: %v\n%s", what, err, b.text())
	}
}

func (b browser) text() string {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText"))
	return text
}

func (b browser) open(path, want string) {
	b.Helper()
	b.do(path, chromedp.Navigate(b.url+path))
	b.mustShow(want)
}

func (b browser) click(selector, want string) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		b.Fatalf("%s: %v\n%s", selector, err, b.text())
	}
	b.mustShow(want)
}

func (b browser) mustShow(want string) {
	b.Helper()
	if text := b.text(); !strings.Contains(text, want) {
		b.Fatalf("the browser does not show %q:\n%s", want, text)
	}
}

var deviceCode = regexp.MustCompile(`[B-Z]{4}-[B-Z]{4}`)

// One person's terminal and browser: each lets the other in, and what the
// terminal ends the browser tells of at the next click.
func TestATerminalAndABrowser(t *testing.T) {
	if testrig.Race {
		t.Skip("its processes share no memory")
	}
	c := openCinema(t)
	h := c.member(t, "minji")
	b := openBrowser(t, c.url)
	terminal := h.start(t, false, "MARQUEE_SERVER="+c.url)
	terminal.see("Films", "1 / ")

	// The terminal lets the browser in.
	b.open("/diary", "No account yet?")
	b.click(`form[action="/login/device"] button`, "Waiting for your answer")
	shown := b.text()
	number := regexp.MustCompile(`number to compare: ([0-9]+)`).FindStringSubmatch(shown)
	if number == nil {
		t.Fatalf("no number in\n%s", shown)
	}
	terminal.typeIn("P")
	terminal.see("Let another device in")
	terminal.typeIn(deviceCode.FindString(shown) + enter)
	terminal.see("Chrome")
	terminal.typeIn(number[1] + enter)
	terminal.see("It is in")
	enterHere := `form[action="/login/device/enter"] button`
	b.do("the page looks again by itself", chromedp.WaitVisible(chromedp.CSS(enterHere)))
	b.click(enterHere, "Nothing watched yet") // where it wanted to go

	// The browser, signed in by a password, lets another terminal in.
	b.click("header form button", "Create an account")
	b.open("/login", "No account yet?")
	b.do("sign in", chromedp.SendKeys(chromedp.ID("username"), "minji"), chromedp.SendKeys(chromedp.ID("password"), password))
	b.click("main form button", "All genres")
	other := newHome(t).start(t, false, "MARQUEE_SERVER="+c.url)
	other.see("Sign in", "Create an account")
	other.typeIn("\x0f") // ctrl+o
	other.see("/device", "Code")
	b.open("/device?code="+deviceCode.FindString(other.text()), "Terminal")
	b.click(`main button[value="approve"]`, "It is in")
	t.Logf("in after %v", other.see("Films", "1 / "))

	// What the terminal ends, the browser tells of at the next click.
	terminal.typeIn("S")
	terminal.see("Chrome", "this one, now")
	terminal.typeIn("o")
	terminal.see("Signed out everywhere else")
	b.click(`header a[href="/diary"]`, "This session was ended from another one of yours.")
}
