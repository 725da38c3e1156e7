package app_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"example.com/marquee/backend/app"
	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/catalog"
	"example.com/marquee/backend/config"
	"example.com/marquee/backend/store"
	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

const (
	password   = "kettle-orbit-93-violin"
	serverFlag = "MARQUEE_TEST_BE_THE_SERVER"
	patience   = time.Minute
)

// TestMain is the server itself in the processes that startProcess starts: the
// same wiring as main, without building it.
func TestMain(m *testing.M) {
	if os.Getenv(serverFlag) != "" {
		os.Exit(beTheServer())
	}
	os.Exit(testrig.Main(m))
}

// pairs are the stores that every end-to-end test runs on.
var pairs = map[string]func(t *testing.T) []string{
	"embedded": func(t *testing.T) []string { return embeddedPair(t) },
	"real": func(t *testing.T) []string {
		return []string{"DATABASE_URL=" + testrig.PostgresFrom(t, "app", prepare), "REDIS_URL=" + testrig.Redis(t), "SECRET_KEY=" + newSecret()}
	},
}

func embeddedPair(t *testing.T) []string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	check(t, os.Mkdir(dir, 0o700))
	check(t, os.Rename(strings.TrimPrefix(testrig.SQLiteFrom(t, "app", prepare), "sqlite:"), filepath.Join(dir, "marquee.db")))
	return []string{"MARQUEE_DATA_DIR=" + dir}
}

// prepare does what the first start on an empty database does: the schema and
// the starter films. A copy of it spares every test the time.
func prepare(url string) error {
	db, err := store.Open(context.Background(), store.Options{URL: url})
	if err != nil {
		return err
	}
	defer db.Close()
	if err := db.Migrate(context.Background()); err != nil {
		return err
	}
	return catalog.New(catalog.Deps{Store: db}).LoadStarter(context.Background())
}

func newSecret() string { return rand.Text() + rand.Text() }

func onPairs(t *testing.T, test func(t *testing.T, environ []string)) {
	for name, pair := range pairs {
		t.Run(name, func(t *testing.T) { test(t, pair(t)) })
	}
}

func load(t testing.TB, environ []string) config.Config {
	t.Helper()
	cfg, err := config.Load(append([]string{"ADDR=127.0.0.1:0", "RATE_LIMITS=off", "LOG_LEVEL=debug"}, environ...))
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// running is an App that serves until the test or stop ends it.
type running struct {
	*app.App
	testing.TB
	logs *logBuffer
	stop func()
}

func serve(t testing.TB, environ []string) *running {
	t.Helper()
	return serveWithin(t, environ, patience)
}

// serveWithin is serve where Redis counts as away after a time.
func serveWithin(t testing.TB, environ []string, redisAnswer time.Duration) *running {
	t.Helper()
	s, err := tryToServe(t, environ, redisAnswer)
	check(t, err)
	return s
}

func tryToServe(t testing.TB, environ []string, redisAnswer time.Duration) (*running, error) {
	t.Helper()
	logs := &logBuffer{}
	a, err := app.New(t.Context(), load(t, environ), app.Options{
		Log:         slog.New(slog.NewJSONHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
		DrainPause:  time.Millisecond,
		HashCost:    cheap(),
		RedisAnswer: redisAnswer,
	})
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	stop := sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("end: %v", err)
		}
	})
	t.Cleanup(stop)
	return &running{App: a, TB: t, logs: logs, stop: stop}, nil
}

// cheap is a cost of hashes at which a test can sign in many times.
func cheap() auth.HashCost { return auth.HashCost{Memory: 64, Passes: 1, Threads: 1} }

// visitor is a client with the store of its tokens.
type visitor struct {
	*client.Client
	tb     testing.TB
	tokens client.TokenStore
}

func visit(tb testing.TB, base string, held ...client.Held) *visitor {
	tb.Helper()
	v := &visitor{tb: tb, tokens: client.MemoryTokens()}
	for _, h := range held {
		check(tb, v.tokens.Save(context.Background(), h))
	}
	var err error
	v.Client, err = client.New(client.Options{BaseURL: base, Tokens: v.tokens, Agent: "e2e", ClientName: "tui"})
	check(tb, err)
	tb.Cleanup(v.Close)
	return v
}

func (v *visitor) held() client.Held {
	v.tb.Helper()
	h, err := v.tokens.Load(context.Background())
	check(v.tb, err)
	return h
}

