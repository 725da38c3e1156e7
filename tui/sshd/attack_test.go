package sshd_test

import (
	"crypto/rand"
	"errors"
	"io"
	"net"
	"testing"
	"time"
	"unsafe"

	gossh "golang.org/x/crypto/ssh"

	"example.com/marquee/tui/sshd"
)

// A name whose bytes change between attempts: the client library reads it
// anew for each, as a hostile client would send it.
func shiftingUser(first string) (user string, become func(string)) {
	b := []byte(first)
	return unsafe.String(&b[0], len(b)), func(s string) { copy(b, s) }
}

func TestAttack_UserNameChangedBetweenAttempts(t *testing.T) {
	h := open(t, sshd.Limits{})
	methods := map[string]func() gossh.AuthMethod{
		"key":     func() gossh.AuthMethod { return gossh.PublicKeys(newKey(t)) },
		"keyless": keyless,
	}
	for name, method := range methods {
		t.Run(name, func(t *testing.T) {
			user, become := shiftingUser("mallory")
			changed := false
			later := gossh.PublicKeysCallback(func() ([]gossh.Signer, error) {
				if !changed { // after the attempt by "none"
					changed = true
					become("victim1")
				}
				return []gossh.Signer{newKey(t)}, nil
			})
			if name == "keyless" {
				later = gossh.KeyboardInteractive(func(string, string, []string, []bool) ([]string, error) { return nil, nil })
				become("mallory")
			}
			auth := []gossh.AuthMethod{later}
			if name == "keyless" {
				auth = []gossh.AuthMethod{gossh.PublicKeysCallback(func() ([]gossh.Signer, error) {
					become("victim1")
					return nil, nil
				}), later}
			}
			c, err := dial(h, user, auth...)
			if err == nil {
				_ = c.Close()
				t.Fatal("somebody who changed his name was let in")
			}
		})
		t.Run(name+" twin: a steady name", func(t *testing.T) {
			c, err := dial(h, "mallory", method())
			if err != nil {
				t.Fatal(err)
			}
			_ = c.Close()
		})
	}
}

