package web_test

import (
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"

	"example.com/marquee/common/testrig"
)

// textBrowser is w3m on a terminal: it has no scripts, no styles, and says
// nothing of where a form comes from.
type textBrowser struct {
	*testing.T
	tty io.Writer
	mu  sync.Mutex
	em  *vt.Emulator
}

func openTextBrowser(t *testing.T, url string) *textBrowser {
	t.Helper()
	cmd := exec.Command(testrig.W3m(t), "-no-mouse", "-o", "confirm_qq=0", "-o", "use_cookie=1", "-o", "accept_cookie=1", url)
	cmd.Env = []string{"HOME=" + t.TempDir(), "TERM=xterm", "LANG=C.UTF-8", "PATH=" + os.Getenv("PATH")}
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 60, Cols: 80})
	must(t, err)
	b := &textBrowser{T: t, tty: tty, em: vt.NewEmulator(80, 60)}
	go func() { _, _ = io.Copy(io.Discard, b.em) }() // what the terminal would answer
	read := make(chan struct{})
	go func() {
		defer close(read)
		buf := make([]byte, 32<<10)
		for {
			n, err := tty.Read(buf)
			b.mu.Lock()
			_, _ = b.em.Write(buf[:n])
			b.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		<-read
		_ = tty.Close()
	})
	return b
}

func (b *textBrowser) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.em.String()
}

// see waits until all of it is on the screen.
func (b *textBrowser) see(words ...string) {
	b.Helper()
	missing := ""
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) { // between two looks
		missing = ""
		for _, w := range words {
			if !strings.Contains(b.text(), w) {
				missing = w
			}
		}
		if missing == "" {
			return
		}
	}
	b.Fatalf("no %q on\n%s", missing, b.text())
}

func (b *textBrowser) keys(keys string) {
	b.Helper()
	_, err := io.WriteString(b.tty, keys)
	must(b, err)
}

// find puts the cursor on the next place of a text.
func (b *textBrowser) find(text string) { b.Helper(); b.keys("/" + text + "\r") }

// press follows the next link, or presses the next button, of a text.
func (b *textBrowser) press(text string, want ...string) {
	b.Helper()
	b.find(text)
	b.keys("\r")
	b.see(want...)
}

// fill types into the field of a label.
func (b *textBrowser) fill(label, text string) {
	b.Helper()
	b.find(label + ` *\[`)
	b.keys("\t\r\x15" + text + "\r")
}

// A person's whole way in a browser for text.
func TestATextBrowser(t *testing.T) {
	s := openSite(t)
	b := openTextBrowser(t, s.URL)
	b.see("lives in your terminal")
	b.press("Create an account", "Already have an account?")
	b.fill("E-mail", "nowhere")
	b.fill("User name", name)
	b.press("Create account", "Some fields need another look", "[minji", "✕")
	b.fill("E-mail", name+"@example.com")
	b.fill("Password", password)
	b.fill("Password again", password)
	b.press("Create account", "films", "All genres")

	b.fill("Search titles and people", "parasite")
	b.press("Search", "1 film", "기생충")
	b.press("기생충", "Bong Joon-ho", "Nobody has rated it yet")
	b.find("Your rating")
	b.keys(strings.Repeat("\t", 8) + "\r")
	b.press("Save rating", "★ 8.0")
	b.press("Add to watchlist", "On your watchlist")
	b.press("Mark watched", "Add this date", "✓")
	b.press("Diary", "1 viewing", "8/10")
	b.press("한국어", "감상 1회")
	b.press("English", "1 viewing")
	b.press("Sign out", "Three doors")

	b.press("Sign in", "No account yet?")
	b.press("Sign in with another device", "Look now")
	v := s.visitor(t)
	v.send("/login", "/login", "username", name, "password", password)
	code := strings.Fields(b.text()[strings.Index(b.text(), "type this code"):])[3]
	v.send("/device", "/device", "user_code", code, "answer", "approve").mustShow(t, 200, "It is in")
	s.ahead.Add(int64(10 * time.Second)) // it may ask again
	b.press("Look now", "You were let in")
	b.press("Go on to the films", "All genres")
}
