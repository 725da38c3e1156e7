//go:build linux

package sshd_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hiddeco/sshsig"
	gossh "golang.org/x/crypto/ssh"

	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
)

// BenchmarkLoad runs `marquee serve` with nothing configured, as a process of
// its own, opens a window for each of MARQUEE_BENCH_SESSIONS people (20 unless
// it says otherwise), one after the other, each by a linked key, and lets each
// press a key now and then. Everybody has an account and a connection.
// MARQUEE_BENCH_FILMS is how many films there are; without it the starter
// catalogue. Figures of idle windows and of what is left need a quiet machine
// and the default 3 s made longer, MARQUEE_BENCH_REST=150s:
//
//	MARQUEE_BENCH_SESSIONS=300 MARQUEE_BENCH_FILMS=100000 MARQUEE_BENCH_REST=150s \
//	  go test ./tui/sshd -run '^$' -bench Load -benchtime 1x -timeout 1h
//
// first: from the request for a window to the film page; come: from dialling
// to it; key: from a key pressed to what it changes.
func BenchmarkLoad(b *testing.B) {
	sessions, rest := 20, 3*time.Second
	if n, err := strconv.Atoi(os.Getenv("MARQUEE_BENCH_SESSIONS")); err == nil {
		sessions = n
	}
	if d, err := time.ParseDuration(os.Getenv("MARQUEE_BENCH_REST")); err == nil {
		rest = d
	}
	s := startServing(b)
	keys := make([]gossh.Signer, sessions)
	for i := range keys {
		keys[i] = s.member(b, fmt.Sprintf("person%d", i))
	}
	s.open(b, keys[0], 0).leave() // what the first one costs alone
	s.rest(b, rest)
	alone := s.idle(b, rest)
	before, goroutines := s.resident(b), s.goroutines(b)

	for range b.N {
		var people []*person
		var first, come []time.Duration
		for i := range sessions {
			p := s.open(b, keys[i], i)
			people, first, come = append(people, p), append(first, p.first), append(come, p.come)
		}
		report(b, "first", first)
		report(b, "come", come)
		report(b, "key", pressAll(b, people))

		s.rest(b, rest)
		b.ReportMetric((s.idle(b, rest)-alone)/float64(sessions), "%core/session")
		b.ReportMetric(float64(s.resident(b)-before)/float64(sessions), "KiB/session")
		for _, p := range people {
			p.leave()
		}
		s.rest(b, rest)
		b.ReportMetric(float64(s.resident(b)-before)/float64(sessions), "KiB-left/session")
		b.ReportMetric(float64(s.goroutines(b)-goroutines), "goroutines-left")
	}
	b.ReportMetric(0, "ns/op")
}

func report(b *testing.B, what string, took []time.Duration) {
	b.Helper()
	slices.Sort(took)
	at := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000 }
	b.ReportMetric(at(0.5), what+"-p50-ms")
	b.ReportMetric(at(0.99), what+"-p99-ms")
}

// serving is a running `marquee serve`.
type serving struct {
	cmd     *exec.Cmd
	socket  string // of its API
	port    string
	metrics string
}

func startServing(b *testing.B) *serving {
	b.Helper()
	dir, err := os.MkdirTemp("", "mq") // short: the path of a socket is limited
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	run := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(name, args...)
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
	}
	s := &serving{cmd: run(build("tui"), "serve"), socket: filepath.Join(dir, "marquee.sock")}
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

// member makes an account with a linked key.
func (s *serving) member(b *testing.B, name string) gossh.Signer {
	b.Helper()
	c, err := client.New(client.Options{BaseURL: "unix://" + s.socket, Timeout: time.Minute})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	ctx := b.Context()
	const password = "ein gutes langes Wort 7"
	// The first request waits for the backend, which starts beside the door.
	eventually(b, "an account", func() bool {
		_, err = c.Register(ctx, marquee.Registration{Username: name, Email: name + "@films.example", Password: password})
		return err == nil
	})
	if _, err := c.Login(ctx, marquee.Credentials{Login: name, Password: password}); err != nil {
		b.Fatal(err)
	}
	key := newKey(b)
	challenge, err := c.Challenge(ctx, marquee.Origin{})
	if err != nil {
		b.Fatal(err)
	}
	text := marquee.ChallengeText(marquee.LinkNamespace, challenge.Nonce, gossh.FingerprintSHA256(key.PublicKey()), c.Origin())
	sig, err := sshsig.Sign(strings.NewReader(text), key, sshsig.HashSHA512, marquee.LinkNamespace)
	if err != nil {
		b.Fatal(err)
	}
	_, err = c.LinkKey(ctx, marquee.KeyLink{Name: "load", KeyProof: marquee.KeyProof{
		Nonce: challenge.Nonce, ServerOrigin: c.Origin(), Signature: string(sshsig.Armor(sig)),
	}})
	if err != nil {
		b.Fatal(err)
	}
	return key
}

