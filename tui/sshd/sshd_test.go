package sshd_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/prometheus/client_golang/prometheus"
	gossh "golang.org/x/crypto/ssh"

	"example.com/marquee/tui/sshd"
)

// house is a running server that notes who came and when he was gone.
type house struct {
	server  *sshd.Server
	addr    string
	metrics *prometheus.Registry

	mu       sync.Mutex
	visitors []sshd.Visitor
	live     int
}

func (h *house) living() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.live
}

func (h *house) lastVisitor() sshd.Visitor {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.visitors[len(h.visitors)-1]
}

// measured is the sum of a metric's values whose labels, if any, have a value.
func (h *house) measured(t *testing.T, name, label string) (sum float64) {
	t.Helper()
	families, err := h.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			if label != "" && m.GetLabel()[0].GetValue() != label {
				continue
			}
			sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return sum
}

// command repeats its words and ends with their number; "wait" waits for its
// end, "panic" falls over.
func (h *house) command(ctx context.Context, v sshd.Visitor, c sshd.Command) int {
	h.mu.Lock()
	h.visitors = append(h.visitors, v)
	h.live++
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.live--
	}()
	fmt.Fprintf(c.Out, "%d %q\n", c.Width, c.Words)
	switch c.Words[0] {
	case "wait":
		<-ctx.Done()
		return 130
	case "panic":
		panic("a command fell over")
	}
	return len(c.Words)
}

type noticeMsg string

// page is the smallest program: it shows its size, what was typed, notices.
type page struct {
	width, height int
	typed, notice string
	flood         int // screens of text that no window takes in
	shown         int // of views, how many have been
	style         lipgloss.Style
}

func (page) Init() tea.Cmd { return nil }
func (p page) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		p.width, p.height = msg.Width, msg.Height
	case noticeMsg:
		p.notice = string(msg)
	case tea.KeyMsg:
		switch msg.String() {
		case "q":
			return p, tea.Quit
		case "p":
			panic("a page fell over")
		case "f":
			p.flood++
		case "v":
			p.shown++
		}
		p.typed += msg.String()
	}
	return p, nil
}
func (p page) View() string {
	text := fmt.Sprintf("page %dx%d typed=[%s] notice=[%s]", p.width, p.height, p.typed, p.notice)
	if p.flood > 0 {
		line := strings.Repeat(string(rune('a'+p.flood%26)), p.width)
		return strings.Repeat(line+"\n", p.height-1) + line
	}
	if p.shown > 0 {
		return views[(p.shown-1)%len(views)]
	}
	return p.style.Render(text)
}

func open(t *testing.T, limits sshd.Limits) *house {
	t.Helper()
	h := &house{metrics: prometheus.NewRegistry()}
	server, err := sshd.New(sshd.Options{
		HostKeyPath: filepath.Join(t.TempDir(), "host_ed25519"),
		NewProgram: func(_ context.Context, v sshd.Visitor) (tea.Model, func(context.Context), error) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.visitors = append(h.visitors, v)
			h.live++
			style := v.Renderer.NewStyle().Foreground(lipgloss.Color("#3366cc"))
			return page{width: v.Width, height: v.Height, style: style}, func(context.Context) {
				h.mu.Lock()
				defer h.mu.Unlock()
				h.live--
			}, nil
		},
		RunCommand: h.command,
		Metrics:    h.metrics,
		Notice:     func(s string) tea.Msg { return noticeMsg(s) },
		Limits:     limits,
		Log:        slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	h.server = server
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.addr = l.Addr().String()
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	t.Cleanup(func() {
		ctx, stop := context.WithTimeout(context.Background(), patience)
		defer stop()
		if err := server.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		if err := <-served; err != nil {
			t.Error(err)
		}
		if n := h.living(); n != 0 {
			t.Errorf("%d programs left", n)
		}
	})
	return h
}

func newKey(t testing.TB) gossh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := gossh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return signer
}

