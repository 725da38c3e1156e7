package web_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"example.com/marquee/common/testrig"
)

// patience is how long something may take on a machine with much else to do.
const patience = time.Minute

// startBrowser starts headless Chromium, which may talk to nobody but us.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(testrig.Chromium(t)), chromedp.WSURLReadTimeout(patience), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.UserDataDir(t.TempDir()), chromedp.WindowSize(1280, 900),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
	)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	must(t, chromedp.Do(ctx))
	return ctx
}

// window is a window of a browser, in which nothing may go wrong unnoticed.
type window struct {
	*testing.T
	ctx      context.Context
	site     *site
	language string
	width    int64
	watch    *watch
}

// watch is what a person's windows have complained of and asked for.
type watch struct {
	sync.Mutex
	complaints []string
	looked     map[string]bool // pages that were looked at closely
}

// openWindow opens a window with cookies of its own.
func openWindow(t *testing.T, browser context.Context, s *site, language string, width int64) *window {
	t.Helper()
	w := &window{T: t, site: s, language: language, width: width, watch: &watch{looked: map[string]bool{}}}
	w.start(browser, chromedp.WithNewBrowserContext())
	t.Cleanup(func() {
		w.watch.Lock()
		defer w.watch.Unlock()
		for _, c := range w.watch.complaints {
			t.Error(c)
		}
	})
	return w
}

// another opens a second window of the same person's.
func (w *window) another() *window {
	w.Helper()
	second := *w
	second.start(w.ctx)
	return &second
}

func (w *window) start(parent context.Context, options ...chromedp.ContextOption) {
	w.Helper()
	ctx, cancel := chromedp.NewContext(parent, options...)
	w.Cleanup(cancel)
	w.ctx = ctx
	must(w, chromedp.Do(ctx)) // the tab lives as long as the context of the first call
	w.do("open", chromedp.EmulateViewport(w.width, 800),
		call(network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": w.language}}))
	must(w, chromedp.Listen(ctx, func(ev any) {
		switch ev := ev.(type) {
		case *log.EventEntryAdded:
			// Answers that refuse a form are meant. Violations of the policy and
			// failed loads come here as well.
			refused := ev.Entry.Source == log.EntrySourceNetwork && strings.Contains(ev.Entry.Text, "status of 4")
			if (ev.Entry.Level == "error" || ev.Entry.Level == "warning") && !refused {
				w.complain("the console says: %s %s", ev.Entry.Text, ev.Entry.URL)
			}
		case *network.EventRequestWillBeSent:
			// Chromium draws its own parts of a form from data: addresses.
			if !strings.HasPrefix(ev.Request.URL, w.site.URL+"/") && !strings.HasPrefix(ev.Request.URL, "data:image/svg+xml") {
				w.complain("%s is asked for", ev.Request.URL)
			}
		}
	}))
}

func (w *window) complain(format string, args ...any) {
	w.watch.Lock()
	defer w.watch.Unlock()
	w.watch.complaints = append(w.watch.complaints, fmt.Sprintf(format, args...))
}

func (w *window) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		w.Fatalf("%s: %v\n%s", what, err, w.text())
	}
}

// open goes to a page by its address.
func (w *window) open(path, want string) {
	w.Helper()
	w.do(path, chromedp.Navigate(w.site.URL+path))
	w.mustShow(want)
}

// submit clicks what leads to another page, or to a place of this one, and
// waits for it.
func (w *window) submit(selector, want string) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		w.Fatalf("%s: %v\n%s", selector, err, w.text())
	}
	w.mustShow(want)
}

func (w *window) fill(pairs ...string) {
	w.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		w.do("fill "+pairs[i], chromedp.SendKeys(chromedp.ID(pairs[i]), pairs[i+1]))
	}
}

// paste is fill by one action, for what nobody types.
func (w *window) paste(id, text string) {
	w.Helper()
	w.do("the cursor into "+id, chromedp.Focus(chromedp.ID(id)))
	if !evaluated[bool](w, fmt.Sprintf("document.execCommand('insertText', false, %q)", text)) {
		w.Fatalf("nothing can be pasted into %s", id)
	}
}

func (w *window) clear(id string) {
	w.Helper()
	w.do("clear "+id, chromedp.Clear(chromedp.ID(id)))
}

func (w *window) text() string {
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string]("document.body.innerText"))
	return text
}

func (w *window) address() string { return evaluated[string](w, "location.pathname") }

// focused names what has the focus.
func (w *window) focused() string {
	return evaluated[string](w, `(e => e.id || e.getAttribute("href") || e.textContent)(document.activeElement)`)
}

func evaluated[T any](w *window, expression string) T {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		w.Fatalf("%s: %v", expression, err)
	}
	return v
}

