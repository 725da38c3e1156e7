package app_test

import (
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/marquee/backend/app"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// Whatever happens to Redis, nobody is signed out and nothing ended comes back.
func TestRedisForgets(t *testing.T) {
	for name, happens := range map[string]func(t *testing.T, r *testrig.Server){
		"flushed":     func(t *testing.T, r *testrig.Server) { flush(t, r) },
		"restarted":   func(_ *testing.T, r *testrig.Server) { r.Stop(); r.Start() },
		"rolled back": func(_ *testing.T, r *testrig.Server) { r.Kill(); r.Start() },
	} {
		t.Run(name, func(t *testing.T) {
			r := testrig.RedisServer(t)
			forgets(t, r, r.URL(), func() { happens(t, r) })
		})
	}
	t.Run("failed over", func(t *testing.T) {
		primary, replica := testrig.RedisServer(t), testrig.RedisServer(t)
		way := forward(t, primary.Addr())
		forgets(t, primary, "redis://"+way.address+"/0", func() {
			// The replica has what was before the sign-out and nothing after.
			way.target.Store(replica.Addr())
			way.cut()
		}, func() { replica.ReplicaOf(primary); replica.ReplicaOf(nil) })
	})
}

// forgets runs atSave between the sign-in and the sign-out, and happens after.
func forgets(t *testing.T, r *testrig.Server, redisURL string, happens func(), atSave ...func()) {
	s := serve(t, []string{"DATABASE_URL=" + testrig.Postgres(t), "REDIS_URL=" + redisURL, "SECRET_KEY=" + newSecret()})
	name := newPerson(t, s.URL())
	lives, ends, rotates := visit(t, s.URL()).login(name), visit(t, s.URL()).login(name), visit(t, s.URL()).login(name)
	for _, v := range []*visitor{lives, ends, rotates} {
		wantStatus(t, s.URL(), v.held().AccessToken, http.StatusOK) // now Redis has a copy
	}
	r.Save()
	for _, f := range atSave {
		f()
	}
	ended := ends.held()
	check(t, ends.Logout(t.Context(), marquee.LogoutLocal))
	check(t, rotates.Refresh(t.Context()))

	happens()
	await(t, "recovery", func() bool { status, _, _ := me(t, s.URL(), lives.held().AccessToken); return status == http.StatusOK })
	wantStatus(t, s.URL(), ended.AccessToken, http.StatusUnauthorized)
	wantRefused(t, s.URL(), ended)
	wantStatus(t, s.URL(), rotates.held().AccessToken, http.StatusOK)
	check(t, rotates.Refresh(t.Context()))
	check(t, lives.Refresh(t.Context()))
}

func flush(t *testing.T, r *testrig.Server) {
	t.Helper()
	c := redis.NewClient(&redis.Options{Addr: r.Addr()})
	defer c.Close()
	check(t, c.FlushAll(t.Context()).Err())
}

func TestRedisAway(t *testing.T) {
	r := testrig.RedisServer(t)
	s := serve(t, []string{"DATABASE_URL=" + testrig.Postgres(t), "REDIS_URL=" + r.URL(), "SECRET_KEY=" + newSecret()})
	name := newPerson(t, s.URL())
	v, other, third := visit(t, s.URL()).login(name), visit(t, s.URL()).login(name), visit(t, s.URL()).login(name)
	held := v.held()
	r.Stop()
	wantAway(t, s.URL(), held.AccessToken)
	wantUp(t, s.URL(), "/livez", "/.well-known/jwks.json", "/login")
	check(t, visit(t, s.URL(), held).Refresh(t.Context())) // needs no Redis
	// SQL hears of an end, and the answer says that not all have.
	if err := third.Logout(t.Context(), marquee.LogoutLocal); !marquee.IsCode(err, marquee.CodeUnavailable) {
		t.Errorf("a sign-out without Redis: %v", err)
	}
	if status := post(t, s.URL()+"/api/v1/auth/logout", `{"refresh_token":"`+other.held().RefreshToken+`"}`); status != http.StatusServiceUnavailable {
		t.Errorf("a sign-out that Redis did not hear of: %d", status)
	}
	r.Start()
	wantBack(t, s.URL())
	wantStatus(t, s.URL(), held.AccessToken, http.StatusOK)
	wantStatus(t, s.URL(), other.held().AccessToken, http.StatusUnauthorized)
	wantStatus(t, s.URL(), third.held().AccessToken, http.StatusUnauthorized)
}

func TestPostgresAway(t *testing.T) {
	p := testrig.PostgresServer(t)
	s := serve(t, []string{"DATABASE_URL=" + p.URL(), "REDIS_URL=" + testrig.Redis(t), "SECRET_KEY=" + newSecret()})
	name := newPerson(t, s.URL())
	v := visit(t, s.URL()).login(name)
	held := v.held()
	p.Stop()
	wantAway(t, s.URL(), held.AccessToken)
	wantUp(t, s.URL(), "/livez", "/.well-known/jwks.json", "/login")
	for _, err := range []error{v.Refresh(t.Context()), second(visit(t, s.URL()).Login(t.Context(), marquee.Credentials{Login: name, Password: password}))} {
		if !marquee.IsCode(err, marquee.CodeUnavailable) {
			t.Error(err)
		}
	}
	p.Start(t)
	wantBack(t, s.URL())
	check(t, visit(t, s.URL(), held).Refresh(t.Context())) // the token was not used up
}

// A backend that starts before its Redis is not ready, says so, and recovers.
func TestRedisComesLater(t *testing.T) {
	r := testrig.RedisServer(t)
	r.Stop()
	s := serve(t, []string{"DATABASE_URL=" + testrig.Postgres(t), "REDIS_URL=" + r.URL(), "SECRET_KEY=" + newSecret()})
	if status := get(t, s.URL()+"/readyz"); status != http.StatusServiceUnavailable {
		t.Error(status)
	}
	r.Start()
	wantBack(t, s.URL())
	visit(t, s.URL()).login(newPerson(t, s.URL()))
}

func TestPostgresNeverComes(t *testing.T) {
	p := testrig.PostgresServer(t)
	p.Stop()
	_, err := app.New(t.Context(), load(t, []string{"DATABASE_URL=" + strings.Replace(p.URL(), "postgres@", "postgres:hunter2@", 1),
		"REDIS_URL=" + testrig.Redis(t), "SECRET_KEY=" + newSecret()}), app.Options{DatabaseWait: time.Second})
	if err == nil || !strings.Contains(err.Error(), "DATABASE_URL") || strings.Contains(err.Error(), "hunter2") {
		t.Error(err)
	}
}

func TestRedisThatEvictsIsRefused(t *testing.T) {
	r := testrig.RedisServer(t)
	c := redis.NewClient(&redis.Options{Addr: r.Addr()})
	defer c.Close()
	check(t, c.ConfigSet(t.Context(), "maxmemory", "64mb").Err())
	check(t, c.ConfigSet(t.Context(), "maxmemory-policy", "allkeys-lru").Err())
	environ := []string{"DATABASE_URL=" + testrig.Postgres(t), "REDIS_URL=" + r.URL(), "SECRET_KEY=" + newSecret()}
	if _, err := app.New(t.Context(), load(t, environ), app.Options{}); err == nil || !strings.Contains(err.Error(), "noeviction") {
		t.Error(err)
	}
	check(t, c.ConfigSet(t.Context(), "maxmemory-policy", "noeviction").Err())
	serve(t, environ)
}

// wantAway asserts 503 with a time to wait, quickly, and red readiness.
func wantAway(t *testing.T, base, accessToken string) {
	t.Helper()
	for range 20 {
		begin := time.Now()
		status, header, body := me(t, base, accessToken)
		if status != http.StatusServiceUnavailable || header.Get("Retry-After") == "" || !strings.Contains(body, `"unavailable"`) {
			t.Errorf("status %d, Retry-After %q: %s", status, header.Get("Retry-After"), body)
		}
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("the answer took %v", took)
		}
	}
	if status := get(t, base+"/readyz"); status != http.StatusServiceUnavailable {
		t.Errorf("/readyz %d", status)
	}
}