func keyless() gossh.AuthMethod {
	return gossh.KeyboardInteractive(func(_, _ string, questions []string, _ []bool) ([]string, error) {
		if len(questions) != 0 {
			return nil, fmt.Errorf("asked %q", questions)
		}
		return nil, nil
	})
}

func dial(h *house, user string, auth ...gossh.AuthMethod) (*gossh.Client, error) {
	return gossh.Dial("tcp", h.addr, &gossh.ClientConfig{
		User: user, Auth: auth, HostKeyCallback: gossh.InsecureIgnoreHostKey(), Timeout: patience,
	})
}

func mustDial(t *testing.T, h *house, auth ...gossh.AuthMethod) *gossh.Client {
	t.Helper()
	c, err := dial(h, "guest", auth...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// screen collects what a session prints.
type screen struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.buf.String()
}

func (s *screen) waitFor(t *testing.T, want string) {
	t.Helper()
	eventually(t, "the screen to show "+want+", it has "+s.String(), func() bool { return strings.Contains(s.String(), want) })
}

// patience is how long something may take on a machine that does much else.
const patience = time.Minute

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			t.Fatal("waited in vain for " + what)
		case <-tick.C:
		}
	}
}

type window struct {
	*gossh.Session
	screen *screen
	keys   io.Writer
}

// openWindow returns once the program shows its page.
func openWindow(t *testing.T, c *gossh.Client, env ...string) window {
	t.Helper()
	w := newWindow(t, c, env...)
	w.screen.waitFor(t, "page 80x24")
	return w
}

