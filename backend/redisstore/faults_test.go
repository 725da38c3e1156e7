package redisstore_test

import (
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"example.com/marquee/backend/redisstore"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// everyCall runs each method that asks Redis for a decision.
func everyCall(t *testing.T, s *redisstore.Store) map[string]error {
	t.Helper()
	_, _, lookup := s.Lookup(t.Context(), "s")
	_, fill := s.Fill(t.Context(), "s", "ticket", alice, time.Hour, time.Hour)
	return map[string]error{
		"lookup": lookup, "fill": fill, "seen": s.Seen(t.Context(), "s", 1),
		"delete": s.Delete(t.Context(), "s"), "ready": s.Ready(t.Context()),
	}
}

// Whatever Redis says instead of an answer, it is neither "alive" nor "ended".
func errorsAreNoAnswer(t *testing.T) {
	m := miniredis.RunT(t)
	s := redisstore.New(dial(t, "redis://"+m.Addr()), redisstore.Options{Word: "w"})
	for _, said := range []string{
		"LOADING Redis is loading the dataset in memory", "READONLY You can't write against a read only replica.",
		"OOM command not allowed when used memory > 'maxmemory'.", "MASTERDOWN Link with MASTER is down",
		"CLUSTERDOWN The cluster is down", "NOAUTH Authentication required.", "NOPERM this user has no permissions",
		"BUSY Redis is busy running a script", "ERR unknown command",
	} {
		m.SetError(said)
		for call, err := range everyCall(t, s) {
			wantUnavailable(t, call+" with "+said[:5], err)
		}
	}
	m.SetError("")
	for call, err := range everyCall(t, s) { // the twin
		if err != nil {
			t.Errorf("%s: %v", call, err)
		}
	}
}

func silentRefusedOrGone(t *testing.T) {
	silent := listen(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
	closing := listen(t, func(c net.Conn) {})
	for name, addr := range map[string]string{"silent": silent, "gone": closing, "refused": "127.0.0.1:1"} {
		s := redisstore.New(dialWithin(t, "redis://"+addr, 0), redisstore.Options{})
		for call, err := range everyCall(t, s) {
			wantUnavailable(t, call+" with Redis "+name, err)
		}
		wantUnavailable(t, "policy with Redis "+name, s.CheckPolicy(t.Context()))
	}
}

// listen serves connections on loopback until the test ends.
func listen(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer c.Close(); serve(c) }()
		}
	}()
	return l.Addr().String()
}

// A script whose answer is lost has run; the library would run it again.
func lostAnswerRunsNothingTwice(t *testing.T) {
	for name, c := range map[string]struct {
		retries int
		want    int64
	}{"as we dial": {-1, 1}, "the twin, as the library dials": {3, 4}} {
		t.Run(name, func(t *testing.T) {
			var sent atomic.Int64
			addr := listen(t, func(c net.Conn) {
				buf := make([]byte, 64<<10)
				for {
					n, err := c.Read(buf)
					if err != nil {
						return
					}
					if strings.Contains(strings.ToLower(string(buf[:n])), "evalsha") {
						sent.Add(1)
						return // the answer is lost with the connection
					}
					for range strings.Count(string(buf[:n]), "*") {
						if _, err := c.Write([]byte("-ERR unknown command\r\n")); err != nil {
							return
						}
					}
				}
			})
			dialled := dial(t, "redis://"+addr)
			o := *dialled.Options()
			if o.MaxRetries > 0 || !o.ContextTimeoutEnabled {
				t.Errorf("retries %d, context's deadline %v", o.MaxRetries, o.ContextTimeoutEnabled)
			}
			o.MaxRetries = c.retries
			o.MinRetryBackoff, o.MaxRetryBackoff = time.Millisecond, time.Millisecond
			client := redis.NewClient(&o)
			defer client.Close()
			_, _, err := redisstore.New(client, redisstore.Options{}).Lookup(t.Context(), "s")
			wantUnavailable(t, "lookup", err)
			if sent.Load() != c.want {
				t.Errorf("sent %d times, want %d", sent.Load(), c.want)
			}
		})
	}
}

func TestDialRefusesWithoutRepeatingTheURL(t *testing.T) {
	for _, url := range []string{"", "http://:hunter2@h", "redis://:hunter2@h:x", "redis://:hunter2@h/zero", "redis://u:hunter2@[::1"} {
		_, err := redisstore.Dial(url, 0)
		if err == nil {
			t.Errorf("%q was taken", url)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("the error holds the password: %v", err)
		}
	}
}

func redisThatEvicts(t *testing.T) {
	server := testrig.RedisServer(t)
	s := redisstore.New(dial(t, server.URL()), redisstore.Options{})
	for _, c := range []struct {
		memory, policy string
		ok             bool
	}{
		{"0", "allkeys-lru", true}, // without a limit nothing is thrown away
		{"100mb", "noeviction", true},
		{"100mb", "allkeys-lru", false},
		{"100mb", "volatile-ttl", false}, // all of our keys have a life
	} {
		server.Do("CONFIG", "SET", "maxmemory", c.memory)
		server.Do("CONFIG", "SET", "maxmemory-policy", c.policy)
		if err := s.CheckPolicy(t.Context()); (err == nil) != c.ok {
			t.Errorf("%s with %s: %v", c.policy, c.memory, err)
		}
	}
	m := miniredis.RunT(t) // has no INFO memory
	if err := redisstore.New(dial(t, "redis://"+m.Addr()), redisstore.Options{Word: "w"}).CheckPolicy(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestMemoryFull(t *testing.T) {
	server := testrig.RedisServer(t)
	s := redisstore.New(dial(t, server.URL()), redisstore.Options{})
	fill(t, s, "s", ticketOf(t, s, "s"))
	server.Do("CONFIG", "SET", "maxmemory", "1")
	if !hit(t, s, "s") {
		t.Error("a copy that is there cannot be read")
	}
	_, _, err := s.Lookup(t.Context(), "t")
	wantUnavailable(t, "a miss", err)
	// An end frees memory, so it goes through.
	if err := s.Delete(t.Context(), "s"); err != nil && !marquee.IsCode(err, marquee.CodeUnavailable) {
		t.Error(err)
	}
	server.Do("CONFIG", "SET", "maxmemory", "0")
	if !fill(t, s, "t", ticketOf(t, s, "t")) {
		t.Error("no recovery")
	}
}
