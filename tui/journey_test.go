//go:build unix

package main

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/muesli/termenv"
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

// A terminal that never says its colours is not waited for: the library would
// wait for its answer, and the best of some starts is seen before that is over.
func TestStart(t *testing.T) {
	h := newHome(t)
	for name, silent := range map[string]bool{"answering": false, "silent": true} {
		t.Run(name, func(t *testing.T) {
			const tries = 5
			best := time.Duration(math.MaxInt64)
			for try := 0; try < tries && best >= termenv.OSCTimeout; try++ {
				s := h.start(t, silent)
				best = min(best, s.see("Sign in"))
				s.typeIn(ctrlC)
				s.gone()
			}
			t.Logf("first frame after %v", best)
			if best >= termenv.OSCTimeout {
				t.Errorf("first frame after %v", best)
			}
		})
	}
}

// The second marquee uses the server of the first, and is the server itself
// after the first is killed or quits; what was typed stays.
func TestTakeover(t *testing.T) {
	for name, end := range takeoverEnds {
		t.Run(name, func(t *testing.T) { t.Logf("taken over after %v", takeover(t, os.Args[0], end)) })
	}
}

var takeoverEnds = map[string]func(*screen){
	"killed": func(s *screen) { _ = s.cmd.Process.Kill() },
	"quit":   func(s *screen) { s.typeIn("q") },
}

// takeover ends a marquee that another one uses and returns how long it took
// that one to serve.
func takeover(t tester, program string, end func(*screen)) time.Duration {
	t.Helper()
	h := newHome(t)
	first := h.startOf(t, program)
	first.register("minji")
	second := h.startOf(t, program)
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
	if text := second.text(); !strings.Contains(text, "qxqx") {
		t.Fatalf("what was typed is gone:\n%s", text)
	}
	second.typeIn("zjzj")
	second.see("qxqxzjzj", "Nothing found")
	second.typeIn(ctrlC)
	second.gone()
	return took
}
