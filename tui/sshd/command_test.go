package sshd_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"

	"example.com/marquee/tui/sshd"
)

// command runs an exec request to its end.
func command(t *testing.T, c *gossh.Client, command string) (out string, code int) {
	t.Helper()
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	text, err := s.CombinedOutput(command)
	var exit *gossh.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitStatus()
	} else if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	return string(text), code
}

func TestCommandIsWords(t *testing.T) {
	h := open(t, sshd.Limits{})
	key := newKey(t)
	c := mustDial(t, h, gossh.PublicKeys(key))
	for _, step := range []struct {
		command, out string
		code         int
	}{
		{`whoami`, `0 ["whoami"]`, 1},
		{`rate "The Host" '9; id' $(id)`, `0 ["rate" "The Host" "9; id" "$(id)"]`, 4},
		{`movies "unclosed`, "No commands here", 2},
		{`  `, "No commands here", 2},
	} {
		out, code := command(t, c, step.command)
		if !strings.HasPrefix(out, step.out) || code != step.code {
			t.Errorf("%s: %d %q", step.command, code, out)
		}
	}
	if v := h.lastVisitor(); v.KeyFingerprint != gossh.FingerprintSHA256(key.PublicKey()) {
		t.Errorf("%+v", v)
	}
}

// A command ends with its channel, on ctrl+c, when it takes too long, and when
// it falls over, and each time alone.
func TestCommandEnds(t *testing.T) {
	h := open(t, sshd.Limits{Command: 200 * time.Millisecond, Quit: patience})
	c := mustDial(t, h, keyless())
	if out, code := command(t, c, "wait"); code != 130 {
		t.Errorf("too long: %d %q", code, out)
	}
	if out, code := command(t, c, "panic"); code != 1 {
		t.Errorf("fell over: %d %q", code, out)
	}

	h = open(t, sshd.Limits{})
	c = mustDial(t, h, keyless())
	start := func(terminal bool) (*gossh.Session, io.Writer) {
		s, err := c.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		if terminal {
			if err := s.RequestPty("xterm", 24, 70, nil); err != nil {
				t.Fatal(err)
			}
		}
		seen := &screen{}
		s.Stdout = seen
		keys, err := s.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Start("wait"); err != nil {
			t.Fatal(err)
		}
		seen.waitFor(t, "wait")
		return s, keys
	}
	s, keys := start(true)
	if _, err := io.WriteString(keys, "\x03"); err != nil {
		t.Fatal(err)
	}
	var exit *gossh.ExitError
	if err := s.Wait(); !errors.As(err, &exit) || exit.ExitStatus() != 130 {
		t.Errorf("ctrl+c: %v", err)
	}
	s, _ = start(false)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the command to end with its channel", func() bool { return h.living() == 0 })
}