func (w *window) media(kind, feature, value string) {
	w.Helper()
	w.do(feature+": "+value, call(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Media: kind, Features: []*emulation.MediaFeature{{Name: feature, Value: value}},
	}))
}

// mustShow checks the page that the window is at. The first time it is there
// it looks at it closely, by day and by night.
func (w *window) mustShow(want string) {
	w.Helper()
	text := w.text()
	if !strings.Contains(text, want) {
		w.Fatalf("%s does not show %q:\n%s", w.address(), want, text)
	}
	page := w.address() + " " + evaluated[string](w, `document.title + document.querySelectorAll("[aria-invalid], .summary").length`)
	if w.watch.looked[page] {
		return
	}
	w.watch.looked[page] = true
	for _, scheme := range []string{"dark", "light"} {
		w.media("", "prefers-color-scheme", scheme)
		for _, wrong := range evaluated[[]string](w, lookClosely) {
			w.Errorf("%s, %s, %d wide: %s", page, scheme, w.width, wrong)
		}
	}
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	tree, err := chromedp.Call(ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	must(w, err)
	for _, n := range tree.Nodes {
		if n.Ignored || n.Role == nil {
			continue
		}
		switch role := string(n.Role.Value); strings.Trim(role, `"`) {
		case "textbox", "searchbox", "combobox", "radio", "checkbox", "button", "link", "Date", "DateTime", "navigation", "image", "group":
			if n.Name == nil || strings.Trim(string(n.Name.Value), `" `) == "" {
				w.Errorf("%s: a %s has no name", page, role)
			}
		}
	}
}

// lookClosely lists what is wrong with how a page looks: it is wider than the
// window, something is too faint to read (WCAG 2.2, 1.4.3 and 1.4.11), a word of
// a button breaks or, on a phone, something is too small for a finger (2.5.5).
const lookClosely = `(() => {
	const wrong = [];
	if (document.documentElement.scrollWidth > innerWidth) wrong.push("it is " + document.documentElement.scrollWidth + " wide");
	const rgb = c => c.match(/[\d.]+/g).map(Number);
	const linear = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
	const luminance = c => .2126 * linear(c[0]) + .7152 * linear(c[1]) + .0722 * linear(c[2]);
	const behind = e => {
		for (; e; e = e.parentElement) {
			const c = rgb(getComputedStyle(e).backgroundColor);
			if (c.length === 3 || c[3] > 0) return c;
		}
		return [255, 255, 255];
	};
	const ratio = (a, b) => { const [x, y] = [luminance(a), luminance(b)].sort((p, q) => q - p); return (x + .05) / (y + .05) };
	const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	const seen = new Set();
	while (texts.nextNode()) {
		const e = texts.currentNode.parentElement;
		if (!texts.currentNode.data.trim() || seen.has(e) || !e.checkVisibility()) continue;
		seen.add(e);
		const s = getComputedStyle(e), size = parseFloat(s.fontSize);
		const large = size >= 24 || size >= 18.66 && s.fontWeight >= 700;
		const got = ratio(rgb(s.color), behind(e));
		if (got < (large ? 3 : 4.5)) wrong.push(e.textContent.trim().slice(0, 30) + ": contrast " + got.toFixed(2));
	}
	for (const e of document.querySelectorAll("input:not([type=hidden]):not([type=radio]), select, textarea")) {
		const s = getComputedStyle(e);
		if (ratio(rgb(s.color), rgb(s.backgroundColor)) < 4.5) wrong.push("what is typed into " + e.name + " is too faint");
		if (ratio(rgb(s.borderTopColor), behind(e.parentElement)) < 3) wrong.push("the edge of " + e.name + " is too faint");
	}
	for (const e of document.querySelectorAll("a, button, .codes code, .number")) {
		const word = document.createRange();
		word.selectNodeContents(e);
		if (!/\s/.test(e.textContent.trim()) && word.getBoundingClientRect().height > 1.9 * parseFloat(getComputedStyle(e).fontSize)) wrong.push(e.textContent + " is broken");
	}
	if (innerWidth > 500) return wrong;
	for (const e of document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea")) {
		const target = e.matches("[type=radio], [type=checkbox]") ? e.closest("label") : e;
		// A link within a sentence is as high as the sentence.
		const within = e.localName === "a" && [...e.parentElement.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.data.trim());
		if (within || e.matches(".skip") || !target.checkVisibility()) continue;
		target.scrollIntoView({block: "center"});
		const r = target.getBoundingClientRect();
		const hit = dy => target.contains(document.elementFromPoint(r.left + r.width / 2, (r.top + r.bottom) / 2 + dy));
		if (!hit(-21) || !hit(21)) wrong.push("a finger misses " + e.localName + " " + (e.name || "") + " " + target.textContent.trim());
	}
	scrollTo(0, 0);
	return wrong;
})()`
