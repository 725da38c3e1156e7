package testrig

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

func TestPostgresIsFreshAndSeesHangul(t *testing.T) {
	url := Postgres(t)
	ctx := context.Background()
	c, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	var tables, trigrams int
	if err := c.QueryRow(ctx, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").Scan(&tables); err != nil || tables != 0 {
		t.Fatalf("tables = %d, %v", tables, err)
	}
	if _, err := c.Exec(ctx, "CREATE EXTENSION pg_trgm"); err != nil {
		t.Fatal(err)
	}
	if err := c.QueryRow(ctx, "SELECT cardinality(show_trgm('괴물'))").Scan(&trigrams); err != nil || trigrams == 0 {
		t.Fatalf("trigrams of 괴물 = %d, %v", trigrams, err)
	}
}

func TestRedisKeepsWhatWasSaved(t *testing.T) {
	s := RedisServer(t)
	s.Do("SET", "saved", "1")
	s.Save()
	s.Do("SET", "lost", "1")
	s.Kill()
	s.Start()
	if s.Do("GET", "saved") != "1" || s.Do("GET", "lost") != nil {
		t.Fatal("after a kill Redis must hold exactly what was saved")
	}
	follower := RedisServer(t)
	follower.ReplicaOf(s)
	if follower.Do("GET", "saved") != "1" {
		t.Fatal("a replica must have the data when ReplicaOf returns")
	}
	follower.ReplicaOf(nil)
	follower.Do("SET", "own", "1")
}

// TestServersDieWithAKilledBinary runs this binary again, kills it and looks
// for the Redis server that it had started.
func TestServersDieWithAKilledBinary(t *testing.T) {
	const mark = "TESTRIG_TEST_CHILD"
	if os.Getenv(mark) != "" {
		s := RedisServer(t)
		os.Stdout.WriteString("pid " + strconv.Itoa(s.p.cmd.Process.Pid) + "\n")
		select {}
	}
	program(t, "redis", "redis-server")
	child := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), mark+"=1")
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 256)
	n, err := out.Read(buf)
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(string(buf[:n]), "pid ")))
	if err != nil {
		t.Fatalf("%q: %v", buf[:n], err)
	}
	_ = child.Process.Kill()
	_ = child.Wait()
	for deadline := time.Now().Add(patience); !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH); {
		if time.Now().After(deadline) {
			t.Fatalf("Redis %d outlived the binary that started it", pid)
		}
		time.Sleep(5 * time.Millisecond)
	}
}
