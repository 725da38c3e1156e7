//go:build unix

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/verb"
)

// Everything that is held goes into a file that only its owner reads.
func TestExportAccount(t *testing.T) {
	h := openCinema(t).member(t, "minji")
	out := h.mustRun(t, verb.ExitOK, []string{"marquee-minji-"}, "export", "account")
	name, _, _ := strings.Cut(out, " ")
	info, err := os.Stat(filepath.Join(h.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v", info.Mode())
	}
	var e marquee.Export
	if err := json.Unmarshal(h.read(t, name), &e); err != nil || e.User.Username != "minji" || len(e.Sessions) != 1 {
		t.Errorf("%+v %v", e, err)
	}
	h.mustRun(t, verb.ExitFailed, []string{"is there already; --force"}, "export", "account", name)
	h.mustRun(t, verb.ExitOK, nil, "export", "account", "--force", name)
	if out := h.mustRun(t, verb.ExitOK, nil, "export", "account", "-"); json.Unmarshal([]byte(out), &e) != nil {
		t.Errorf("standard output: %s", out)
	}
	screen := onTerminal(t, h.command(t, "export", "account", "-"), false)
	screen.see("does not go to a terminal")
	screen.gone()
	h.mustRun(t, verb.ExitUsage, nil, "export", "account", "a", "b")
}
