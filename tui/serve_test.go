//go:build unix

package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode"

	"github.com/creack/pty"
	gossh "golang.org/x/crypto/ssh"

	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
	"example.com/marquee/tui/verb"
)

// door is a running `marquee serve`.
type door struct {
	home
	cmd  *exec.Cmd
	port string
	said chan string // what it wrote on stderr, once it has ended
}

var servingLine = regexp.MustCompile(`ssh -p (\d+)`)

func (h home) serve(t *testing.T, more ...string) door {
	t.Helper()
	cmd := exec.Command(os.Args[0], "serve")
	cmd.Env = h.environ(append(more, "SSH_ADDR=127.0.0.1:0")...)
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		if m := servingLine.FindStringSubmatch(lines.Text()); m != nil {
			d := door{h, cmd, m[1], make(chan string, 1)}
			go func() {
				var rest strings.Builder
				for lines.Scan() { // or it would stop at a full pipe
					fmt.Fprintln(&rest, lines.Text())
				}
				d.said <- rest.String()
			}()
			t.Cleanup(func() {
				_ = cmd.Process.Kill()
				if said := <-d.said; t.Failed() {
					t.Logf("the server said:\n%s", said)
				}
			})
			return d
		}
	}
	t.Fatal("it does not serve")
	return door{}
}

// ssh is the real client, by default as somebody without a key.
func (d door) ssh(t tester, options []string, words ...string) *exec.Cmd {
	t.Helper()
	args := append([]string{
		"-F", "none", "-p", d.port, "-l", "guest", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
		"-o", "LogLevel=ERROR", "-o", "SendEnv=LANG", "-o", "IdentityAgent=none",
	}, append(options, "127.0.0.1")...)
	path, err := exec.LookPath("ssh")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, append(args, words...)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + d.dir, "TERM=xterm-256color", "LANG=en_US.UTF-8"}
	return cmd
}

var keyless = []string{"-o", "PubkeyAuthentication=no"}

// visit opens a window with the real client.
func (d door) visit(t tester, options []string, words ...string) *screen {
	t.Helper()
	return onTerminal(t, d.ssh(t, options, words...), false)
}

// key makes an SSH key and returns the options that come with it.
func (d door) key(t *testing.T, name string) (with []string, signer gossh.Signer) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, err := gossh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(d.dir, name)
	if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
		t.Fatal(err)
	}
	if signer, err = gossh.NewSignerFromKey(private); err != nil {
		t.Fatal(err)
	}
	return []string{"-i", path, "-o", "IdentitiesOnly=yes"}, signer
}

// commands runs verbs, each on a connection of its own: one that has nothing
// open is let go after a while.
type commands struct {
	*testing.T
	door
	auth []gossh.AuthMethod
}

func (d door) verbs(t *testing.T, auth ...gossh.AuthMethod) commands { return commands{t, d, auth} }

// in is the same for another test.
func (v commands) in(t *testing.T) commands { return commands{t, v.door, v.auth} }

// run runs one and returns what it wrote; it must end with code and say words,
// and nothing of it may drive a terminal.
func (v commands) run(command string, code int, words ...string) (out string) {
	v.Helper()
	c, err := gossh.Dial("tcp", "127.0.0.1:"+v.port, &gossh.ClientConfig{
		User: "guest", Auth: v.auth, HostKeyCallback: gossh.InsecureIgnoreHostKey(), Timeout: patience,
	})
	if err != nil {
		v.Fatal(err)
	}
	defer c.Close()
	s, err := c.NewSession()
	if err != nil {
		v.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	s.Stdout, s.Stderr = &stdout, &stderr
	got := 0
	var exit *gossh.ExitError
	if err := s.Run(command); errors.As(err, &exit) {
		got = exit.ExitStatus()
	} else if err != nil {
		v.Fatalf("%s: %v", command, err)
	}
	said := stdout.String() + stderr.String()
	if got != code {
		v.Errorf("%s: exit %d, want %d\n%s", command, got, code, said)
	}
	for _, w := range words {
		if !strings.Contains(said, w) {
			v.Errorf("%s: no %q in\n%s", command, w, said)
		}
	}
	if strings.ContainsFunc(said, func(r rune) bool { return r != '\n' && unicode.IsControl(r) }) {
		v.Errorf("%s drives the terminal: %q", command, said)
	}
	return stdout.String()
}

// address is where the API answers.
func (d door) address() string { return "unix://" + filepath.Join(d.dir, "marquee", "marquee.sock") }

// api is somebody's client of the server, signed in by password.
func (d door) api(t *testing.T, name string) *client.Client {
	t.Helper()
	c, err := client.New(client.Options{BaseURL: d.address(), Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if _, err := c.Login(t.Context(), marquee.Credentials{Login: name, Password: password}); err != nil {
		t.Fatal(err)
	}
	return c
}

// alone waits until every other session of the account has ended.
func alone(t *testing.T, c *client.Client) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); ; <-tick.C {
		list, err := c.Sessions(t.Context())
		if err == nil && len(list) == 1 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("sessions of windows that are gone: %+v %v", list, err)
		}
	}
}

