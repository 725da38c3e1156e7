package app_test

import (
	"context"
	"database/sql"
	"net/http"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// What happens when the file of the zero-setup mode is not what it should be.

// embeddedWorld is a world on the embedded parts of one data directory, in a
// process of its own.
func embeddedWorld(t *testing.T) (*world, *process) {
	t.Helper()
	w := emptyWorld(t)
	pair := embeddedPair(t)
	_, dir, _ := strings.Cut(pair[0], "=")
	w.database = "sqlite:" + dir + "/marquee.db"
	w.environ = append(w.environ, pair...)
	p := startProcess(t, w.environ)
	w.bases = []string{p.url()}
	return w, p
}

// cannotWrite checks that what would write is told to wait, and what only
// reads is served.
func (w *world) cannotWrite(reads, rotates, ends *session) {
	w.Helper()
	base := w.bases[0]
	if status := w.refresh(rotates, base); status != http.StatusServiceUnavailable {
		w.Errorf("a refresh that cannot be written: %d", status)
	}
	if status := w.logout(ends, base); status != http.StatusServiceUnavailable {
		w.Errorf("a sign-out that cannot be written: %d", status)
	}
	w.untilOK("whoever only reads", func() int { return w.me(reads, base) })
	wantUp(w, base, "/livez", "/.well-known/jwks.json", "/login", "/readyz")
}

// whole checks the file itself.
func (w *world) whole() {
	w.Helper()
	db, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(w.database, "sqlite:"))
	check(w, err)
	defer db.Close()
	var verdict string
	check(w, db.QueryRowContext(context.Background(), "PRAGMA integrity_check").Scan(&verdict))
	if verdict != "ok" {
		w.Errorf("the file after all: %s", verdict)
	}
}

// There is no room: every write beyond the first pages fails half-way, and
// then the process is killed.
func TestFault_F9_SQLiteWithoutRoom(t *testing.T) {
	w, p := embeddedWorld(t)
	held := w.logins(3)
	full := unix.Rlimit{Cur: 4096, Max: unix.RLIM_INFINITY}
	check(t, unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, &full, nil))
	w.cannotWrite(held[0], held[1], held[2])
	p.kill()
	w.whole()
	w.bases[0] = startProcess(t, w.environ).url()
	w.mustHold()
	w.whole()
}

// Another writer has the file and does not let go.
func TestFault_F9_SQLiteLocked(t *testing.T) {
	t.Parallel() // it mostly waits
	w, _ := embeddedWorld(t)
	held := w.logins(3)
	db, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(w.database, "sqlite:")+"?_txlock=immediate&_pragma=busy_timeout(20000)")
	check(t, err)
	defer db.Close()
	tx, err := db.BeginTx(t.Context(), nil)
	check(t, err)
	w.cannotWrite(held[0], held[1], held[2])
	check(t, tx.Rollback())
	w.mustHold()
	w.whole()
}
