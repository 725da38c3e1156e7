//go:build unix

package main

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"example.com/marquee/common/testrig"
)

// calls says how each verb is called in TestVerbsSendNothingUnasked; "ctrl+c"
// at the end is pressed once it has said something.
var calls = map[string][]string{
	"accounts": nil, "accounts use": {"minji"}, "activity": nil, "approve": {"BBBB-BBBB"},
	"completion": nil, "completion bash": nil, "completion fish": nil, "completion powershell": nil, "completion zsh": nil,
	"config": nil, "config keys": nil, "config path": nil, "diary": nil, "export": nil, "export account": {"out.json"}, "export letterboxd": {"out.zip"}, "help": nil, "import": nil, "import letterboxd": {"in.csv"},
	"keys": nil, "keys link": nil, "keys list": nil, "keys remove": {"nobody"}, "keys rename": {"nobody", "new"},
	"lockdown": nil, "login": {"minji", ctrlC}, "logout": nil, "movie": {"parasite"}, "movies": nil, "rate": {"parasite", "9"},
	"ready": nil, "revoke": {"nobody"}, "serve": {ctrlC}, "sessions": nil, "token": nil, "unrate": {"parasite"}, "version": nil,
	"watched": {"parasite"}, "watchlist": nil, "watchlist add": {"parasite"}, "watchlist remove": {"parasite"}, "whoami": nil,
}

// drawing is what a progress bar sends: colours and clearing its line.
var drawing = regexp.MustCompile(`\x1b\[[0-9;]*[mK]`)

// verbs are the commands of the program that do something, from its own tree.
func verbs() (paths []string) {
	root := newRoot(newEnvironment(nil))
	root.InitDefaultHelpCmd()
	var walk func(*cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Runnable() && c != root {
			paths = append(paths, strings.TrimPrefix(c.CommandPath(), "marquee "))
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
	return paths
}

// No verb asks the terminal anything or moves its cursor, be the terminal one
// that answers or one that never does. A progress bar, which a long import is
// there to show, is the only one that draws.
func TestVerbsSendNothingUnasked(t *testing.T) {
	if testrig.Race {
		t.Skip("its processes share no memory")
	}
	h := newHome(t)
	h.server = frontOf(t, openCinema(t)).URL
	h.signIn(t, "minji")
	_, _, tokens := h.tokens(t)
	h.file(t, "in.csv", []byte("Date,Name,Year,Letterboxd URI,Rating\n2023-01-01,Alien,1979,,4\n"))
	all := verbs()
	slices.SortFunc(all, func(a, b string) int { return boolInt(a == "logout") - boolInt(b == "logout") }) // the last one
	for _, verb := range all {
		args, known := calls[verb]
		if !known {
			t.Errorf("nobody said how to call %q", verb)
			continue
		}
		for _, silent := range []bool{true, false} {
			h.callOnTerminal(t, verb, args, silent, tokens.AccessToken, tokens.RefreshToken)
		}
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (h home) callOnTerminal(t *testing.T, verb string, args []string, silent bool, secrets ...string) {
	t.Helper()
	words, interrupt := args, false
	if n := len(args); n > 0 && args[n-1] == ctrlC {
		words, interrupt = args[:n-1], true
	}
	cmd := exec.Command(os.Args[0], append(strings.Fields(verb), words...)...)
	cmd.Env = h.environ("MARQUEE_SERVER="+h.server, "SSH_ADDR=127.0.0.1:0")
	cmd.Dir = h.dir
	s := onTerminal(t, cmd, silent)
	if interrupt {
		s.see(":")
		s.typeIn(ctrlC)
	}
	s.gone()
	sent := s.written()
	if verb == "import letterboxd" {
		sent = drawing.ReplaceAllString(sent, "")
	}
	if i := strings.IndexFunc(sent, func(r rune) bool { return r < ' ' && !strings.ContainsRune("\r\n\t", r) || r >= 0x7f && r < 0xa0 }); i >= 0 {
		t.Errorf("%s sends %q to the terminal", verb, sent[max(0, i-20):min(len(sent), i+20)])
	}
	for _, secret := range secrets {
		if strings.Contains(sent, secret) {
			t.Errorf("%s shows a token", verb)
		}
	}
}
