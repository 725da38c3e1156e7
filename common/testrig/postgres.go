package testrig

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Postgres returns the URL of a fresh, empty database in UTF-8, dropped when
// the test ends. All tests of one binary share the server.
func Postgres(tb testing.TB) string {
	tb.Helper()
	return database(tb, "template0")
}

// PostgresFrom is Postgres with a copy of what prepare put into a database, which
// it does once per binary and name: a copy is quicker than a migration.
func PostgresFrom(tb testing.TB, name string, prepare func(url string) error) string {
	tb.Helper()
	t := shared.template(name)
	t.once.Do(func() {
		t.database = "marquee_template_" + rand.Text()
		if t.url, t.err = createDatabase(serverURL(tb), t.database, "template0"); t.err == nil {
			t.err = prepare(t.url)
		}
	})
	if t.err != nil {
		tb.Fatalf("testrig: prepare database %s: %v", name, t.err)
	}
	return database(tb, t.database)
}

func database(tb testing.TB, template string) string {
	tb.Helper()
	server := serverURL(tb)
	name := "marquee_test_" + rand.Text()
	u, err := createDatabase(server, name, template)
	if err != nil {
		tb.Fatalf("testrig: create database: %v", err)
	}
	tb.Cleanup(func() {
		if err := onServer(server, "DROP DATABASE IF EXISTS "+pgx.Identifier{name}.Sanitize()+" WITH (FORCE)"); err != nil {
			tb.Logf("testrig: drop database: %v", err)
		}
	})
	return u
}

func createDatabase(server, name, template string) (string, error) {
	err := onServer(server, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize()+
		" TEMPLATE "+pgx.Identifier{template}.Sanitize()+" ENCODING 'UTF8' LOCALE 'C.UTF-8' STRATEGY FILE_COPY")
	if err != nil {
		return "", err
	}
	u, err := url.Parse(server)
	if err != nil {
		return "", err
	}
	u.Path = "/" + name
	return u.String(), nil
}

func onServer(server, sql string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	c, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, sql)
	return err
}

// serverURL names the given server or starts the shared one.
func serverURL(tb testing.TB) string {
	tb.Helper()
	if u := os.Getenv("MARQUEE_TEST_POSTGRES"); u != "" {
		return u
	}
	bin, ok := postgresPrograms()
	if !ok {
		missing(tb, "postgres", "initdb and postgres are not on this machine")
	}
	s, err := shared.postgres(bin, roomOf(tb))
	if err != nil {
		tb.Fatalf("testrig: start Postgres: %v", err)
	}
	return s.URL()
}

// PostgresServer returns a server of the test's own, to be stopped, killed and
// started again. Its database is empty.
func PostgresServer(tb testing.TB) *PostgresProcess {
	tb.Helper()
	bin, ok := postgresPrograms()
	if !ok {
		missing(tb, "postgres", "initdb and postgres are not on this machine")
	}
	s, err := newPostgres(bin, roomOf(tb))
	if err != nil {
		tb.Fatalf("testrig: start Postgres: %v", err)
	}
	tb.Cleanup(s.close)
	return s
}

// PostgresProcess is a throw-away Postgres server.
type PostgresProcess struct {
	bin  string
	room *room
	as   func(*exec.Cmd)
	port int
	p    *process
}

// postgresPrograms finds the folder of initdb and postgres: in PATH, or where
// Debian puts them.
func postgresPrograms() (bin string, ok bool) {
	candidates, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			candidates = append(candidates, filepath.Dir(path))
		}
	}
	for i := len(candidates) - 1; i >= 0; i-- {
		_, err1 := os.Stat(filepath.Join(candidates[i], "initdb"))
		_, err2 := os.Stat(filepath.Join(candidates[i], "postgres"))
		if err1 == nil && err2 == nil {
			return candidates[i], true
		}
	}
	return "", false
}

// roomOf is where the files of a server go: into memory, where there is room
// for the database of each test that no disk needs to see; those of what is
// measured to the disk, as in life.
func roomOf(tb testing.TB) string {
	if _, measured := tb.(*testing.B); measured {
		return ""
	}
	return memoryFolder()
}

func newPostgres(bin, in string) (*PostgresProcess, error) {
	r, err := makeRoom(in)
	if err != nil {
		return nil, err
	}
	s := &PostgresProcess{bin: bin, room: r}
	if s.as, err = asOrdinaryUser(r.dir); err == nil {
		err = s.init()
	}
	if err == nil {
		err = tries(func() error {
			if s.port, err = freePort(); err != nil {
				return err
			}
			return s.launch()
		})
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *PostgresProcess) init() error {
	// In locale C search by trigrams sees no Hangul.
	cmd := exec.Command(filepath.Join(s.bin, "initdb"), "--pgdata="+s.data(), "--username=postgres",
		"--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
	s.as(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return nil
}

func (s *PostgresProcess) data() string { return filepath.Join(s.room.dir, "data") }

// URL names the database "postgres" of the server, as a superuser.
func (s *PostgresProcess) URL() string {
	return "postgres://postgres@127.0.0.1:" + strconv.Itoa(s.port) + "/postgres?sslmode=disable"
}

func (s *PostgresProcess) launch() error {
	// synchronous_commit stays on: what was answered must survive Kill.
	cmd := exec.Command(filepath.Join(s.bin, "postgres"), "-D", s.data(), "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off",
		"-c", "full_page_writes=off", "-c", "max_connections=300",
		"-c", "shared_buffers=64MB", "-c", "log_min_messages=fatal")
	s.as(cmd)
	p, err := start(cmd, syscall.SIGQUIT)
	if err != nil {
		return err
	}
	s.p = p
	if err := p.await(func() error { return onServer(s.URL(), "SELECT 1") }); err != nil {
		p.end(syscall.SIGQUIT)
		return err
	}
	return nil
}

// Start starts the server again, with the same data on the same port.
func (s *PostgresProcess) Start(tb testing.TB) {
	tb.Helper()
	if err := s.launch(); err != nil {
		tb.Fatalf("testrig: start Postgres again: %v", err)
	}
}

// Stop ends the server as an operator does, cutting its connections.
func (s *PostgresProcess) Stop() { s.p.end(syscall.SIGINT) }

// Kill ends the server at once, as a crash of the machine does.
func (s *PostgresProcess) Kill() { s.p.end(syscall.SIGQUIT) }

func (s *PostgresProcess) close() {
	if s.p != nil {
		s.p.end(syscall.SIGQUIT)
	}
	s.room.remove()
}
