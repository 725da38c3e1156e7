//go:build unix

package main

import (
	"net"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hiddeco/sshsig"
	gossh "golang.org/x/crypto/ssh"

	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// linked makes an account with a linked key and returns how to come with it,
// and a client that is signed in from elsewhere.
func (d door) linked(t *testing.T, name string) (with []string, api *client.Client) {
	t.Helper()
	with, signer := d.key(t, name)
	d.await(t)
	api = person(t.Context(), t, d.address(), name)
	challenge, err := api.Challenge(t.Context(), marquee.Origin{})
	if err != nil {
		t.Fatal(err)
	}
	text := marquee.ChallengeText(marquee.LinkNamespace, challenge.Nonce, gossh.FingerprintSHA256(signer.PublicKey()), api.Origin())
	sig, err := sshsig.Sign(strings.NewReader(text), signer, sshsig.HashSHA512, marquee.LinkNamespace)
	if err != nil {
		t.Fatal(err)
	}
	_, err = api.LinkKey(t.Context(), marquee.KeyLink{Name: "laptop", KeyProof: marquee.KeyProof{
		Nonce: challenge.Nonce, ServerOrigin: api.Origin(), Signature: string(sshsig.Armor(sig)),
	}})
	if err != nil {
		t.Fatal(err)
	}
	return with, api
}

// await waits for the backend, which starts beside the door.
func (d door) await(t *testing.T) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); ; <-tick.C {
		conn, err := net.Dial("unix", strings.TrimPrefix(d.address(), "unix://"))
		if err == nil {
			_ = conn.Close()
			return
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// haveSessions waits until the account has n sessions besides the asking one.
func haveSessions(t *testing.T, c *client.Client, n int) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); ; <-tick.C {
		list, err := c.Sessions(t.Context())
		if err == nil && len(list) == n+1 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("%d sessions expected, and the one that asks: %+v %v", n, list, err)
		}
	}
}

// Two windows of one OpenSSH connection are two programs, each with a session
// of its own. A window that is killed takes nothing of the other's with it; the
// connection takes both.
func TestWindowsOfOneConnection(t *testing.T) {
	testrig.SSH(t)
	d := newHome(t).serve(t)
	with, api := d.linked(t, "minji")
	with = append(with, "-o", "ControlPath="+filepath.Join(d.dir, "mux"))
	master := d.visit(t, append(with, "-o", "ControlMaster=yes"))
	master.see("minji", "1 / ")
	open := func() *screen {
		s := d.visit(t, append(with, "-o", "ControlMaster=no"))
		s.see("minji", "1 / ")
		haveSessions(t, api, 2)
		return s
	}
	kill := func(s *screen) {
		t.Helper()
		if err := s.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		s.gone()
	}

	window := open()
	window.typeIn("j")
	window.see("2 / ")
	kill(window)
	// What is sent to it wakes the client, which then tells of the other's end.
	master.typeIn("jj")
	master.see("3 / ")
	haveSessions(t, api, 1)
	master.typeIn("K")
	master.see("SSH keys", "laptop")

	window = open()
	kill(master)
	window.gone()
	haveSessions(t, api, 0)
}

// coloured finds what sets a colour.
var coloured = regexp.MustCompile(`\x1b\[(?:[0-9;]*;)?(?:[34]\d|9\d|10\d)(?:;[0-9;]*)?m`)

// Two people side by side have their own colours, language and films.
func TestTwoPeopleSideBySide(t *testing.T) {
	testrig.SSH(t)
	d := newHome(t).serve(t)
	withMinji, _ := d.linked(t, "minji")
	withSeojun, _ := d.linked(t, "seojun")
	come := func(with []string, environ ...string) *screen {
		cmd := d.ssh(t, append(with, "-o", "SendEnv=COLORTERM", "-o", "SendEnv=NO_COLOR"))
		cmd.Env = append(cmd.Env, environ...)
		return onTerminal(t, cmd, false)
	}
	minji, seojun := come(withMinji, "COLORTERM=truecolor"), come(withSeojun, "NO_COLOR=1", "LANG=ko_KR.UTF-8")
	minji.see("minji", "Films", "1 / ")
	seojun.see("seojun", "영화", "1 / ")
	minji.typeIn("jjw")
	minji.see("3 / ", "+")
	seojun.typeIn("j")
	seojun.see("2 / ")
	if !strings.Contains(minji.written(), "\x1b[38;2;") {
		t.Error("a terminal of all colours got none")
	}
	if coloured.MatchString(seojun.written()) {
		t.Error("who wants no colours got some")
	}
	for s, of := range map[*screen]string{minji: "seojun", seojun: "minji"} {
		if strings.Contains(s.written(), of) {
			t.Errorf("somebody sees what is %s's", of)
		}
	}
}
