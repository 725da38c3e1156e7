package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"

	"example.com/marquee/migrations"
)

// sqliteReaders bounds the connections that only read.
const sqliteReaders = 8

// The order counts: without busy_timeout first, switching to WAL can already
// fail with "locked". FULL keeps what was answered through a power cut.
var sqlitePragmas = []string{
	"busy_timeout(5000)", "journal_mode(WAL)", "foreign_keys(ON)", "synchronous(FULL)",
	"temp_store(MEMORY)", "cache_size(-16000)",
}

// A batch of films changes pages all over the indexes. They are to fit into the
// memory of the one connection that writes, 64 MB, and to be brought home from
// the log less often than every batch: it grows to 32 MB.
var sqliteWriterPragmas = []string{"cache_size(-64000)", "wal_autocheckpoint(8000)"}

func openSQLite(ctx context.Context, path string, clock func() time.Time, log *slog.Logger) (*Store, error) {
	path, err := makeFile(strings.TrimPrefix(path, "//"))
	if err != nil {
		return nil, err
	}
	if clock == nil {
		clock = time.Now
	}
	writer, err := sqlitePool(path, 1, sqliteWriterPragmas...)
	if err != nil {
		return nil, err
	}
	reader, err := sqlitePool(path, sqliteReaders, "query_only(ON)")
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	s := &Store{db: writer, reader: reader, accountByID: accountByID(reader), clock: clock, log: log}
	s.engine = engine{
		database:       migrations.SQLite,
		lockMigrations: func(ctx context.Context) (func(), error) { return lockFile(ctx, path+".migrate") },
		migrator:       func() (*bun.DB, error) { return sqlitePool(path, 1) },
	}
	// The writer first: it is the one that may turn the file into WAL.
	for _, db := range []*bun.DB{writer, reader} {
		if err := db.PingContext(ctx); err != nil {
			return nil, errors.Join(s.fail("open the database", err), s.Close())
		}
	}
	return s, nil
}

// makeFile makes the database file, 0600 since it holds password hashes, and
// returns its absolute path. SQLite gives its companions the same mode.
func makeFile(path string) (string, error) {
	if path == "" {
		return "", errors.New("the database URL sqlite: names no file")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("the path of the database: %w", err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", fmt.Errorf("open the database: %w", err)
	}
	return path, f.Close()
}

func sqlitePool(path string, conns int, pragmas ...string) (*bun.DB, error) {
	q := url.Values{"_txlock": {"immediate"}, "_pragma": append(sqlitePragmas[:len(sqlitePragmas):len(sqlitePragmas)], pragmas...)}
	slashed := filepath.ToSlash(path)
	if !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed // C:/... of Windows
	}
	file := url.URL{Scheme: "file", OmitHost: true, Path: slashed, RawQuery: q.Encode()}
	pool, err := sql.Open("sqlite", file.String())
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	return bun.NewDB(pool, sqlitedialect.New()), nil
}

// lockFile takes an advisory lock that the system frees when the process ends.
// The file stays: to remove it would let two processes lock two files.
func lockFile(ctx context.Context, path string) (func(), error) {
	l := flock.New(path, flock.SetPermissions(0o600))
	if _, err := l.TryLockContext(ctx, 20*time.Millisecond); err != nil {
		return nil, err
	}
	return func() { _ = l.Close() }, nil
}
