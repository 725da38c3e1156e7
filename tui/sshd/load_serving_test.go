//go:build linux

package sshd_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// serving is a running `marquee serve`.
type serving struct {
	cmd     *exec.Cmd
	socket  string // of its API
	port    string
	metrics string
	started time.Time
}

func startServing(b *testing.B) *serving {
	b.Helper()
	s := &serving{started: time.Now()}
	dir, err := os.MkdirTemp("", "mq") // short: the path of a socket is limited
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	run := func(name string, args ...string) *exec.Cmd {
		cmd := exec.CommandContext(b.Context(), name, args...)
		cmd.Env = append(os.Environ(), "MARQUEE_DATA_DIR="+dir, "ADDR=127.0.0.1:0", "SSH_ADDR=127.0.0.1:0", "RATE_LIMITS=off",
			"MAX_SESSIONS_PER_USER=1000", "SSH_METRICS_ADDR=127.0.0.1:0", "DATABASE_URL=", "REDIS_URL=", "MARQUEE_SERVER=", "LANG=C.UTF-8")
		return cmd
	}
	build := func(name string) string {
		path := filepath.Join(dir, name)
		if out, err := run("go", "build", "-o", path, "example.com/marquee/"+name).CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		return path
	}
	if n, err := strconv.Atoi(os.Getenv("MARQUEE_BENCH_FILMS")); err == nil {
		films := filepath.Join(dir, "title.basics.tsv")
		writeFilms(b, films, n)
		if out, err := run(build("backend"), "import", films).CombinedOutput(); err != nil {
			b.Fatalf("%v: %s", err, out)
		}
		s.say("%d films are imported", n)
	}
	s.cmd, s.socket = run(build("tui"), "serve"), filepath.Join(dir, "marquee.sock")
	said, err := s.cmd.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.cmd.Process.Kill(); _ = s.cmd.Wait() })
	lines := bufio.NewScanner(said)
	for s.port == "" {
		if !lines.Scan() {
			b.Fatal("it does not serve")
		}
		if m := regexp.MustCompile(`addr(?:ess)?=(127\.\S+)`).FindStringSubmatch(lines.Text()); m != nil {
			s.metrics = m[1]
		}
		if m := regexp.MustCompile(`ssh -p (\d+)`).FindStringSubmatch(lines.Text()); m != nil {
			s.port = m[1]
		}
	}
	go func() { _, _ = io.Copy(io.Discard, said) }()
	return s
}

// say tells whoever waits how far it is.
func (s *serving) say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%4.0f s: %s\n", time.Since(s.started).Seconds(), fmt.Sprintf(format, args...))
}

// writeFilms writes a table of n films in the shape of IMDb's.
func writeFilms(b *testing.B, path string, n int) {
	b.Helper()
	var t bytes.Buffer
	t.WriteString("tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres\n")
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		title := fmt.Sprintf("Film %c%c of %d", 'A'+r.IntN(26), 'a'+r.IntN(26), r.IntN(n))
		fmt.Fprintf(&t, "tt%07d\tmovie\t%s\t%s\t0\t%d\t\\N\t%d\tDrama\n", i+1, title, title, 1920+r.IntN(105), 60+r.IntN(120))
	}
	if err := os.WriteFile(path, t.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
}

// quiet lets the server do what it does by itself and returns how much of a
// core, in percent, that takes once what went before has settled.
func (s *serving) quiet(b *testing.B, d time.Duration) float64 {
	b.Helper()
	s.wait(b, d/5)
	cpu, began := s.cpu(b), time.Now()
	s.wait(b, d-d/5)
	return (s.cpu(b) - cpu).Seconds() / time.Since(began).Seconds() * 100
}

func (s *serving) wait(b *testing.B, d time.Duration) {
	b.Helper()
	ctx, stop := context.WithTimeout(b.Context(), d)
	defer stop()
	<-ctx.Done()
}

// held is what the server holds; memory in KiB.
type held struct{ resident, used, goroutines int }

func (h held) String() string {
	return fmt.Sprintf("%d MiB resident, %d MiB of it heap and stacks in use, %d goroutines", h.resident>>10, h.used>>10, h.goroutines)
}

func (s *serving) held(b *testing.B) held {
	b.Helper()
	resp, err := http.Get("http://" + s.metrics + "/metrics")
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	of := func(name string) int { return int(number(b, `(?m)^`+name+` (\S+)`, string(text))) }
	return held{
		resident:   int(number(b, `VmRSS:\s+(\d+) kB`, s.proc(b, "status"))),
		used:       (of("go_memstats_heap_inuse_bytes") + of("go_memstats_stack_inuse_bytes")) >> 10,
		goroutines: of("go_goroutines"),
	}
}

// cpu is what the server has used so far; the clock of Linux ticks at 100 Hz.
func (s *serving) cpu(b *testing.B) time.Duration {
	b.Helper()
	fields := strings.Fields(s.proc(b, "stat"))
	var ticks int
	for _, f := range fields[13:15] { // proc_pid_stat(5): utime, stime
		n, err := strconv.Atoi(f)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

func (s *serving) proc(b *testing.B, name string) string {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", s.cmd.Process.Pid, name))
	if err != nil {
		b.Fatal(err)
	}
	return string(text)
}

func number(b *testing.B, pattern, text string) float64 {
	b.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if m == nil {
		b.Fatalf("no %s in %s", pattern, text)
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		b.Fatal(err)
	}
	return n
}
