package sshd_test

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	gossh "golang.org/x/crypto/ssh"

	"example.com/marquee/tui/sshd"
)

// Twenty people at once, each of whom sees only what is his, in his colours.
func TestTwentySessionsSideBySide(t *testing.T) {
	h := open(t, sshd.Limits{})
	var windows []window
	for range 5 {
		c := mustDial(t, h, keyless())
		for range 2 {
			windows = append(windows, openWindow(t, c, "COLORTERM=truecolor"), openWindow(t, c, "NO_COLOR=1"))
		}
	}
	var typing sync.WaitGroup
	for i, w := range windows {
		typing.Go(func() {
			for range 20 {
				_, _ = io.WriteString(w.keys, string(rune('A'+i)))
			}
		})
	}
	typing.Wait()
	for i, w := range windows {
		w.screen.waitFor(t, "typed=["+strings.Repeat(string(rune('A'+i)), 20)+"]")
		if coloured := strings.Contains(w.screen.String(), "38;2;51;102;204"); coloured != (i%2 == 0) {
			t.Errorf("window %d: colours %v", i, coloured)
		}
	}
	if n := h.measured(t, "marquee_ssh_sessions", ""); n != 20 {
		t.Errorf("%v sessions counted", n)
	}
	if n := h.measured(t, "marquee_ssh_first_frame_seconds", ""); n != 20 {
		t.Errorf("%v first frames timed", n)
	}
}

// Two hundred windows whose clients vanish leave nothing behind.
func TestAttack_RudeDisconnects(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Run("", func(t *testing.T) {
		h := open(t, sshd.Limits{})
		for range 25 {
			raw, err := net.Dial("tcp", h.addr)
			if err != nil {
				t.Fatal(err)
			}
			conn, chans, reqs, err := gossh.NewClientConn(raw, h.addr, &gossh.ClientConfig{
				User: "guest", Auth: []gossh.AuthMethod{keyless()}, HostKeyCallback: gossh.InsecureIgnoreHostKey(),
			})
			if err != nil {
				t.Fatal(err)
			}
			c := gossh.NewClient(conn, chans, reqs)
			for range 8 {
				rude(t, c)
			}
			_ = raw.Close()
		}
		eventually(t, "every program to end", func() bool { return h.living() == 0 })
		eventually(t, "every place to come free", func() bool { return h.measured(t, "marquee_ssh_connections", "") == 0 })
		openWindow(t, mustDial(t, h, keyless())) // the twin
	})
	eventually(t, "every goroutine to end", func() bool { return goleak.Find(before) == nil })
}

// rude opens a window and cares for nothing that comes of it.
func rude(t *testing.T, c *gossh.Client) {
	t.Helper()
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RequestPty("xterm", 24, 80, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Shell(); err != nil {
		t.Fatal(err)
	}
}

// A thousand sockets that never say a word hold a few places for a moment.
func TestAttack_IdleSockets(t *testing.T) {
	h := open(t, sshd.Limits{Handshake: 3 * time.Second})
	var idle []net.Conn
	defer func() {
		for _, c := range idle {
			_ = c.Close()
		}
	}()
	for range 1000 {
		c, err := net.Dial("tcp", h.addr)
		if err != nil {
			break // the listener's queue is full: refused all the same
		}
		idle = append(idle, c)
	}
	if n := h.measured(t, "marquee_ssh_connections", ""); n > 32 {
		t.Errorf("%v places are taken", n)
	}
	eventually(t, "the places to come free", func() bool {
		return h.measured(t, "marquee_ssh_connections", "") == 0 && h.measured(t, "marquee_ssh_refused_total", "timeout") > 0
	})
	openWindow(t, mustDial(t, h, keyless())) // the twin
}

// A terminal that takes nothing in holds its window until it is idle or the
// server ends, and nobody else's.
func TestAttack_AReaderWhoStopsReading(t *testing.T) {
	h := open(t, sshd.Limits{Quit: 100 * time.Millisecond})
	stopReading(t, h)
	other := openWindow(t, mustDial(t, h, keyless()))
	other.press(t, "y")
	other.screen.waitFor(t, "typed=[y]")

	h = open(t, sshd.Limits{Idle: 3 * time.Second, IdleWarning: time.Second, Quit: 100 * time.Millisecond})
	stopReading(t, h)
	eventually(t, "the idle one to be cut off", func() bool { return h.living() == 0 })
}

// stopReading opens a window, asks for more than it takes in, and reads nothing.
func stopReading(t *testing.T, h *house) {
	t.Helper()
	s, err := mustDial(t, h, keyless()).NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	keys, err := s.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RequestPty("xterm", 1000, 1000, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Shell(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the program to start", func() bool { return h.living() == 1 })
	tick := time.NewTicker(30 * time.Millisecond) // longer than a frame
	defer tick.Stop()
	for range 8 { // screens of a megabyte; a channel takes two ahead
		if _, err := io.WriteString(keys, "f"); err != nil {
			t.Fatal(err)
		}
		<-tick.C
	}
}
