//go:build unix

package main

import (
	"bufio"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"example.com/marquee/common/testrig"
	"example.com/marquee/tui/verb"
)

// door is a running `marquee serve`.
type door struct {
	home
	cmd  *exec.Cmd
	port string
}

var servingLine = regexp.MustCompile(`ssh -p (\d+)`)

func (h home) serve(t *testing.T) door {
	t.Helper()
	cmd := exec.Command(os.Args[0], "serve")
	cmd.Env = h.environ("SSH_ADDR=127.0.0.1:0")
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
			go func() {
				for lines.Scan() { // or it would stop at a full pipe
				}
			}()
			return door{h, cmd, m[1]}
		}
	}
	t.Fatal("it does not serve")
	return door{}
}

// visit connects with the real client, without a key.
func (d door) visit(t *testing.T, args ...string) *screen {
	t.Helper()
	args = append([]string{
		"-F", "none", "-p", d.port, "-l", "guest", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
		"-o", "LogLevel=ERROR", "-o", "PubkeyAuthentication=no", "-o", "SendEnv=LANG", "127.0.0.1",
	}, args...)
	cmd := exec.Command(testrig.SSH(t), args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + d.dir, "TERM=xterm-256color", "LANG=ko_KR.UTF-8"}
	return onTerminal(t, cmd, false)
}

// The whole service in one command: a person registers inside, is the same
// person in the next window, and every window's session ends with it.
func TestOverSSH(t *testing.T) {
	d := newHome(t).serve(t)
	s := d.visit(t)
	s.see("로그인")
	s.typeIn(tab + tab + tab + enter)
	s.see("이메일")
	for _, text := range []string{"minji", "minji@films.example", password, password} {
		s.typeIn(text + tab)
	}
	s.typeIn(enter)
	s.see("영화", "minji", "1 / ")
	s.typeIn(enter)
	s.see("감독")
	s.typeIn("7")
	s.see("★7")
	s.typeIn(esc)
	s.see("1 / ")
	s.typeIn("q")
	s.gone()
	if strings.Contains(s.written(), password) {
		t.Error("the password was shown")
	}

	again := d.visit(t)
	again.see("로그인") // no key means anything yet
	again.typeIn("minji" + tab + password + enter)
	again.see("minji", "★7")

	// Everything is told and put back when the service ends.
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	again.see("다시 시작합니다")
	again.gone()
	if err := d.cmd.Wait(); err != nil {
		t.Errorf("serve: %v", err)
	}
	if !strings.Contains(again.written(), "\x1b[?1049l") {
		t.Error("the terminal was not put back")
	}
	if opened, ended := sessions(t, d.home); opened != 2 || ended != opened {
		t.Errorf("%d sessions opened and %d ended with their windows", opened, ended)
	}
	if files := d.credentials(t); len(files) != 0 {
		t.Errorf("tokens of visitors rest in %v", files)
	}
}

// sessions counts what the server wrote down.
func sessions(t *testing.T, h home) (opened, ended int) {
	t.Helper()
	log, err := os.ReadFile(filepath.Join(h.dir, "marquee", logName))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(log), "route=/api/v1/auth/login status=200"),
		strings.Count(string(log), "route=/api/v1/auth/logout status=200")
}

// An exec request is never a command of the machine.
func TestAttack_CommandOverSSH(t *testing.T) {
	d := newHome(t).serve(t)
	s := d.visit(t, "touch", filepath.Join(d.dir, "touched"))
	s.gone()
	if code := s.cmd.ProcessState.ExitCode(); code != 2 {
		t.Errorf("exit %d, want 2", code)
	}
	if _, err := os.Stat(filepath.Join(d.dir, "touched")); err == nil {
		t.Error("the command ran")
	}
	d.visit(t).see("로그인") // the twin: without a command
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

func TestAttack_GuessingOverSSHIsTold(t *testing.T) {
	d := newHome(t).serve(t)
	s := d.visit(t)
	s.see("로그인")
	s.typeIn("nobody" + tab + "wrong password")
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !strings.Contains(s.text(), "시도가 너무 많습니다"); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("nobody is slowed:\n%s", s.text())
		}
		s.typeIn(enter)
	}
}
