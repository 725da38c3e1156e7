package sshd_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
	gossh "golang.org/x/crypto/ssh"

	"example.com/marquee/common/testrig"
	"example.com/marquee/tui/sshd"
)

// openssh starts the real client on a terminal of 80x24.
func openssh(t *testing.T, h *house, args ...string) (*exec.Cmd, *os.File, *screen) {
	t.Helper()
	host, port, err := net.SplitHostPort(h.addr)
	if err != nil {
		t.Fatal(err)
	}
	args = append([]string{
		"-F", "none", "-p", port, "-l", "guest",
		"-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
		"-o", "IdentityAgent=none",
	}, append(args, host)...)
	cmd := exec.Command(testrig.SSH(t), args...)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "HOME="+t.TempDir())
	terminal, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	s := &screen{}
	read := make(chan struct{})
	go func() {
		defer close(read)
		_, _ = io.Copy(s, terminal)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		_ = terminal.Close()
		<-read
	})
	return cmd, terminal, s
}

// writeKey keeps a new key pair and returns its path and fingerprint.
func writeKey(t *testing.T, withPrivate bool) (path, fingerprint string) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := gossh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	key, err := gossh.NewPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "id_ed25519")
	if withPrivate {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path+".pub", gossh.MarshalAuthorizedKey(key), 0o600); err != nil {
		t.Fatal(err)
	}
	return path, gossh.FingerprintSHA256(key)
}

func TestOpenSSHReachesTheProgram(t *testing.T) {
	h := open(t, sshd.Limits{})
	key, fingerprint := writeKey(t, true)
	for name, args := range map[string][]string{
		"without a key": {"-o", "PubkeyAuthentication=no"},
		"with a key":    {"-i", key, "-o", "IdentitiesOnly=yes"},
	} {
		t.Run(name, func(t *testing.T) {
			cmd, terminal, s := openssh(t, h, args...)
			s.waitFor(t, "page 80x24")
			if err := pty.Setsize(terminal, &pty.Winsize{Rows: 12, Cols: 40}); err != nil {
				t.Fatal(err)
			}
			s.waitFor(t, "page 40x12")
			want := ""
			if name == "with a key" {
				want = fingerprint
			}
			if got := h.lastVisitor().KeyFingerprint; got != want {
				t.Errorf("proved key %q, want %q", got, want)
			}
			if _, err := io.WriteString(terminal, "q"); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Wait(); err != nil {
				t.Errorf("ssh: %v", err)
			}
		})
	}
}

// Asking whether a key would do is not proving it: the key that was offered
// must not stay behind as somebody's identity (CVE-2024-45337).
func TestAttack_OfferedKeyIsNotIdentity(t *testing.T) {
	h := open(t, sshd.Limits{})
	// Only the public half: the client asks, is told it would do, cannot sign
	// and goes on to its own key.
	victim, victimPrint := writeKey(t, false)
	own, ownPrint := writeKey(t, true)
	_, _, s := openssh(t, h, "-i", victim, "-i", own, "-o", "IdentitiesOnly=yes")
	s.waitFor(t, "page 80x24")
	if got := h.lastVisitor().KeyFingerprint; got != ownPrint || got == victimPrint {
		t.Errorf("proved key %q, want his own %q", got, ownPrint)
	}
	// Without a key of his own he is nobody.
	_, _, s = openssh(t, h, "-i", victim, "-o", "IdentitiesOnly=yes")
	s.waitFor(t, "page 80x24")
	if got := h.lastVisitor().KeyFingerprint; got != "" {
		t.Errorf("proved key %q without proving one", got)
	}
	// The twin: the victim himself.
	victimKey, victimPrint := writeKey(t, true)
	_, _, s = openssh(t, h, "-i", victimKey, "-o", "IdentitiesOnly=yes")
	s.waitFor(t, "page 80x24")
	if got := h.lastVisitor().KeyFingerprint; got != victimPrint {
		t.Errorf("proved key %q, want %q", got, victimPrint)
	}
}