// The whole service in one command, seen by the real client: a person
// registers inside, links the key, and the key is enough from then on, in
// windows and for commands. Every session ends with its channel.
func TestOverSSH(t *testing.T) {
	testrig.SSH(t)
	h := newHome(t)
	// What whoever runs the service has set is no visitor's.
	const operators = `{"language": "ko", "theme": "light", "mouse": false, "keys": {"quit": "Q"}, "broken": 1}`
	h.writeSettings(t, operators)
	h.keygen(t, ".ssh/id_ed25519", "", "-t", "ed25519")
	d := h.serve(t)
	with, signer := d.key(t, "minji")

	s := d.visit(t, with)
	s.see("Sign in", "SHA256:", "ssh -i")
	s.typeIn(tab + tab + tab + enter)
	s.see("E-mail")
	for _, text := range []string{"minji", "minji@films.example", password, password} {
		s.typeIn(text + tab)
	}
	s.submit("Link this key", gossh.FingerprintSHA256(signer.PublicKey()))
	s.typeIn(tab + enter)
	s.see("Linked", "1 / ")
	if strings.Contains(s.written(), password) {
		t.Error("the password was shown")
	}
	s.typeIn("q")
	s.gone()

	window := d.visit(t, with)
	window.see("minji", "1 / ")
	window.typeIn("K")
	window.see("SSH keys", gossh.FingerprintSHA256(signer.PublicKey()))
	window.typeIn("n") // nor are the keys of whoever runs it
	window.see("which has none of your keys")
	if strings.Contains(window.written(), "id_ed25519@studio") {
		t.Error("a key of the server's machine was shown")
	}
	window.typeIn(esc)
	window.see("1 / ")
	window.typeIn("A")
	window.see("Theme: automatic", "한국어")
	window.typeIn("Gkkkk" + enter)
	window.see("Theme: 16 colours of the terminal")
	window.typeIn("k" + enter)
	window.see("테마: 터미널의 16색")
	window.typeIn(enter)
	window.see("Theme: 16 colours of the terminal")
	window.typeIn("q")
	if got := h.settings(t); got != operators {
		t.Errorf("a visitor changed the settings of the service: %s", got)
	}
	window.see("1 / ")
	resize(t, window, 30, 11)
	window.see("40", "12") // what it needs
	resize(t, window, 100, 30)
	window.see("minji", "1 / ")

	mine := d.verbs(t, gossh.PublicKeys(signer))
	t.Run("verbs", func(t *testing.T) {
		mine := mine.in(t)
		if out := mine.run("whoami", verb.ExitOK); out != "minji\n" {
			t.Errorf("%q", out)
		}
		var page marquee.Page[marquee.Movie]
		if err := json.Unmarshal([]byte(mine.run("movies 'the host' --json", verb.ExitOK)), &page); err != nil || len(page.Items) == 0 {
			t.Errorf("%v %+v", err, page)
		}
		mine.run(`rate "The Host (2006)" 9`, verb.ExitOK)
		mine.run("watchlist add Parasite", verb.ExitOK)
		mine.run("watchlist", verb.ExitOK, "Parasite")
		mine.run("diary", verb.ExitOK)
		mine.run("movie 'no such film at all'", verb.ExitNotFound)
		mine.run("rate", verb.ExitUsage)
		mine.run("sessions", verb.ExitOK, "now", "127.0.0.1", "OpenSSH")
		mine.run("help", verb.ExitOK, "lockdown")
		mine.run("revoke nothing", verb.ExitNotFound)
	})
	t.Run("attack: commands of the machine", func(t *testing.T) {
		file := filepath.Join(d.dir, "touched")
		for _, command := range []string{"touch " + file, "sh -c 'touch " + file + "'", "whoami; touch " + file, "whoami $(touch " + file + ")", "serve", "login minji"} {
			mine.in(t).run(command, verb.ExitUsage)
		}
		mine.in(t).run("id", verb.ExitUsage, "whoami", "lockdown") // what there is
		if _, err := os.Stat(file); err == nil {
			t.Error("a command ran")
		}
	})
	t.Run("attack: guessing", func(t *testing.T) {
		s := d.visit(t, keyless)
		s.see("Sign in")
		s.typeIn("nobody" + tab + "wrong password")
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for end := time.Now().Add(patience); !strings.Contains(s.text(), "Too many"); <-tick.C {
			if time.Now().After(end) {
				t.Fatalf("nobody is slowed:\n%s", s.text())
			}
			s.typeIn(enter)
		}
		s.typeIn(ctrlC)
		s.gone()
	})
	t.Run("verbs need a linked key", func(t *testing.T) {
		_, other := d.key(t, "other")
		d.verbs(t, gossh.PublicKeys(other)).run("whoami", verb.ExitSignIn, "No account has the key "+gossh.FingerprintSHA256(other.PublicKey()))
		nobody := d.verbs(t, noQuestions())
		nobody.run("whoami", verb.ExitSignIn, "linked to your account")
		nobody.run("help whoami", verb.ExitOK)
	})
	t.Run("lockdown", func(t *testing.T) {
		mine := mine.in(t)
		mine.run("lockdown", verb.ExitOK)
		window.see("Password") // locked in place
		mine.run("whoami", verb.ExitOK)
	})
	api := d.api(t, "minji")
	killed := d.visit(t, with)
	killed.see("minji", "1 / ")
	t.Run("connection killed", func(t *testing.T) {
		if err := killed.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		killed.gone()
		alone(t, api)
	})
	t.Run("second factor", func(t *testing.T) {
		_, recovery := withFactor(t.Context(), t, api)
		mine := d.verbs(t, gossh.PublicKeys(signer))
		mine.run("whoami", verb.ExitSignIn, "code")
		s := d.visit(t, with)
		s.see("six digits")
		s.typeIn(recovery[0] + enter)
		s.see("minji", "1 / ")
		attackSecondFactor(t, s)
		keys, err := api.Keys(t.Context())
		if err != nil || len(keys) != 1 {
			t.Fatal(keys, err)
		}
		yes := true
		if _, err := api.ChangeKey(t.Context(), keys[0].ID, marquee.KeyPatch{ReplacesSecondFactor: &yes}); err != nil {
			t.Fatal(err)
		}
		mine.run("whoami", verb.ExitOK) // the twin: the key replaces it now
	})

	// Everything is told and put back when the service ends.
	last := d.visit(t, with)
	last.see("minji", "1 / ")
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	last.see("marquee is restarting")
	last.gone()
	if err := d.cmd.Wait(); err != nil {
		t.Errorf("serve: %v", err)
	}
	if !strings.Contains(last.written(), "\x1b[?1049l") {
		t.Error("the terminal was not put back")
	}
	if files := d.credentials(t); len(files) != 0 {
		t.Errorf("tokens of visitors rest in %v", files)
	}
}

