//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"example.com/marquee/common/testrig"
	"example.com/marquee/tui/verb"
)

// everyVerb calls do for each command that does something.
func everyVerb(do func(path string, c *cobra.Command)) {
	root := newRoot(newEnvironment(nil))
	for _, path := range verbs() {
		c, _, err := root.Find(strings.Fields(path))
		if err == nil {
			do(path, c)
		}
	}
}

// With --json a verb that succeeds writes one value and a line end, and one
// that fails writes nothing, whether somebody is signed in, nobody is, or the
// server is away.
func TestJSONAndNothingElse(t *testing.T) {
	if testrig.Race {
		t.Skip("its processes share no memory")
	}
	front := frontOf(t, openCinema(t))
	h, stranger := newHome(t), newHome(t)
	h.server, stranger.server = front.URL, front.URL
	h.signIn(t, "minji")
	var paths []string
	everyVerb(func(path string, c *cobra.Command) {
		if c.Flags().Lookup("json") != nil {
			paths = append(paths, path)
		}
	})
	if len(paths) < 20 {
		t.Fatalf("only %v have --json", paths)
	}
	slices.SortFunc(paths, func(a, b string) int { return boolInt(a == "logout") - boolInt(b == "logout") })
	for _, h := range []home{h, stranger} {
		h.file(t, "in.csv", []byte("Date,Name,Year,Letterboxd URI,Rating\n2023-01-01,Alien,1979,,4\n"))
	}
	silent := []string{"lockdown", "logout", "revoke", "keys remove"} // the API's answer to these is 204
	check := func(h home, path string, codes ...int) {
		t.Helper()
		args, stdin := slices.Clone(calls[path]), ""
		if path == "login" {
			args, stdin = []string{"minji", "--password-stdin"}, password+"\n"
		}
		cmd := h.command(t, append(append(strings.Fields(path), args...), "--json")...)
		cmd.Stdin = strings.NewReader(stdin)
		var out bytes.Buffer
		cmd.Stdout = &out
		_ = cmd.Run()
		code := cmd.ProcessState.ExitCode()
		if !slices.Contains(codes, code) {
			t.Errorf("%s ends with %d, want %v", path, code, codes)
		}
		var value any
		err := json.Unmarshal(out.Bytes(), &value)
		switch one := err == nil && bytes.HasSuffix(out.Bytes(), []byte("\n")) && bytes.Count(out.Bytes(), []byte("\n")) == 1; {
		case code == verb.ExitOK && out.Len() == 0 && slices.Contains(silent, path):
		case code == verb.ExitOK && !one:
			t.Errorf("%s writes %q: %v", path, out.String(), err)
		case code != verb.ExitOK && out.Len() > 0:
			t.Errorf("%s ends with %d and writes %q", path, code, out.String())
		}
	}
	atHome := []string{"accounts", "accounts use", "config keys", "config path"} // ask no server
	for _, path := range paths {
		switch {
		case path == "login", slices.Contains(atHome, path):
			check(stranger, path, verb.ExitOK, verb.ExitFailed)
			_ = os.RemoveAll(filepath.Join(stranger.dir, "marquee", "credentials"))
		case path == "keys link": // looks for a key first
			check(stranger, path, verb.ExitFailed, verb.ExitSignIn)
		default:
			check(stranger, path, verb.ExitSignIn)
		}
	}
	front.lost.Store(true)
	for _, path := range paths {
		if !slices.Contains(atHome, path) && path != "keys link" {
			check(h, path, verb.ExitUnavailable)
		}
	}
	front.lost.Store(false)
	for _, path := range paths {
		check(h, path, verb.ExitOK, verb.ExitFailed, verb.ExitNotFound)
	}
}

// Whoever sees the list of processes sees no secret: nothing takes one.
func TestAttack_SecretsOnTheCommandLine(t *testing.T) {
	secret := regexp.MustCompile(`(?i)password|token|secret|otp|passphrase`)
	n := 0
	everyVerb(func(path string, c *cobra.Command) {
		n++
		if _, args, _ := strings.Cut(c.Use, " "); secret.MatchString(args) {
			t.Errorf("marquee %s takes %s", path, args)
		}
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if secret.MatchString(f.Name) && f.Value.Type() != "bool" {
				t.Errorf("marquee %s takes --%s", path, f.Name)
			}
		})
	})
	if n < 30 {
		t.Errorf("only %d verbs were looked at", n)
	}
}