func TestOpenSSHMultiplexedWindowKilled(t *testing.T) {
	h := open(t, sshd.Limits{KeepAlive: time.Second})
	socket := filepath.Join(t.TempDir(), "mux")
	master := []string{"-o", "PubkeyAuthentication=no", "-o", "ControlPath=" + socket}
	_, first, s1 := openssh(t, h, append(master, "-o", "ControlMaster=yes")...)
	s1.waitFor(t, "page 80x24")
	eventually(t, "the control socket", func() bool { _, err := os.Stat(socket); return err == nil })
	killed, _, s2 := openssh(t, h, master...)
	s2.waitFor(t, "page 80x24")
	if n := h.living(); n != 2 {
		t.Fatalf("%d programs, want 2", n)
	}
	if err := killed.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the killed window's program to end", func() bool { return h.living() == 1 })
	if _, err := io.WriteString(first, "z"); err != nil {
		t.Fatal(err)
	}
	s1.waitFor(t, "typed=[z]")
}

func TestOpenSSHWithoutATerminal(t *testing.T) {
	h := open(t, sshd.Limits{})
	cmd, _, s := openssh(t, h, "-T", "-o", "PubkeyAuthentication=no")
	s.waitFor(t, "needs a terminal")
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 2 {
		t.Errorf("exit %d, want 2", code)
	}
}

func TestAttack_OpenSSHForwardingAndCopies(t *testing.T) {
	h := open(t, sshd.Limits{})
	for _, args := range [][]string{
		{"-A", "-o", "PubkeyAuthentication=no"},
		{"-R", "127.0.0.1:0:127.0.0.1:1", "-o", "PubkeyAuthentication=no"},
	} {
		_, _, s := openssh(t, h, args...)
		s.waitFor(t, "page 80x24") // the twin: the window itself opens
		if strings.Contains(strings.Join(h.lastVisitor().Environ, " "), "SSH_AUTH_SOCK") {
			t.Error("an agent was forwarded")
		}
	}
	// -W would carry the client's lines to a port of the server's machine.
	cmd, _, s := openssh(t, h, "-W", h.addr, "-o", "PubkeyAuthentication=no")
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code == 0 || strings.Contains(s.String(), "SSH-2.0") {
		t.Errorf("-W: exit %d, %q", code, s)
	}
	forwardedPort(t, h)

	scp, err := exec.LookPath("scp")
	if err != nil {
		return
	}
	_, port, _ := net.SplitHostPort(h.addr)
	target := filepath.Join(t.TempDir(), "stolen")
	if sftp, err := exec.LookPath("sftp"); err == nil {
		out, err := exec.Command(sftp, "-F", "none", "-P", port, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
			"-o", "PubkeyAuthentication=no", "guest@127.0.0.1:/etc/hostname", target).CombinedOutput()
		if err == nil {
			t.Errorf("sftp worked: %s", out)
		}
	}
	for _, legacy := range [][]string{{"-s"}, {"-O"}} {
		args := append(legacy, "-F", "none", "-P", port, "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
			"-o", "PubkeyAuthentication=no", "guest@127.0.0.1:/etc/hostname", target)
		if out, err := exec.Command(scp, args...).CombinedOutput(); err == nil {
			t.Errorf("scp %v worked: %s", legacy, out)
		}
	}
	if _, err := os.Stat(target); err == nil {
		t.Error("a file was copied")
	}
}

// forwardedPort lets the client listen (-L) and finds that nothing comes of it.
func forwardedPort(t *testing.T, h *house) {
	t.Helper()
	ear := filepath.Join(t.TempDir(), "ear")
	_, _, s := openssh(t, h, "-L", ear+":"+h.addr, "-o", "PubkeyAuthentication=no")
	s.waitFor(t, "page 80x24")
	conn, err := net.Dial("unix", ear)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetReadDeadline(time.Now().Add(patience))
	if got, err := io.ReadAll(conn); err != nil || len(got) != 0 {
		t.Errorf("-L: %q %v", got, err)
	}
}
