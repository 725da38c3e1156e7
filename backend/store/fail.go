package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"example.com/marquee/common/marquee"
)

// fail turns what went wrong in op into a marquee.Error. One that is already
// ours passes unchanged, nil stays nil.
func (s *Store) fail(op string, err error) error {
	var ours *marquee.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &ours):
		return err
	case errors.Is(err, sql.ErrNoRows):
		return marquee.Wrap(marquee.CodeNotFound, op, err)
	case isAway(err):
		return marquee.Unavailable(op, oneLine{err})
	case isUnstorable(err):
		return marquee.Wrap(marquee.CodeInvalid, op, err)
	}
	return marquee.Wrap(marquee.CodeInternal, op, err)
}

// oneLine keeps a message on one line: pgx lists each address it tried on its
// own, which an operator's terminal and a log both show badly.
type oneLine struct{ error }

func (e oneLine) Error() string { return strings.Join(strings.Fields(e.error.Error()), " ") }
func (e oneLine) Unwrap() error { return e.error }

// isAway reports an error after which the same request may succeed later: no
// connection, no time left, no room, or a lock that did not come free.
func isAway(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return isAwayPostgres(pg.Code)
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return isAwaySQLite(lite.Code())
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, sql.ErrTxDone) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNREFUSED) ||
		pgconn.Timeout(err) || pgconn.SafeToRetry(err)
}

// isAwayPostgres goes by the SQLSTATE (PostgreSQL manual, appendix A).
func isAwayPostgres(code string) bool {
	switch code[:min(2, len(code))] {
	case "08", // connection exception
		"28", // the password was changed under us
		"53", // out of disk, memory or connections
		"58": // system error outside Postgres
		return true
	}
	switch code {
	case "25006", // read only: a standby took the address
		"25P03",          // idle in transaction for too long
		"3D000",          // the database is being restored
		"40001", "40P01", // serialisation failure, deadlock
		"55P03", "57014", // lock or statement time-out
		"57P01", "57P02", "57P03", "57P04", "57P05": // shutting down, crashed, starting, dropped, idle
		return true
	}
	return false
}

// isAwaySQLite goes by the primary result code (sqlite.org/rescode.html).
func isAwaySQLite(code int) bool {
	switch code & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_FULL,
		sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM,
		sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_NOMEM:
		return true
	}
	return false
}

// isUnstorable reports text that Postgres cannot keep: NUL or broken UTF-8.
func isUnstorable(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "22021" || pg.Code == "22P05")
}

// isUnique reports a violated unique constraint and, on Postgres, its name.
func isUnique(err error) (constraint string, ok bool) {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23505" {
		return pg.ConstraintName, true
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return "", lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || lite.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	return "", false
}

// isForeignKey reports a reference to a row that is not there.
func isForeignKey(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23503"
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code() == sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY
}

// storable reports whether both databases can keep s: UTF-8 without NUL.
// Nothing else can be in the database, so a search for other text finds
// nothing and must not be tried: bun would put a syntax error into the query.
func storable(s string) bool {
	for i := range len(s) {
		if s[i] == 0 {
			return false
		}
	}
	return utf8.ValidString(s)
}
