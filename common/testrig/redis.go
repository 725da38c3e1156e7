package testrig

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Redis returns the URL of an empty Redis server of the test's own, or of the
// one that MARQUEE_TEST_REDIS names, which is not emptied: use fresh ids.
func Redis(tb testing.TB) string {
	tb.Helper()
	if u := os.Getenv("MARQUEE_TEST_REDIS"); u != "" {
		return u
	}
	return RedisServer(tb).URL()
}

// Server is a throw-away Redis server with a directory of its own. It writes
// to disk only when Save is called, as a stock Redis with little traffic does.
type Server struct {
	tb   testing.TB
	bin  string
	room *room
	port int
	p    *process
}

// RedisServer starts a Redis server that ends with the test.
func RedisServer(tb testing.TB) *Server {
	tb.Helper()
	s := &Server{tb: tb, bin: program(tb, "redis", "redis-server")}
	var err error
	if s.room, err = makeRoom(""); err != nil {
		tb.Fatalf("testrig: room for Redis: %v", err)
	}
	tb.Cleanup(s.close)
	err = tries(func() error {
		if s.port, err = freePort(); err != nil {
			return err
		}
		return s.launch()
	})
	if err != nil {
		tb.Fatalf("testrig: start Redis: %v", err)
	}
	return s
}

// URL names database 0 of the server.
func (s *Server) URL() string { return "redis://" + s.Addr() + "/0" }

// Addr is the host and port of the server.
func (s *Server) Addr() string { return "127.0.0.1:" + strconv.Itoa(s.port) }

// Dir is where the server keeps its dump.rdb.
func (s *Server) Dir() string { return s.room.dir }

func (s *Server) launch() error {
	p, err := start(exec.Command(s.bin, "--port", strconv.Itoa(s.port), "--bind", "127.0.0.1",
		"--dir", s.room.dir, "--save", "", "--appendonly", "no", "--repl-diskless-sync-delay", "0"), syscall.SIGKILL)
	if err != nil {
		return err
	}
	s.p = p
	err = p.await(func() error { return s.do("PING") })
	if err != nil {
		p.end(syscall.SIGKILL)
	}
	return err
}

// Start starts the server again in the same directory and on the same port:
// it comes back with what was last saved.
func (s *Server) Start() {
	s.tb.Helper()
	if err := s.launch(); err != nil {
		s.tb.Fatalf("testrig: start Redis again: %v", err)
	}
}

// Kill ends the server at once (SIGKILL); what was not saved is lost.
func (s *Server) Kill() { s.p.end(syscall.SIGKILL) }

// Stop ends the server as an operator does (SIGTERM); it saves nothing.
func (s *Server) Stop() { s.p.end(syscall.SIGTERM) }

// Save writes the dump to disk and waits for it.
func (s *Server) Save() { s.must("SAVE") }

// ReplicaOf makes the server follow primary and waits until it has its data.
// Nil makes it a primary, as a fail-over does.
func (s *Server) ReplicaOf(primary *Server) {
	s.tb.Helper()
	if primary == nil {
		s.must("REPLICAOF", "NO", "ONE")
		return
	}
	s.must("REPLICAOF", "127.0.0.1", strconv.Itoa(primary.port))
	// WAIT counts replicas that have everything written before it.
	err := s.p.await(func() error { return primary.waitForReplica() })
	if err != nil {
		s.tb.Fatalf("testrig: replica: %v", err)
	}
}

// Do runs a command and returns its answer as go-redis gives it.
func (s *Server) Do(args ...any) any {
	s.tb.Helper()
	c := s.client()
	defer c.Close()
	v, err := c.Do(context.Background(), args...).Result()
	if err != nil && err != redis.Nil {
		s.tb.Fatalf("testrig: redis %v: %v", args, err)
	}
	return v
}

func (s *Server) waitForReplica() error {
	c := s.client()
	defer c.Close()
	ctx := context.Background()
	// A write of its own, so that WAIT does not answer for an empty history.
	if err := c.Publish(ctx, "testrig", "").Err(); err != nil {
		return err
	}
	n, err := c.Wait(ctx, 1, time.Second).Result()
	if err == nil && n < 1 {
		err = context.DeadlineExceeded
	}
	return err
}

func (s *Server) must(args ...any) {
	s.tb.Helper()
	if err := s.do(args...); err != nil {
		s.tb.Fatalf("testrig: redis %v: %v", args, err)
	}
}

func (s *Server) do(args ...any) error {
	c := s.client()
	defer c.Close()
	return c.Do(context.Background(), args...).Err()
}

func (s *Server) client() *redis.Client {
	return redis.NewClient(&redis.Options{
		Addr: s.Addr(), MaxRetries: -1, PoolSize: 1, DialTimeout: patience, ReadTimeout: patience, WriteTimeout: patience,
	})
}

func (s *Server) close() {
	if s.p != nil {
		s.p.end(syscall.SIGKILL)
	}
	s.room.remove()
}
