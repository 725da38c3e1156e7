//go:build unix

package main

import (
	"context"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	sshagent "golang.org/x/crypto/ssh/agent"

	"example.com/marquee/common/testrig"
	"example.com/marquee/tui/verb"
)

// openSSH runs a program of OpenSSH's client to its end.
func openSSH(t *testing.T, environ []string, name string, args ...string) {
	t.Helper()
	testrig.SSH(t) // the others come with it
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Env = append(os.Environ(), environ...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, out)
	}
}

// keygen makes a key in the home, as people have them, and returns its file.
func (h home) keygen(t *testing.T, name, passphrase string, how ...string) string {
	t.Helper()
	file := filepath.Join(h.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	openSSH(t, nil, "ssh-keygen", append([]string{"-q", "-N", passphrase, "-C", name + "@studio", "-f", file}, how...)...)
	return file
}

// sshAgent is a real one that ends with the test.
func (h home) sshAgent(t *testing.T) (socket string, client sshagent.ExtendedAgent) {
	t.Helper()
	testrig.SSH(t)
	socket = filepath.Join(h.dir, "agent")
	cmd := exec.Command("ssh-agent", "-D", "-a", socket)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		conn, err := net.Dial("unix", socket)
		if err == nil {
			t.Cleanup(func() { _ = conn.Close() })
			return socket, sshagent.NewClient(conn)
		}
		if rest(ctx, 5*time.Millisecond, nil) != nil {
			t.Fatal(err)
		}
	}
}

// From a file that ssh-keygen made to a session, and to none once the key is
// removed.
func TestSSHKeyFromFileToSession(t *testing.T) {
	if testrig.Race {
		t.Skip("its processes share no memory")
	}
	h := openCinema(t).member(t, "minji")
	plain := h.keygen(t, ".ssh/id_ed25519", "", "-t", "ed25519")
	sealed := h.keygen(t, "sealed", "a long passphrase", "-t", "ecdsa", "-b", "256", "-Z", "aes256-ctr", "-a", "2")
	other := newHome(t)
	other.server = h.server

	const opensNothing = "This did not open anything"
	other.mustRun(t, verb.ExitFailed, []string{"No SSH key is at hand"}, "login", "--key")
	other.mustRun(t, verb.ExitFailed, []string{opensNothing}, "login", "--key", plain)
	h.mustRun(t, verb.ExitOK, []string{`"type":"ssh-ed25519"`, `"replaces_second_factor":false`}, "keys", "link", "--name", "desk", "--json")
	h.mustRun(t, verb.ExitFailed, []string{"linked to an account already"}, "keys", "link", plain+".pub")
	other.mustRun(t, verb.ExitOK, []string{"Signed in as minji"}, "login", "--key", plain)
	h.mustRun(t, verb.ExitOK, []string{"SHA256:", "SSH key linked"}, "activity")

	s := onTerminal(t, h.command(t, "keys", "link", sealed, "--replaces-second-factor"), false)
	s.see("Passphrase of " + sealed)
	s.typeIn("a wrong one" + enter)
	s.see("This is not the passphrase of the key.")
	again := func() bool { return strings.Count(s.text(), "Passphrase of") == 2 }
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !again(); <-tick.C { // what is typed before shows
		if time.Now().After(end) {
			t.Fatalf("not asked again:\n%s", s.text())
		}
	}
	s.typeIn("a long passphrase" + enter)
	s.gone()
	if written := s.written(); !strings.Contains(written, "sealed@studio") || strings.Contains(written, "a long passphrase") {
		t.Errorf("%s", written)
	}
	other.mustRun(t, verb.ExitFailed, []string{"with its passphrase only"}, "login", "--key", sealed)

	// In plain lines, by number; what links a key asks for one of this machine.
	lines := other.command(t, "--accessible")
	lines.Stdin = strings.NewReader("9\n4\n1\n7\n4\n0\n0\n0\n")
	lines.Env = append(lines.Env, "HOME="+h.dir)
	said, err := lines.CombinedOutput()
	for _, w := range []string{"Signed out", "Which key?", "1. .ssh/id_ed25519@studio ssh-ed25519 SHA256:", "Signed in as minji", "2. desk, ssh-ed25519, SHA256:"} {
		if !strings.Contains(string(said), w) {
			t.Errorf("no %q (%v) in\n%s", w, err, said)
		}
	}

	h.mustRun(t, verb.ExitOK, []string{"attic"}, "keys", "rename", "desk", "attic")
	h.mustRun(t, verb.ExitNotFound, nil, "keys", "remove", "desk")
	h.mustRun(t, verb.ExitOK, []string{"attic", "sealed@studio", "ssh-ed25519", "anywhere", "yes"}, "keys")
	h.mustRun(t, verb.ExitOK, nil, "keys", "remove", "attic")
	other.mustRun(t, verb.ExitSignIn, nil, "whoami")
	other.mustRun(t, verb.ExitFailed, []string{opensNothing}, "login", "--key", plain)
}