// attackSecondFactor: whoever has the key alone, and a code once, does not get
// rid of the second factor with it.
func attackSecondFactor(t *testing.T, s *screen) {
	t.Helper()
	s.typeIn("A")
	s.see("Second factor", "@films.example") // whether it is on is known once the account is
	s.typeIn(enter)
	s.see("Turn it off")
	s.typeIn(tab + enter)
	s.see("Cancel")
	s.typeIn(tab + enter)
	s.see("without a password")
}

// submit presses enter until words come: on a machine that does much else a
// password may take longer to hash than the pages wait for.
func (s *screen) submit(words ...string) {
	s.t.Helper()
	s.typeIn(enter)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); time.Now().Before(end) && !strings.Contains(s.text(), words[0]); <-tick.C {
		if text := s.text(); strings.Contains(text, "took too long") || strings.Contains(text, "does not answer") {
			s.typeIn(enter)
		}
	}
	s.see(words...)
}

func resize(t *testing.T, s *screen, columns, rows int) {
	t.Helper()
	s.mu.Lock()
	s.em.Resize(columns, rows)
	s.mu.Unlock()
	if err := pty.Setsize(s.tty, &pty.Winsize{Rows: uint16(rows), Cols: uint16(columns)}); err != nil {
		t.Fatal(err)
	}
}

func noQuestions() gossh.AuthMethod {
	return gossh.KeyboardInteractive(func(string, string, []string, []bool) ([]string, error) { return nil, nil })
}

func TestReadySaysWhetherSSHAnswers(t *testing.T) {
	d := newHome(t).serve(t)
	ask := func() int {
		cmd := exec.Command(os.Args[0], "ready")
		cmd.Env = d.environ("SSH_ADDR=0.0.0.0:" + d.port)
		_ = cmd.Run()
		return cmd.ProcessState.ExitCode()
	}
	if code := ask(); code != verb.ExitOK {
		t.Errorf("exit %d beside a server", code)
	}
	_ = d.cmd.Process.Kill()
	_ = d.cmd.Wait()
	if code := ask(); code != verb.ExitUnavailable {
		t.Errorf("exit %d without one", code)
	}
}

func TestSSHTellsNoVersion(t *testing.T) {
	d := newHome(t).serve(t)
	conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", d.port))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	greeting, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil || strings.TrimSpace(greeting) != "SSH-2.0-marquee" {
		t.Errorf("greeting %q: %v", greeting, err)
	}
}

// One who guesses is slowed before the backend hears of it; a register or a
// mistyped word or two do not count against anybody.
func TestAttack_GuessingOverSSH(t *testing.T) {
	limits := newTryLimits()
	guesser, other := limits.of("192.0.2.1"), limits.of("192.0.2.2")
	passed := 0
	for range 50 {
		if allow(guesser.signIn) == nil {
			passed++
		}
	}
	if passed != signInBurst {
		t.Errorf("%d guesses passed, want %d", passed, signInBurst)
	}
	if limits.of("192.0.2.1") != guesser || limits.of("2001:db8::1") != limits.of("2001:db8::2") {
		t.Error("a new connection starts anew")
	}
	for range 3 {
		if err := allow(other.signIn); err != nil {
			t.Errorf("the twin, somebody else who mistypes: %v", err)
		}
	}
}
