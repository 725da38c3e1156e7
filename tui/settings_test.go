//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func (h home) settingsFile() string { return filepath.Join(h.dir, "marquee", "settings.json") }

func (h home) writeSettings(t *testing.T, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(h.settingsFile()), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(h.settingsFile(), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (h home) settings(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(h.settingsFile())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// set waits until the settings have a text.
func (h home) set(t *testing.T, text string) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(patience); !strings.Contains(h.settings(t), text); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("no %q in\n%s", text, h.settings(t))
		}
	}
}

// Choices come back with the next start; what is wrong in the file is told
// with its line, and stays there.
func TestSettingsLast(t *testing.T) {
	h := newHome(t)
	h.server = "http://127.0.0.1:1" // nobody: the sign-in page is enough
	h.writeSettings(t, "{\n  // mine\n  \"language\": \"ko\",\n  \"colour\": \"blue\"\n}\n")
	s := h.start(t, false, "MARQUEE_SERVER="+h.server)
	s.see("로그인", "settings.json 4번째 줄", "colour")
	s.typeIn(tab + tab + tab + tab + enter)
	s.see("Sign in")
	h.set(t, `"language": "en"`)
	s.typeIn(ctrlC)
	s.gone()
	if got := h.settings(t); !strings.Contains(got, "// mine") || !strings.Contains(got, `"colour": "blue"`) {
		t.Errorf("lost: %s", got)
	}
	s = h.start(t, false, "MARQUEE_SERVER="+h.server, "LANG=ko_KR.UTF-8", "MARQUEE_THEME=16")
	s.see("Sign in", "settings.json, line 4")
	s.typeIn(ctrlC)
	s.gone()
	if strings.Contains(s.written(), "38;2;") || strings.Contains(s.written(), "38;5;") {
		t.Error("MARQUEE_THEME=16 has other colours than the terminal's sixteen")
	}
}

func TestSettingsThatAreNone(t *testing.T) {
	h := newHome(t)
	h.writeSettings(t, "{\"keys\": {\"quit\": \"ctrl+q\",\n\"help\": \"w\"}}")
	for _, c := range []struct {
		args, env []string
		code      int
		says      string
	}{
		{[]string{"--theme", "pink"}, nil, 2, "It can be: auto, 16, dark, light, high-contrast."},
		{nil, []string{"MARQUEE_THEME=pink"}, 2, "MARQUEE_THEME"},
		{[]string{"config", "path"}, nil, 0, filepath.Join("marquee", "settings.json")},
		{[]string{"config", "path"}, nil, 0, `line 2: "w" is the key of "watchlist" on the same page.`},
		{[]string{"config", "keys"}, nil, 0, "ctrl+q"},
	} {
		cmd := exec.Command(os.Args[0], c.args...)
		cmd.Env = h.environ(c.env...)
		// The colours are looked at before the terminal is.
		out, _ := cmd.CombinedOutput()
		if code := cmd.ProcessState.ExitCode(); code != c.code || !strings.Contains(string(out), c.says) {
			t.Errorf("%v %v: %d, %s", c.args, c.env, code, out)
		}
	}
}
