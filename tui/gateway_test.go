//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	gossh "golang.org/x/crypto/ssh"

	"example.com/marquee/common/testrig"
	"example.com/marquee/tui/verb"
)

// initGateway makes the keys of an SSH server and returns the line that it
// prints.
func (h home) initGateway(t *testing.T) string {
	t.Helper()
	trust := filepath.Join(h.dir, "trust")
	cmd := exec.Command(os.Args[0], "serve", "--init", "--trust-file", trust)
	cmd.Env = h.environ()
	line, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if file, err := os.ReadFile(trust); err != nil || string(file) != string(line) {
		t.Errorf("the file has %q, %v; it says %q", file, err, line)
	}
	return string(line)
}

// trusting is a file for SSH_GATEWAY_KEYS.
func trusting(t *testing.T, lines string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "gateways")
	if err := os.WriteFile(file, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	return "SSH_GATEWAY_KEYS=" + file
}

// A backend elsewhere believes an SSH server that its operator lists, from
// where he lets it call, and no other. Without that people sign in by password
// as anywhere.
func TestAttack_SSHServerThatIsNotTrusted(t *testing.T) {
	testrig.SSH(t)
	h := newHome(t)
	line := h.initGateway(t)
	if again := h.initGateway(t); again != line {
		t.Errorf("made anew: %q and %q", line, again)
	}
	for _, name := range []string{"gateway_ed25519", hostKeyName} {
		if info, err := os.Stat(filepath.Join(h.dir, "marquee", name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", name, info.Mode(), err)
		}
	}

	c := openCinema(t, trusting(t, `from="127.0.0.0/8,::1" `+line))
	owner := person(t.Context(), t, c.url, "seoyeon")
	d := h.serve(t, "MARQUEE_SERVER="+c.url)
	with, signer := d.key(t, "seoyeon")
	s := d.visit(t, with)
	s.see("Sign in", "SHA256:")
	s.typeIn("seoyeon" + tab + password)
	s.submit("Link this key")
	s.typeIn(tab + enter)
	s.see("Linked", "1 / ")
	s.typeIn("q")
	s.gone()
	d.verbs(t, gossh.PublicKeys(signer)).run("whoami", verb.ExitOK, "seoyeon")
	alone(t, owner)

	c = openCinema(t, trusting(t, `from="192.0.2.0/24" `+line)) // not from here
	person(t.Context(), t, c.url, "seoyeon")
	d = h.serve(t, "MARQUEE_SERVER="+c.url)
	d.verbs(t, gossh.PublicKeys(signer)).run("whoami", verb.ExitSignIn)
	s = d.visit(t, with)
	s.see("Sign in")
	if strings.Contains(s.text(), "SHA256:") {
		t.Errorf("a key that means nothing is spoken of:\n%s", s.text())
	}
	s.typeIn("seoyeon" + tab + password)
	s.submit("1 / ")
}