func (v *visitor) login(name string) *visitor {
	v.tb.Helper()
	_, err := v.Login(v.tb.Context(), marquee.Credentials{Login: name, Password: password})
	check(v.tb, err)
	return v
}

// newPerson registers somebody and returns his name.
func newPerson(tb testing.TB, base string) string {
	tb.Helper()
	name := "p" + strings.ToLower(rand.Text())[:12]
	_, err := visit(tb, base).Register(tb.Context(), marquee.Registration{Username: name, Email: name + "@example.com", Password: password})
	check(tb, err)
	return name
}

// me asks for the profile with one access token and nothing clever in between.
func me(tb testing.TB, base, accessToken string) (status int, header http.Header, body string) {
	tb.Helper()
	r, err := http.NewRequestWithContext(tb.Context(), http.MethodGet, base+"/api/v1/users/me", nil)
	check(tb, err)
	r.Header.Set("Authorization", "Bearer "+accessToken)
	answer, err := http.DefaultClient.Do(r)
	check(tb, err)
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	check(tb, err)
	return answer.StatusCode, answer.Header, string(raw)
}

func wantStatus(tb testing.TB, base, accessToken string, want int) {
	tb.Helper()
	if got, _, body := me(tb, base, accessToken); got != want {
		tb.Errorf("status %d, want %d: %s", got, want, body)
	}
}

// wantRefused asserts that neither token of a pair is good for anything.
func wantRefused(tb testing.TB, base string, h client.Held) {
	tb.Helper()
	c := visit(tb, base, h)
	for name, err := range map[string]error{"rotation": c.Refresh(tb.Context()), "request": second(c.Me(tb.Context()))} {
		if code := marquee.ErrorCode(err); code != marquee.CodeInvalidToken && code != marquee.CodeUnauthenticated {
			tb.Errorf("%s with an ended session: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func check(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// await asks until done or out of patience.
func await(tb testing.TB, what string, done func() bool) {
	tb.Helper()
	for deadline := time.Now().Add(patience); !done(); {
		if time.Now().After(deadline) {
			tb.Fatalf("%s did not come within %v", what, patience)
		}
		time.Sleep(10 * time.Millisecond) // asking, not waiting for a time
	}
}

// logBuffer keeps logs for looking through.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// process is a server of its own.
type process struct {
	testing.TB
	cmd   *exec.Cmd
	logs  *logBuffer
	ended chan struct{}
}

// startProcess starts a server and returns when it serves. It ends when the
// test binary does: its standard input closes then.
func startProcess(t testing.TB, environ []string) *process {
	t.Helper()
	p := launch(t, environ)
	await(t, "the server of a process", func() bool {
		select {
		case <-p.ended:
			t.Fatalf("it ended: %s", p.logs)
		default:
		}
		return strings.Contains(p.logs.String(), `"msg":"serving"`)
	})
	return p
}

func launch(t testing.TB, environ []string) *process {
	t.Helper()
	program, err := os.Executable()
	check(t, err)
	p := &process{TB: t, cmd: exec.Command(program), logs: &logBuffer{}, ended: make(chan struct{})}
	p.cmd.Env = append(append([]string{"ADDR=127.0.0.1:0", "RATE_LIMITS=off", serverFlag + "=1"}, environ...), "TMPDIR="+os.TempDir())
	p.cmd.Stdout, p.cmd.Stderr = p.logs, p.logs
	hold, err := p.cmd.StdinPipe()
	check(t, err)
	check(t, p.cmd.Start())
	go func() { _ = p.cmd.Wait(); close(p.ended) }()
	t.Cleanup(func() { _ = hold.Close(); p.kill() })
	return p
}

// kill ends the process as a crash does.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// url is what the process said it serves at.
func (p *process) url() string {
	_, rest, _ := strings.Cut(p.logs.String(), `"msg":"serving","url":"`)
	url, _, _ := strings.Cut(rest, `"`)
	return url
}

func beTheServer() int {
	ctx, cancel := signalContext()
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(3) // the test is gone
	}()
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	cfg, err := config.Load(os.Environ())
	if err == nil {
		var a *app.App
		if a, err = app.New(ctx, cfg, app.Options{Log: log, HashCost: cheap()}); err == nil {
			err = a.Run(ctx)
		}
	}
	if err != nil {
		log.Error("refused", "error", err)
		return 1
	}
	return 0
}
