//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// BenchmarkStart starts the built program on a terminal, signed in at a
// running server, and reports the median time to its first frame and to the
// first film on the screen. Budget: 60 ms to the first frame. With
// MARQUEE_BENCH_BEFORE naming a program that was built before, the two start by
// turns, and the ratio of the new one to it is reported as well: a machine that
// is busy is so for both.
func BenchmarkStart(b *testing.B) {
	program := built(b, ".", "marquee")
	h := newHome(b)
	h.server = openCinema(b).url
	h.signInBy(b, program)
	// The first start of all has nothing kept.
	h.startOnce(b, program)
	before := os.Getenv("MARQUEE_BENCH_BEFORE")
	var frames, films, old []time.Duration
	for b.Loop() {
		if before != "" {
			frame, _ := h.startOnce(b, before)
			old = append(old, frame)
		}
		frame, film := h.startOnce(b, program)
		frames, films = append(frames, frame), append(films, film)
	}
	b.ReportMetric(median(frames), "ms/first-frame")
	b.ReportMetric(median(films), "ms/films")
	if before != "" {
		b.ReportMetric(median(old), "ms/before")
		b.ReportMetric(median(frames)/median(old), "of-before")
	}
}

// BenchmarkTakeover ends a marquee whose server another one uses, and reports
// the median time until that one serves. Budget: a second.
//
//	go test ./tui -run '^$' -bench Takeover -benchtime 10x
func BenchmarkTakeover(b *testing.B) {
	program := built(b, ".", "marquee")
	for name, end := range takeoverEnds {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				took = append(took, takeover(b, program, end))
			}
			b.ReportMetric(median(took), "ms/takeover")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// built is a program of this module.
func built(b *testing.B, dir, name string) string {
	b.Helper()
	program := filepath.Join(b.TempDir(), name)
	if out, err := exec.Command("go", "build", "-o", program, dir).CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return program
}

// signInBy makes an account at the home's server and signs in by the program.
func (h home) signInBy(b *testing.B, program string) {
	b.Helper()
	person(b.Context(), b, h.server, "minji")
	login := h.on(exec.Command(program, "login", "minji", "--password-stdin"))
	login.Stdin = strings.NewReader(password + "\n")
	if out, err := login.CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
}

func median(d []time.Duration) float64 {
	slices.Sort(d)
	return float64(d[len(d)/2].Microseconds()) / 1000
}

// on gives a command the home's environment.
func (h home) on(cmd *exec.Cmd) *exec.Cmd {
	cmd.Env = h.environ("MARQUEE_SERVER=" + h.server)
	return cmd
}

// startOnce starts the program, waits for the films and ends it.
func (h home) startOnce(b *testing.B, program string) (frame, films time.Duration) {
	b.Helper()
	cmd := h.on(exec.Command(program))
	begin := time.Now()
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 30, Cols: 100})
	if err != nil {
		b.Fatal(err)
	}
	defer tty.Close()
	defer func() { _ = cmd.Wait() }()
	defer func() { _ = cmd.Process.Kill() }()
	var all strings.Builder
	buf := make([]byte, 32<<10)
	for films == 0 {
		n, err := tty.Read(buf)
		if err != nil {
			b.Fatalf("%v after %q", err, all.String())
		}
		all.Write(buf[:n])
		if frame == 0 && strings.Contains(all.String(), "marquee") {
			frame = time.Since(begin)
		}
		if strings.Contains(all.String(), "1 / ") {
			films = time.Since(begin)
		}
	}
	return frame, films
}