// person is somebody with a window.
type person struct {
	*gossh.Session
	client      *gossh.Client
	screen      *news
	keys        io.Writer
	first, come time.Duration
}

// open comes with a key, from an address that no more than 30 others come from.
func (s *serving) open(b *testing.B, key gossh.Signer, i int) *person {
	b.Helper()
	began := time.Now()
	from := &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(1+i/30))}
	addr := "127.0.0.1:" + s.port
	raw, err := (&net.Dialer{LocalAddr: from}).Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	conn, chans, reqs, err := gossh.NewClientConn(raw, addr, &gossh.ClientConfig{
		User: "guest", Auth: []gossh.AuthMethod{gossh.PublicKeys(key)}, HostKeyCallback: gossh.InsecureIgnoreHostKey(),
	})
	if err != nil {
		b.Fatal(err)
	}
	p := &person{client: gossh.NewClient(conn, chans, reqs), screen: &news{changed: make(chan struct{}, 1)}}
	if p.Session, err = p.client.NewSession(); err != nil {
		b.Fatal(err)
	}
	p.Stdout = p.screen
	if p.keys, err = p.StdinPipe(); err != nil {
		b.Fatal(err)
	}
	if err := p.RequestPty("xterm-256color", 24, 80, nil); err != nil {
		b.Fatal(err)
	}
	asked := time.Now()
	if err := p.Shell(); err != nil {
		b.Fatal(err)
	}
	p.screen.wait(b, "1 / ")
	p.first, p.come = time.Since(asked), time.Since(began)
	return p
}

func (p *person) leave() { _ = p.client.Close() }

// pressAll lets everybody walk down the list, a key about every two seconds
// each, and returns how long each took to show.
func pressAll(b *testing.B, people []*person) []time.Duration {
	b.Helper()
	const each, pause = 5, 2 * time.Second
	took := make([][]time.Duration, len(people))
	var pressing sync.WaitGroup
	for i, p := range people {
		pressing.Go(func() {
			for n := range each {
				<-time.After(time.Duration(rand.Int64N(int64(2 * pause))))
				began := time.Now()
				if _, err := io.WriteString(p.keys, "j"); err != nil {
					b.Error(err)
					return
				}
				p.screen.wait(b, fmt.Sprintf("%d / ", n+2))
				took[i] = append(took[i], time.Since(began))
			}
		})
	}
	pressing.Wait()
	return slices.Concat(took...)
}

// news is what has come since somebody looked last.
type news struct {
	mu      sync.Mutex
	text    []byte
	changed chan struct{}
}

// Write implements io.Writer.
func (n *news) Write(p []byte) (int, error) {
	n.mu.Lock()
	n.text = append(n.text, p...)
	n.mu.Unlock()
	select {
	case n.changed <- struct{}{}:
	default:
	}
	return len(p), nil
}

// wait waits for words and forgets what came before them.
func (n *news) wait(b *testing.B, words string) {
	b.Helper()
	late := time.After(time.Minute)
	for {
		n.mu.Lock()
		at := bytes.Index(n.text, []byte(words))
		if at >= 0 {
			n.text = n.text[:0]
		}
		text := string(n.text)
		n.mu.Unlock()
		if at >= 0 {
			return
		}
		select {
		case <-n.changed:
		case <-late:
			b.Errorf("no %q in %q", words, text)
			return
		}
	}
}

// rest lets the server do what it does by itself.
func (s *serving) rest(b *testing.B, d time.Duration) {
	b.Helper()
	ctx, stop := context.WithTimeout(b.Context(), d)
	defer stop()
	<-ctx.Done()
}

func (s *serving) proc(b *testing.B, name string) string {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", s.cmd.Process.Pid, name))
	if err != nil {
		b.Fatal(err)
	}
	return string(text)
}

// resident is the server's memory, backend and all, in KiB.
func (s *serving) resident(b *testing.B) int {
	b.Helper()
	return number(b, `VmRSS:\s+(\d+) kB`, s.proc(b, "status"))
}

// idle is how much of a core, in percent, the server uses when nobody does
// anything.
func (s *serving) idle(b *testing.B, within time.Duration) float64 {
	b.Helper()
	cpu, began := s.cpu(b), time.Now()
	s.rest(b, within)
	return (s.cpu(b) - cpu).Seconds() / time.Since(began).Seconds() * 100
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

func (s *serving) goroutines(b *testing.B) int {
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
	return number(b, `(?m)^go_goroutines (\d+)`, string(text))
}

func number(b *testing.B, pattern, text string) int {
	b.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if m == nil {
		b.Fatalf("no %s in %s", pattern, text)
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		b.Fatal(err)
	}
	return n
}
