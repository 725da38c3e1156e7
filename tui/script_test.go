//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/rogpeppe/go-internal/testscript"

	"example.com/marquee/backend/app"
	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// TestScripts runs testdata/script: the program, on terminals and in pipes, as
// a person and a shell have it. Beside the commands of testscript they have
//
//	server start|lose|return      a backend of the script's own, as $SERVER
//	later SPAN                    so much later, for it and for every program from now on
//	member NAME [factor]          an account there; $RECOVERY1 to 3 with a second factor
//	begins NAME                   he begins with a second factor elsewhere
//	code VAR                      the next code of the authenticator
//	exits CODE ARG...             marquee ARG... ends so; stdout and stderr as after exec
//	together N ARG...             marquee ARG... N times at once; each ends with 0
//	refreshes N                   so many tokens were refreshed at the server
//	open [-silent] ARG...         marquee ARG... on a terminal
//	see TEXT... , unseen TEXT     until it is on the screen, or is not
//	type TEXT|enter|tab|esc|ctrl+c|ctrl+r...
//	gone CODE                     until it has ended so
func TestScripts(t *testing.T) {
	if testrig.Race {
		t.Skip("its processes share no memory")
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(env *testscript.Env) error {
			bin := filepath.Join(env.WorkDir, "bin")
			if err := os.Mkdir(bin, 0o700); err != nil {
				return err
			}
			if err := os.Symlink(os.Args[0], filepath.Join(bin, "marquee")); err != nil {
				return err
			}
			data, err := os.MkdirTemp("", "mq") // short: the path of a socket is limited
			if err != nil {
				return err
			}
			env.Defer(func() { _ = os.RemoveAll(data) })
			for _, pair := range (home{dir: filepath.Join(env.WorkDir, "home")}).environ("MARQUEE_DATA_DIR="+data, "PASSWORD="+password) {
				name, value, _ := strings.Cut(pair, "=")
				env.Setenv(name, value)
			}
			env.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
			env.Values[scriptKey{}] = &script{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"server": inScript((*script).server), "later": inScript((*script).later), "together": inScript((*script).together), "refreshes": inScript((*script).refreshes), "member": inScript((*script).member), "code": inScript((*script).code), "begins": inScript((*script).begins),
			"exits": inScript((*script).exits), "open": inScript((*script).open), "see": inScript((*script).see),
			"unseen": inScript((*script).unseen), "type": inScript((*script).typeIn), "gone": inScript((*script).gone),
		},
	})
}

// script is the state of one script.
type script struct {
	front  *front
	secret string // of the authenticator
	screen *screen
	ahead  atomic.Int64 // nanoseconds before everybody's clock
}

type scriptKey struct{}

// inScript makes a command of a method.
func inScript(do func(*script, scriptT, []string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg {
			ts.Fatalf("this command has no opposite")
		}
		do(ts.Value(scriptKey{}).(*script), scriptT{ts}, args)
	}
}

// scriptT is a script as a test.
type scriptT struct{ *testscript.TestScript }

func (s scriptT) Helper()          {}
func (s scriptT) Cleanup(f func()) { s.Defer(f) }
func (s scriptT) Fatal(args ...any) {
	s.Fatalf(strings.Repeat("%v ", len(args)), args...)
}

func (s *script) server(t scriptT, args []string) {
	switch args[0] {
	case "start":
		s.front = frontOf(t, openCinemaWith(t, app.Options{Clock: s.now}))
		t.Setenv("SERVER", s.front.URL)
	case "lose":
		s.front.lose()
	case "return":
		s.front.lost.Store(false)
	default:
		t.Fatalf("server %s?", args[0])
	}
}

func (s *script) now() time.Time { return time.Now().Add(time.Duration(s.ahead.Load())) }

func (s *script) later(t scriptT, args []string) {
	d, err := time.ParseDuration(args[0])
	t.Check(err)
	s.ahead.Store(int64(d))
	t.Setenv(envClock, args[0])
}

func (s *script) together(t scriptT, args []string) {
	n, err := strconv.Atoi(args[0])
	t.Check(err)
	ends := make(chan error, n)
	for range n {
		cmd := s.command(t, args[1:])
		go func() {
			out, err := cmd.CombinedOutput()
			if err != nil {
				err = fmt.Errorf("%w: %s", err, out)
			}
			ends <- err
		}()
	}
	for range n {
		t.Check(<-ends)
	}
}

func (s *script) refreshes(t scriptT, args []string) {
	if n := s.front.refreshes.Load(); fmt.Sprint(n) != args[0] {
		t.Fatalf("%d refreshes, want %s", n, args[0])
	}
}

func (s *script) member(t scriptT, args []string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c := person(ctx, t, s.front.URL, args[0])
	if len(args) > 1 {
		var recovery []string
		s.secret, recovery = withFactor(ctx, t, c)
		for i, code := range recovery[:3] {
			t.Setenv("RECOVERY"+strconv.Itoa(i+1), code)
		}
	}
}

// begins has somebody begin with a second factor elsewhere.
func (s *script) begins(t scriptT, args []string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := client.New(client.Options{BaseURL: s.front.URL, Timeout: patience})
	t.Check(err)
	defer c.Close()
	_, err = c.Login(ctx, marquee.Credentials{Login: args[0], Password: password})
	t.Check(err)
	_, err = c.StartTOTP(ctx)
	t.Check(err)
}

// code is that of the step to come: the one of the present step may be used.
func (s *script) code(t scriptT, args []string) {
	code, err := totp.GenerateCode(s.secret, time.Now().Add(30*time.Second))
	t.Check(err)
	t.Setenv(args[0], code)
}

func (s *script) exits(t scriptT, args []string) {
	err := t.Exec("marquee", args[1:]...)
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	}
	if strconv.Itoa(code) != args[0] {
		t.Fatalf("ends with %d (%v), want %s", code, err, args[0])
	}
}

func (s *script) open(t scriptT, args []string) {
	silent := len(args) > 0 && args[0] == "-silent"
	if silent {
		args = args[1:]
	}
	s.screen = onTerminal(t, s.command(t, args), silent)
}

// command is the program with what the script sets.
func (s *script) command(t scriptT, args []string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	for _, name := range []string{
		envProgram, envClock, "PATH", "TERM", "LANG", "ADDR", "HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "MARQUEE_DATA_DIR", "MARQUEE_SERVER",
	} {
		cmd.Env = append(cmd.Env, name+"="+t.Getenv(name))
	}
	return cmd
}

func (s *script) see(t scriptT, args []string) {
	s.screen.t = t
	s.screen.see(args...)
}

func (s *script) unseen(t scriptT, args []string) {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); strings.Contains(s.screen.text(), args[0]); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("still %q on\n%s", args[0], s.screen.text())
		}
	}
}

func (s *script) typeIn(_ scriptT, args []string) {
	keys := map[string]string{"enter": enter, "tab": tab, "esc": esc, "ctrl+c": ctrlC, "ctrl+r": "\x12"}
	for _, text := range args {
		if key, ok := keys[text]; ok {
			text = key
		}
		s.screen.typeIn(text)
	}
}

func (s *script) gone(t scriptT, args []string) {
	s.screen.gone()
	if code := s.screen.cmd.ProcessState.ExitCode(); strconv.Itoa(code) != args[0] {
		t.Fatalf("ends with %d, want %s:\n%s", code, args[0], s.screen.text())
	}
	if strings.Contains(s.screen.written(), password) {
		t.Fatalf("the password was shown")
	}
}