func wantUp(t *testing.T, base string, paths ...string) {
	t.Helper()
	for _, path := range paths {
		if status := get(t, base+path); status != http.StatusOK {
			t.Errorf("%s: %d", path, status)
		}
	}
}

func wantBack(t *testing.T, base string) {
	t.Helper()
	await(t, "readiness", func() bool { return get(t, base+"/readyz") == http.StatusOK })
}

func get(t *testing.T, url string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	check(t, err)
	answer, err := http.DefaultClient.Do(r)
	check(t, err)
	_ = answer.Body.Close()
	return answer.StatusCode
}

func post(t *testing.T, url, body string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	check(t, err)
	r.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(r)
	check(t, err)
	_ = answer.Body.Close()
	return answer.StatusCode
}

// way forwards connections to a target that can change, as a virtual address does.
type way struct {
	address string
	target  atomic.Value
	conns   chan net.Conn
}

func forward(t *testing.T, target string) *way {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	t.Cleanup(func() { _ = l.Close() })
	w := &way{address: l.Addr().String(), conns: make(chan net.Conn, 1000)}
	w.target.Store(target)
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", w.target.Load().(string))
			if err != nil {
				_ = in.Close()
				continue
			}
			w.conns <- in
			go func() { _, _ = io.Copy(out, in); _ = out.Close() }()
			go func() { _, _ = io.Copy(in, out); _ = in.Close() }()
		}
	}()
	return w
}

// cut closes what is open.
func (w *way) cut() {
	for {
		select {
		case c := <-w.conns:
			_ = c.Close()
		default:
			return
		}
	}
}
