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

func TestFirstRunToSecond(t *testing.T) {
	h := newHome(t)
	s := h.start(t, false)
	s.register("minji")
	s.typeIn(enter)
	s.see("not rated; 1 to 9") // the page, not the preview beside the list
	s.typeIn("8")
	s.see("★8")
	s.typeIn(esc)
	s.see("Title", "★8")
	s.typeIn("q")
	s.gone()
	if strings.Contains(s.written(), password) {
		t.Error("the password was shown")
	}
	files := h.credentials(t)
	if len(files) != 1 {
		t.Fatalf("credentials: %v", files)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	log, err := os.ReadFile(filepath.Join(h.dir, "marquee", logName))
	if err != nil || len(log) == 0 || strings.Contains(string(log), password) {
		t.Errorf("log: %d bytes, %v", len(log), err)
	}

	again := h.start(t, false)
	again.see("Films", "minji", "★8")
	again.typeIn(ctrlC)
	again.gone()
}

// A terminal that answers and one that never does see the first frame as fast:
// within 300 ms or, on a busy machine, ten times what the bare process takes.
func TestStart(t *testing.T) {
	h := newHome(t)
	for name, silent := range map[string]bool{"answering": false, "silent": true} {
		t.Run(name, func(t *testing.T) {
			best, bare := time.Hour, time.Hour
			enough := func() time.Duration { return max(300*time.Millisecond, 10*bare) }
			for try := 0; try < 5 && (try == 0 || best > enough()); try++ {
				bare = min(bare, h.bareStart(t))
				s := h.start(t, silent)
				best = min(best, s.see("Sign in"))
				s.typeIn(ctrlC)
				s.gone()
			}
			t.Logf("first frame after %v, the bare process takes %v", best, bare)
			if best > enough() {
				t.Errorf("first frame after %v", best)
			}
		})
	}
}

// bareStart is how long the program takes to start, say its version and end.
func (h home) bareStart(t *testing.T) time.Duration {
	t.Helper()
	cmd := exec.Command(os.Args[0], "version")
	cmd.Env = h.environ()
	begin := time.Now()
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	return time.Since(begin)
}

// The second marquee uses the server of the first, and is the server itself
// within a second after the first is killed; what was typed stays.
func TestTakeover(t *testing.T) {
	for name, end := range map[string]func(*screen){
		"killed": func(s *screen) { _ = s.cmd.Process.Kill() },
		"quit":   func(s *screen) { s.typeIn("q") },
	} {
		t.Run(name, func(t *testing.T) {
			best := time.Hour
			for range 3 { // a busy machine may be late once
				best = min(best, takeover(t, end))
				if best <= time.Second {
					break
				}
			}
			t.Logf("taken over after %v", best)
			if best > time.Second {
				t.Errorf("took over after %v", best)
			}
		})
	}
}

// takeover ends a marquee that another one uses and returns how long it took
// that one to serve.
func takeover(t *testing.T, end func(*screen)) time.Duration {
	t.Helper()
	h := newHome(t)
	first := h.start(t, false)
	first.register("minji")
	second := h.start(t, false)
	second.see("Films", "1 / ")
	second.typeIn("/qxqx")
	second.see("qxqx", "Nothing found") // and nothing is under way

	end(first)
	first.gone()
	start := time.Now()
	log := filepath.Join(h.dir, "marquee", logName)
	for served := 0; served < 2; {
		b, _ := os.ReadFile(log)
		served = strings.Count(string(b), "msg=serving")
		if time.Since(start) > patience {
			t.Fatalf("nobody took over:\n%s", b)
		}
		time.Sleep(time.Millisecond) // between two looks, not for an expiry
	}
	took := time.Since(start)
	if !strings.Contains(second.text(), "qxqx") {
		t.Errorf("what was typed is gone:\n%s", second.text())
	}
	second.typeIn("zjzj")
	second.see("qxqxzjzj", "Nothing found")
	second.typeIn(ctrlC)
	second.gone()
	return took
}