// A real agent signs; what may be wrong with one is said.
func TestSSHAgentSignsIn(t *testing.T) {
	if testrig.Race {
		t.Skip("its processes share no memory")
	}
	h := openCinema(t).member(t, "minji")
	socket, held := h.sshAgent(t)
	withAgent := func(code int, words []string, args ...string) {
		t.Helper()
		cmd := h.command(t, args...)
		cmd.Env = append(cmd.Env, "SSH_AUTH_SOCK="+socket)
		out, _ := cmd.CombinedOutput()
		if got := cmd.ProcessState.ExitCode(); got != code {
			t.Errorf("%v ends with %d, want %d:\n%s", args, got, code, out)
		}
		for _, w := range words {
			if !strings.Contains(string(out), w) {
				t.Errorf("%v: no %q in\n%s", args, w, out)
			}
		}
	}
	withAgent(verb.ExitFailed, []string{"shows no keys"}, "login", "--key")
	environ := []string{"SSH_AUTH_SOCK=" + socket}
	rsa := h.keygen(t, "rsa", "", "-t", "rsa", "-b", "2048")
	openSSH(t, environ, "ssh-add", "-q", rsa)
	if err := os.Remove(rsa); err != nil { // from now on the agent alone has it
		t.Fatal(err)
	}
	withAgent(verb.ExitOK, []string{"Signing with rsa@studio ssh-rsa SHA256:", "(agent)"}, "keys", "link")
	withAgent(verb.ExitOK, []string{"Signed in as minji"}, "login", "--key")

	if err := held.Lock([]byte("x")); err != nil {
		t.Fatal(err)
	}
	withAgent(verb.ExitFailed, []string{"is locked"}, "login", "--key")
	if err := held.Unlock([]byte("x")); err != nil {
		t.Fatal(err)
	}

	bound := h.keygen(t, "bound", "", "-t", "ed25519")
	line, err := os.ReadFile(h.keygen(t, "host", "", "-t", "ed25519") + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	h.file(t, "hosts", append([]byte("films.example "), line...))
	openSSH(t, environ, "ssh-add", "-q", "-H", filepath.Join(h.dir, "hosts"), "-h", "films.example", bound)
	withAgent(verb.ExitFailed, []string{"did not sign", "certain hosts only"}, "login", "--key", bound)
	withAgent(verb.ExitUsage, []string{"Several SSH keys are at hand"}, "login", "--key")
	socket += "-gone"
	withAgent(verb.ExitFailed, []string{"does not answer"}, "login", "--key")
}

// Whoever stands between a person and the server, and passes the challenge on,
// has a signature that names himself.
func TestAttack_RelayOfASignInByKey(t *testing.T) {
	c := openCinema(t)
	relay, h := frontOf(t, c), c.member(t, "minji")
	file := h.keygen(t, "id", "", "-t", "ed25519")
	h.mustRun(t, verb.ExitOK, nil, "keys", "link", file)
	victim := newHome(t)
	victim.server = relay.URL
	victim.mustRun(t, verb.ExitFailed, []string{"goes by another address"}, "login", "--key", file)
	victim.mustRun(t, verb.ExitSignIn, nil, "whoami")
	victim.server = c.url
	victim.mustRun(t, verb.ExitOK, []string{"Signed in as minji"}, "login", "--key", file) // the twin
}