func TestAttack_Certificate(t *testing.T) {
	h := open(t, sshd.Limits{})
	key := newKey(t)
	cert := &gossh.Certificate{
		Key: key.PublicKey(), CertType: gossh.UserCert, ValidPrincipals: []string{"guest"},
		ValidBefore: gossh.CertTimeInfinity,
	}
	if err := cert.SignCert(rand.Reader, newKey(t)); err != nil {
		t.Fatal(err)
	}
	signer, err := gossh.NewCertSigner(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := dial(h, "guest", gossh.PublicKeys(signer)); err == nil {
		_ = c.Close()
		t.Error("a certificate was accepted")
	}
	c, err := dial(h, "guest", gossh.PublicKeys(key))
	if err != nil {
		t.Fatalf("the twin, its plain key: %v", err)
	}
	_ = c.Close()
}

func TestAttack_NoAuthenticationAtAll(t *testing.T) {
	h := open(t, sshd.Limits{})
	for name, auth := range map[string][]gossh.AuthMethod{
		"none": nil, "password": {gossh.Password("anything")},
	} {
		if c, err := dial(h, "guest", auth...); err == nil {
			_ = c.Close()
			t.Errorf("%s was accepted", name)
		}
	}
	_ = mustDial(t, h, keyless())
}

func TestAttack_SubsystemsAndForwarding(t *testing.T) {
	h := open(t, sshd.Limits{})
	c := mustDial(t, h, keyless())
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.RequestSubsystem("sftp"); err == nil {
		t.Error("sftp was accepted")
	}
	for _, request := range []string{"auth-agent-req@openssh.com", "x11-req", "signal", "break", "nonsense"} {
		if ok, err := s.SendRequest(request, true, nil); ok || err != nil {
			t.Errorf("%s: %v %v", request, ok, err)
		}
	}
	if l, err := c.Listen("tcp", "127.0.0.1:0"); err == nil {
		_ = l.Close()
		t.Error("remote forwarding was accepted")
	}
	if conn, err := c.Dial("tcp", h.addr); err == nil {
		_ = conn.Close()
		t.Error("local forwarding was accepted")
	}
	if n := h.living(); n != 0 {
		t.Errorf("%d programs were started", n)
	}
	openWindow(t, c) // the twin: a window on the same connection
}

func TestAttack_HandshakeThatNeverEnds(t *testing.T) {
	h := open(t, sshd.Limits{Handshake: 300 * time.Millisecond})
	conn, err := net.Dial("tcp", h.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	if _, err := io.Copy(io.Discard, conn); err != nil {
		t.Errorf("an idle connection was not closed: %v", err)
	}
	openWindow(t, mustDial(t, open(t, sshd.Limits{Handshake: patience}), keyless())) // the twin, on a machine that may be slow
}

func TestAttack_TooManyConnections(t *testing.T) {
	h := open(t, sshd.Limits{ConnectionsPerAddr: 2})
	a := mustDial(t, h, keyless())
	_ = mustDial(t, h, keyless())
	if c, err := dial(h, "guest", keyless()); err == nil {
		_ = c.Close()
		t.Fatal("a third connection from one address was taken")
	}
	if n := h.measured(t, "marquee_ssh_refused_total", "connections"); n != 1 {
		t.Errorf("%v refusals counted", n)
	}
	_ = a.Close()
	eventually(t, "a place to come free", func() bool {
		c, err := dial(h, "guest", keyless())
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
}

func TestAttack_TooManyPrograms(t *testing.T) {
	h := open(t, sshd.Limits{SessionsPerAddr: 1})
	first := openWindow(t, mustDial(t, h, keyless()))
	s, err := mustDial(t, h, keyless()).NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RequestPty("xterm", 24, 80, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Shell(); err != nil {
		t.Fatal(err)
	}
	var exit *gossh.ExitError
	if err := s.Wait(); !errors.As(err, &exit) || exit.ExitStatus() != 2 || h.living() != 1 {
		t.Errorf("a second program of one address: %v, %d run", err, h.living())
	}
	first.press(t, "q")
	eventually(t, "the first to end", func() bool { return h.living() == 0 })
	openWindow(t, mustDial(t, h, keyless())) // the twin
}

func TestAttack_TooManyChannels(t *testing.T) {
	h := open(t, sshd.Limits{Channels: 2})
	c := mustDial(t, h, keyless())
	for range 2 {
		openWindow(t, c)
	}
	if s, err := c.NewSession(); err == nil {
		_ = s.Close()
		t.Fatal("a third channel was opened")
	}
}

func TestAttack_WindowChangesWithoutAProgram(t *testing.T) {
	h := open(t, sshd.Limits{})
	c := mustDial(t, h, keyless())
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.RequestPty("xterm", 24, 80, nil); err != nil {
		t.Fatal(err)
	}
	for range 200 {
		if err := s.WindowChange(30, 90); err != nil {
			t.Fatal(err)
		}
	}
	openWindow(t, c) // the connection still answers
}

// Variables without number or bound are not kept, nor is a terminal's name that
// is none.
func TestAttack_EnvironmentBomb(t *testing.T) {
	h := open(t, sshd.Limits{})
	c := mustDial(t, h, keyless())
	bomb := []string{"LANG=en_US.UTF-8"}
	for range 40 {
		bomb = append(bomb, "LC_ALL=x")
	}
	bomb = append(bomb, "LC_CTYPE="+string(make([]byte, 30<<10)))
	openWindow(t, c, bomb...)
	if n := len(h.lastVisitor().Environ); n > 17 {
		t.Errorf("%d variables were kept", n)
	}
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, term := range []string{string(make([]byte, 1<<16)), "xterm\x1b[2J"} {
		if err := s.RequestPty(term, 24, 80, nil); err == nil {
			t.Errorf("a terminal called %.20q was taken", term)
		}
	}
	if err := s.RequestPty("xterm", 24, 80, nil); err != nil { // the twin
		t.Error(err)
	}
}
