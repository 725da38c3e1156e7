package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"example.com/marquee/backend/app"
	"example.com/marquee/common/testrig"
)

// A backend that starts before its Redis is not ready, says so, and recovers.
func TestRedisComesLater(t *testing.T) {
	r := testrig.RedisServer(t)
	r.Stop()
	s := serve(t, []string{"DATABASE_URL=" + testrig.PostgresFrom(t, "app", prepare), "REDIS_URL=" + r.URL(), "SECRET_KEY=" + newSecret()})
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
	environ := []string{"DATABASE_URL=" + testrig.PostgresFrom(t, "app", prepare), "REDIS_URL=" + r.URL(), "SECRET_KEY=" + newSecret()}
	if _, err := app.New(t.Context(), load(t, environ), app.Options{}); err == nil || !strings.Contains(err.Error(), "noeviction") {
		t.Error(err)
	}
	check(t, c.ConfigSet(t.Context(), "maxmemory-policy", "noeviction").Err())
	serve(t, environ)
}

func wantUp(t testing.TB, base string, paths ...string) {
	t.Helper()
	for _, path := range paths {
		if status := get(t, base+path); status != http.StatusOK {
			t.Errorf("%s: %d", path, status)
		}
	}
}

func wantBack(t testing.TB, base string) {
	t.Helper()
	await(t, "readiness", func() bool { return get(t, base+"/readyz") == http.StatusOK })
}

func get(t testing.TB, url string) int {
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