func newWindow(t *testing.T, c *gossh.Client, env ...string) window {
	t.Helper()
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	for _, e := range env {
		name, value, _ := strings.Cut(e, "=")
		_ = s.Setenv(name, value)
	}
	w := window{Session: s, screen: &screen{}}
	s.Stdout = w.screen
	w.keys, err = s.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RequestPty("xterm-256color", 24, 80, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Shell(); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w window) press(t *testing.T, keys string) {
	t.Helper()
	if _, err := io.WriteString(w.keys, keys); err != nil {
		t.Fatal(err)
	}
}

func TestProgramRunsFromFirstFrameToRestoredTerminal(t *testing.T) {
	h := open(t, sshd.Limits{})
	w := openWindow(t, mustDial(t, h, keyless()))
	w.press(t, "a")
	w.screen.waitFor(t, "typed=[a]")
	if err := w.WindowChange(40, 100); err != nil {
		t.Fatal(err)
	}
	w.screen.waitFor(t, "page 100x40")
	w.press(t, "q")
	if err := w.Wait(); err != nil {
		t.Errorf("exit: %v", err)
	}
	if out := w.screen.String(); !strings.Contains(out, "\x1b[?1049h") || !strings.Contains(out, "\x1b[?1049l") {
		t.Errorf("the alternate screen was not entered and left: %q", out)
	}
	eventually(t, "the program to be gone", func() bool { return h.living() == 0 })
}

func TestAWindowOfNoSizeChangesNothing(t *testing.T) {
	h := open(t, sshd.Limits{})
	w := openWindow(t, mustDial(t, h, keyless()))
	for _, size := range [][2]int{{0, 0}, {0, 80}, {1 << 30, 1 << 30}} {
		if err := w.WindowChange(size[0], size[1]); err != nil {
			t.Fatal(err)
		}
	}
	w.screen.waitFor(t, "page 1000x1000")
	w.press(t, "x")
	w.screen.waitFor(t, "typed=[x]")
}

func TestTheEnvironmentIsLimited(t *testing.T) {
	h := open(t, sshd.Limits{})
	openWindow(t, mustDial(t, h, keyless()), "LANG=ko_KR.UTF-8", "LD_PRELOAD=/tmp/x.so", "PATH=/tmp",
		"LC_ALL="+strings.Repeat("x", 300), "COLORTERM=\x1b[2J", "NO_COLOR=1")
	got := strings.Join(h.lastVisitor().Environ, " ")
	if got != "LANG=ko_KR.UTF-8 NO_COLOR=1 TERM=xterm-256color" {
		t.Errorf("environment: %q", got)
	}
}

func TestEverySessionHasItsOwnProgram(t *testing.T) {
	h := open(t, sshd.Limits{})
	c := mustDial(t, h, keyless())
	a, b := openWindow(t, c), openWindow(t, c)
	a.press(t, "1")
	b.press(t, "2")
	a.screen.waitFor(t, "typed=[1]")
	b.screen.waitFor(t, "typed=[2]")
}

// A multiplexing client keeps the connection when a window is killed: the
// channel's end must end its program and no other.
func TestAWindowKilledInAMultiplexedConnection(t *testing.T) {
	h := open(t, sshd.Limits{})
	c := mustDial(t, h, keyless())
	a, b := openWindow(t, c), openWindow(t, c)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the killed window's program to end", func() bool { return h.living() == 1 })
	b.press(t, "y")
	b.screen.waitFor(t, "typed=[y]")
}

func TestAPanicEndsOneSessionOnly(t *testing.T) {
	h := open(t, sshd.Limits{})
	a := openWindow(t, mustDial(t, h, keyless()))
	b := openWindow(t, mustDial(t, h, keyless()))
	a.press(t, "p")
	_ = a.Wait()
	b.press(t, "y")
	b.screen.waitFor(t, "typed=[y]")
}

func TestShutdownTellsEverybodyAndRestoresTerminals(t *testing.T) {
	h := open(t, sshd.Limits{Handshake: time.Hour})
	w := openWindow(t, mustDial(t, h, keyless()), "LANG=ko_KR.UTF-8")
	shaking, err := net.Dial("tcp", h.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer shaking.Close()
	if _, err := shaking.Read(make([]byte, 1)); err != nil { // the server's half of the handshake has begun
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	if err := h.server.Shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	_ = w.Wait()
	out := w.screen.String()
	left := strings.LastIndex(out, "\x1b[?1049l")
	if left < 0 || !strings.Contains(out[left:], "다시 시작합니다") {
		t.Errorf("no sentence after the terminal was restored: %q", out)
	}
	if _, err := dial(h, "guest", keyless()); err == nil {
		t.Error("a closed server took a connection")
	}
	_ = shaking.SetReadDeadline(time.Now().Add(patience)) // it would have an hour to shake hands
	if _, err := io.Copy(io.Discard, shaking); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("who still shook hands was left connected")
	}
}

// The times are real: the server measures real people. A warning is looked
// for where the end is far away, on a machine that may be slow to draw it.
func TestIdleIsMeasuredByKeysAndWarnedAbout(t *testing.T) {
	const soon = 200 * time.Millisecond
	h := open(t, sshd.Limits{Idle: time.Hour, IdleWarning: time.Hour - soon})
	w := openWindow(t, mustDial(t, h, keyless()), "LANG=en_US.UTF-8")
	w.screen.waitFor(t, "notice=[This window closes")

	h = open(t, sshd.Limits{Idle: soon, IdleWarning: soon})
	w = newWindow(t, mustDial(t, h, keyless()), "LANG=en_US.UTF-8")
	_ = w.Wait()
	w.screen.waitFor(t, "No key was pressed")
}

func TestHostKeyIsPrivateAndStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "host_ed25519")
	var prints []string
	for range 2 {
		s, err := sshd.New(sshd.Options{HostKeyPath: path, Log: slog.Default()})
		if err != nil {
			t.Fatal(err)
		}
		prints = append(prints, s.Fingerprint())
	}
	if prints[0] != prints[1] || !strings.HasPrefix(prints[0], "SHA256:") {
		t.Error(prints)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
}