// ctrl+c ends a verb that waits for the server, with the code that shells
// have for it.
func TestInterruptedVerb(t *testing.T) {
	if testrig.Race {
		t.Skip("its processes share no memory")
	}
	front := frontOf(t, openCinema(t))
	h := newHome(t)
	h.server = front.URL
	h.signIn(t, "minji")
	asked := make(chan struct{})
	once := sync.OnceFunc(func() { close(asked) })
	hold := func(r *http.Request) {
		once()
		<-r.Context().Done()
	}
	front.hold.Store(&hold)
	cmd := h.command(t, "movies", "--json")
	var out, notes bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &notes
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-asked
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != verb.ExitInterrupted || out.Len()+notes.Len() > 0 {
		t.Errorf("ends with %d: %s%s", code, &out, &notes)
	}
}

// The scripts complete in the shells that they are for, as somebody types.
func TestShellsComplete(t *testing.T) {
	if testrig.Race {
		t.Skip("its processes share no memory")
	}
	for _, shell := range []struct {
		name, source string
		args         []string
	}{
		{"bash", "source <(marquee completion bash)", []string{"--norc", "--noprofile", "-i"}},
		{"zsh", "source <(marquee completion zsh)", []string{"-f", "-i"}},
		{"fish", "marquee completion fish | source", []string{"--no-config", "-i"}},
	} {
		t.Run(shell.name, func(t *testing.T) {
			path, err := exec.LookPath(shell.name)
			if err != nil {
				t.Skip("it is not here")
			}
			h := newHome(t)
			bin := filepath.Join(h.dir, "bin")
			must(t, os.Mkdir(bin, 0o700))
			must(t, os.Symlink(os.Args[0], filepath.Join(bin, "marquee")))
			cmd := exec.Command(path, shell.args...)
			cmd.Env = h.environ("PATH="+bin+":"+os.Getenv("PATH"), "PS1=$ ", "INPUTRC=/dev/null")
			cmd.Dir = h.dir
			s := onTerminal(t, cmd, false)
			s.typeIn("echo re''ady" + enter)
			s.see("\nready")
			s.typeIn(shell.source + "; echo lo''aded" + enter)
			s.see("\nloaded")
			s.typeIn("marquee vers" + tab)
			s.see("marquee version")
			s.typeIn(enter)
			s.see("marquee " + version()) // what was completed runs
			s.typeIn("clear" + enter)
			s.typeIn("marquee movies --sort=-ye" + tab)
			s.see("--sort=-year")
			s.typeIn("\x15clear" + enter)      // ctrl+u
			s.typeIn("marquee movie bi" + tab) // a title, no file of this folder
			s.typeIn("x; echo com''pleted" + enter)
			s.see("\ncompleted")
			if text := s.text(); strings.Contains(text, "bin/") {
				t.Errorf("a file stands where a title belongs:\n%s", text)
			}
			s.typeIn("exit" + enter)
			s.gone()
		})
	}
}

func TestVersionNamesTheCommit(t *testing.T) {
	const commit = "5a1f9c0d3b7e4682a0c1d2e3f4a5b6c7d8e9f001"
	vcs := func(changed string) []debug.BuildSetting {
		return []debug.BuildSetting{{Key: "vcs.revision", Value: commit}, {Key: "vcs.modified", Value: changed}}
	}
	for want, is := range map[string]struct {
		linked  string
		setting []debug.BuildSetting
	}{
		"5a1f9c0d3b7e":  {"", vcs("false")},
		"5a1f9c0d3b7e+": {"", vcs("true")},
		"5a1f9c0d3b7":   {commit[:11], nil},
		"v1.2.3":        {"", nil},
	} {
		info := &debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}, Settings: is.setting}
		if got := versionOf(info, is.linked); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
