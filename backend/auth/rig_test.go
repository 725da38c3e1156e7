package auth_test

import (
	"context"
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/embedded"
	"example.com/marquee/backend/redisstore"
	"example.com/marquee/backend/store"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/strength"
	"example.com/marquee/common/testrig"
)

func TestMain(m *testing.M) { os.Exit(testrig.Main(m)) }

// rig is a database and a Redis to test the rules on.
type rig struct {
	store  *store.Store
	copies auth.Copies
	clock  *clock
	events *eventLog
	auth   *auth.Service
}

// onBoth runs a test on the embedded parts and on real ones.
func onBoth(t *testing.T, test func(t *testing.T, r *rig)) {
	if !testrig.ServersAlone() {
		t.Run("embedded", func(t *testing.T) { test(t, embeddedRig(t)) })
	}
	t.Run("real", func(t *testing.T) { test(t, realRig(t)) })
}

func embeddedRig(tb testing.TB) *rig {
	tb.Helper()
	redis, err := embedded.StartRedis()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = redis.Close() })
	return newRig(tb, testrig.SQLiteFrom(tb, "auth", migrate),
		redisstore.New(redis.Client(), redisstore.Options{Word: embedded.RedisWord})).start(tb)
}

func realRig(tb testing.TB) *rig {
	tb.Helper()
	client, err := redisstore.Dial(testrig.Redis(tb), patience)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = client.Close() })
	return newRig(tb, testrig.PostgresFrom(tb, "auth", migrate), redisstore.New(client, redisstore.Options{})).start(tb)
}

func migrate(url string) error {
	s, err := store.Open(context.Background(), store.Options{URL: url})
	if err != nil {
		return err
	}
	defer s.Close()
	return s.Migrate(context.Background())
}

func newRig(tb testing.TB, url string, copies *redisstore.Store) *rig {
	tb.Helper()
	r := &rig{copies: patientCopies{copies}, clock: newClock(), events: &eventLog{}}
	var err error
	if r.store, err = store.Open(tb.Context(), store.Options{URL: url, Clock: r.clock.Now}); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = r.store.Close() })
	return r
}

func (r *rig) start(tb testing.TB) *rig {
	tb.Helper()
	r.auth = r.process(tb, nil)
	return r
}

// process starts one more service on the same database and Redis.
func (r *rig) process(tb testing.TB, change func(*auth.Deps, *auth.Config)) *auth.Service {
	tb.Helper()
	d := auth.Deps{
		Accounts: r.store, Sessions: r.store, Keys: r.store, Copies: r.copies, Activity: r.store, Belongings: r.store,
		Events: r.events, Clock: r.clock.Now, Log: slog.New(slog.DiscardHandler),
	}
	c := auth.Config{Master: []byte("the rig's own master, 32 bytes +"), HashCost: auth.HashCost{Memory: 64, Passes: 1, Threads: 1}, Passwords: marquee.PasswordRules{Judge: strength.Judge}}
	if change != nil {
		change(&d, &c)
	}
	s, err := auth.New(d, c)
	if err != nil {
		tb.Fatal(err)
	}
	if err := s.Start(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return s
}

const password = "a password of the rig"

// register makes a person and returns him.
func (r *rig) register(tb testing.TB, name string) marquee.User {
	tb.Helper()
	u, err := r.auth.Register(tb.Context(), marquee.Registration{
		Email: name + "@example.com", Username: name, Password: password,
	})
	if err != nil {
		tb.Fatal(err)
	}
	return u
}

var home = marquee.Origin{Address: "192.0.2.1", Agent: "marquee test", Client: "tui"}

// login signs a person in and returns his pair.
func (r *rig) login(tb testing.TB, name string) marquee.Tokens {
	tb.Helper()
	pair, err := r.auth.Login(tb.Context(), marquee.Credentials{Login: name, Password: password, Origin: home})
	if err != nil {
		tb.Fatal(err)
	}
	return pair
}

// as returns a context that acts by an access token.
func (r *rig) as(tb testing.TB, accessToken string) context.Context {
	tb.Helper()
	a, err := r.auth.Authenticate(tb.Context(), accessToken)
	if err != nil {
		tb.Fatal(err)
	}
	return marquee.WithActor(tb.Context(), a)
}

// refresh rotates and expects it to succeed.
func (r *rig) refresh(tb testing.TB, token string) marquee.Tokens {
	tb.Helper()
	pair, err := r.auth.Refresh(tb.Context(), token, home)
	if err != nil {
		tb.Fatal(err)
	}
	return pair
}

// dead expects that neither token of a pair is good any more, at any process.
func (r *rig) dead(t *testing.T, what string, pair marquee.Tokens) {
	t.Helper()
	_, err := r.auth.Authenticate(t.Context(), pair.AccessToken)
	wantCode(t, what+", access token", err, marquee.CodeInvalidToken)
	_, err = r.auth.Refresh(t.Context(), pair.RefreshToken, home)
	wantCode(t, what+", refresh token", err, marquee.CodeInvalidToken)
}

// alive expects that an access token is good.
func (r *rig) alive(t *testing.T, what string, pair marquee.Tokens) {
	t.Helper()
	if _, err := r.auth.Authenticate(t.Context(), pair.AccessToken); err != nil {
		t.Errorf("%s: %v", what, err)
	}
}

func wantCode(t *testing.T, what string, err error, code marquee.Code) {
	t.Helper()
	if marquee.ErrorCode(err) != code {
		t.Errorf("%s: got %v, want %q", what, err, code)
	}
}

// patientCopies asks again where Redis did not answer in time, which on a
// machine that does much else says nothing about the rules.
type patientCopies struct{ auth.Copies }

func patiently(try func() error) (err error) {
	for range 20 {
		if err = try(); !marquee.IsCode(err, marquee.CodeUnavailable) {
			return err
		}
	}
	return err
}

func (c patientCopies) Lookup(ctx context.Context, id string) (a auth.Alive, ticket string, err error) {
	err = patiently(func() (err error) { a, ticket, err = c.Copies.Lookup(ctx, id); return err })
	return a, ticket, err
}

func (c patientCopies) Fill(ctx context.Context, id, ticket string, a auth.Alive, idle, end time.Duration) (ok bool, err error) {
	err = patiently(func() (err error) { ok, err = c.Copies.Fill(ctx, id, ticket, a, idle, end); return err })
	return ok, err
}

func (c patientCopies) Seen(ctx context.Context, id string, n int64) error {
	return patiently(func() error { return c.Copies.Seen(ctx, id, n) })
}

func (c patientCopies) Delete(ctx context.Context, ids ...string) error {
	return patiently(func() error { return c.Copies.Delete(ctx, ids...) })
}

// clock is time that stands still unless a test moves it.
type clock struct {
	start time.Time
	ahead atomic.Int64
}

func newClock() *clock { return &clock{start: time.Now()} }

func (c *clock) Now() time.Time          { return c.start.Add(time.Duration(c.ahead.Load())) }
func (c *clock) Ahead() time.Duration    { return time.Duration(c.ahead.Load()) }
func (c *clock) Advance(d time.Duration) { c.ahead.Add(int64(d)) }

// eventLog keeps what was recorded.
type eventLog struct {
	mu   sync.Mutex
	list []auth.Event
}

func (l *eventLog) Record(_ context.Context, e auth.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, e)
}

// of returns the events of a session and kind.
func (l *eventLog) of(kind, sessionID string) []auth.Event {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(l.list), func(e auth.Event) bool {
		return e.Kind != kind || e.SessionID != sessionID
	})
}
