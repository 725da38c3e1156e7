//go:build unix

package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"
	"github.com/creack/pty"
)

const (
	envProgram = "MARQUEE_TEST_PROGRAM"
	envClock   = "MARQUEE_TEST_CLOCK"
	patience   = time.Minute // with a machine that does much else as well
)

// TestMain is the program itself when it is told to: the tests start it as a
// process of its own, on a terminal of its own, by the clock of the test.
func TestMain(m *testing.M) {
	if os.Getenv(envProgram) == "" {
		os.Exit(m.Run())
	}
	e := newEnvironment(os.Environ()).withSettings()
	if at := os.Getenv(envClock); at != "" {
		e.now = clockOf(at)
	}
	os.Exit(run(e))
}

// clockOf is a clock that stands still at a time (RFC 3339), or one that is
// ahead by a span ("31m").
func clockOf(at string) func() time.Time {
	if ahead, err := time.ParseDuration(at); err == nil {
		return func() time.Time { return time.Now().Add(ahead) }
	}
	still, err := time.Parse(time.RFC3339, at)
	if err != nil {
		panic(err)
	}
	return func() time.Time { return still.In(time.Local) }
}

// home is a place of its own for settings, credentials and data.
type home struct {
	dir    string
	server string // the URL of a backend elsewhere; "" for none
}

func newHome(t tester) home {
	t.Helper()
	// Short: the path of a socket is limited.
	dir, err := os.MkdirTemp("", "mq")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return home{dir: dir}
}

func (h home) environ(more ...string) []string {
	return append([]string{
		envProgram + "=1", "PATH=" + os.Getenv("PATH"), "TERM=xterm-256color", "LANG=C.UTF-8", "ADDR=127.0.0.1:0",
		"HOME=" + h.dir, "XDG_DATA_HOME=" + h.dir, "XDG_STATE_HOME=" + h.dir, "XDG_CONFIG_HOME=" + h.dir,
	}, more...)
}

// tester is what a screen needs of a test, or of a script.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// screen is a marquee on a pseudo-terminal, seen through an emulator.
type screen struct {
	t     tester
	cmd   *exec.Cmd
	tty   *os.File
	ended chan struct{} // the process is gone
	read  chan struct{} // closed when all that it wrote is in raw
	drawn chan struct{} // has one when something was written since somebody took it

	mu  sync.Mutex
	em  *vt.Emulator
	raw strings.Builder
}

// start runs the program. A silent terminal answers no question.
func (h home) start(t *testing.T, silent bool, more ...string) *screen {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = h.environ(more...)
	return onTerminal(t, cmd, silent)
}

// startOf runs a program of this module as start does.
func (h home) startOf(t tester, program string) *screen {
	t.Helper()
	cmd := exec.Command(program)
	cmd.Env = h.environ()
	return onTerminal(t, cmd, false)
}

// onTerminal starts a command on a terminal of its own.
func onTerminal(t tester, cmd *exec.Cmd, silent bool) *screen {
	t.Helper()
	return onTerminalOf(t, cmd, silent, 100, 30)
}

// onTerminalOf is onTerminal at a size.
func onTerminalOf(t tester, cmd *exec.Cmd, silent bool, width, height int) *screen {
	t.Helper()
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: uint16(height), Cols: uint16(width)})
	if err != nil {
		t.Fatal(err)
	}
	s := &screen{t: t, cmd: cmd, tty: tty, em: vt.NewEmulator(width, height), ended: make(chan struct{}), read: make(chan struct{}), drawn: make(chan struct{}, 1)}
	answers := io.Writer(tty)
	if silent {
		answers = io.Discard
	}
	go func() { _, _ = io.Copy(answers, s.em) }()
	go s.follow()
	go func() { _ = cmd.Wait(); close(s.ended) }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-s.ended; _ = tty.Close() })
	return s
}

func (s *screen) follow() {
	defer close(s.read)
	buf := make([]byte, 32<<10)
	for {
		n, err := s.tty.Read(buf)
		s.mu.Lock()
		_, _ = s.em.Write(buf[:n])
		s.raw.Write(buf[:n])
		s.mu.Unlock()
		select {
		case s.drawn <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
	}
}

func (s *screen) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.em.String()
}

func (s *screen) written() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.raw.String()
}

// see waits until every word is on the screen and returns how long it took.
func (s *screen) see(words ...string) time.Duration {
	s.t.Helper()
	start := time.Now()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for range tick.C {
		text, missing := s.text(), ""
		for _, w := range words {
			if !strings.Contains(text, w) {
				missing = w
			}
		}
		if missing == "" {
			break
		}
		if time.Since(start) > patience {
			s.t.Fatalf("no %q on\n%s", missing, text)
		}
	}
	return time.Since(start)
}

func (s *screen) typeIn(text string) {
	s.t.Helper()
	if _, err := io.WriteString(s.tty, text); err != nil {
		s.t.Fatal(err)
	}
}

// gone waits for the end of the process, and for the last that it wrote.
func (s *screen) gone() {
	s.t.Helper()
	late := time.After(patience)
	for _, over := range []chan struct{}{s.ended, s.read} {
		select {
		case <-over:
		case <-late:
			s.t.Fatalf("still there:\n%s", s.text())
		}
	}
}

const (
	tab, enter, esc, ctrlC = "\t", "\r", "\x1b", "\x03"
	password               = "ein gutes langes Wort 7"
)

// register makes an account from the sign-in page and ends on the films.
func (s *screen) register(name string) {
	s.t.Helper()
	s.see("Sign in", "Create an account")
	s.typeIn(tab + tab + tab + enter)
	s.see("E-mail", "Password again")
	for _, text := range []string{name, name + "@films.example", password, password} {
		s.typeIn(text)
		s.typeIn(tab)
	}
	s.typeIn(enter)
	s.see("Films", "1 / ") // the list is there, not only its head
}

func (h home) credentials(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(h.dir, "marquee", "credentials", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}
