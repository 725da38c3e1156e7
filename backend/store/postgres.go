package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"example.com/marquee/migrations"
)

// Bounds of a Postgres pool and of what runs in it.
const (
	postgresConns       = 20
	postgresConnect     = 3 * time.Second
	postgresStatement   = "5000"  // milliseconds, waiting for locks included
	postgresWorkMem     = "16MB"  // a search for common words keeps exact places of films
	postgresIdleInTx    = "10000" // milliseconds; a stuck process must not hold locks for ever
	postgresMigrateLock = 0x6d617271756565
)

func openPostgres(ctx context.Context, url string, clock func() time.Time, log *slog.Logger) (*Store, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("the database URL cannot be read: %w", err) // pgx leaves the password out
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = postgresConnect
	}
	// When a request gives up its statement is cancelled, and the connection
	// stays: by default pgx closes it, and under load everybody would reconnect.
	cfg.BuildContextWatcherHandler = func(c *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: c, DeadlineDelay: time.Second}
	}
	unbounded := cfg.Copy()
	setDefault(cfg.RuntimeParams, "statement_timeout", postgresStatement)
	setDefault(cfg.RuntimeParams, "work_mem", postgresWorkMem)
	setDefault(cfg.RuntimeParams, "jit", "off") // compiling takes longer than any of our statements
	setDefault(cfg.RuntimeParams, "idle_in_transaction_session_timeout", postgresIdleInTx)

	db := postgresPool(*cfg, postgresConns)
	s := &Store{db: db, reader: db, accountByID: accountByID(db), clock: clock, log: log}
	s.engine = engine{
		database:       migrations.Postgres,
		lockMigrations: func(ctx context.Context) (func(), error) { return lockPostgres(ctx, *unbounded) },
		migrator:       func() (*bun.DB, error) { return postgresPool(*unbounded, 1), nil },
	}
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(s.refusal("open the database", err), db.Close())
	}
	return s, nil
}

func postgresPool(cfg pgx.ConnConfig, conns int) *bun.DB {
	pool := stdlib.OpenDB(cfg, stdlib.OptionAfterConnect(checkConnection))
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	pool.SetConnMaxLifetime(time.Hour)
	return bun.NewDB(pool, pgdialect.New())
}

// errUnusable is a database that must not be used as it is set up.
type errUnusable string

func (e errUnusable) Error() string { return string(e) }

// checkConnection refuses connections on which quoting would not hold. The
// server has told both settings in its greeting, so it costs nothing.
func checkConnection(_ context.Context, c *pgx.Conn) error {
	if c.PgConn().ParameterStatus("standard_conforming_strings") != "on" {
		return errUnusable("this Postgres has standard_conforming_strings=off, under which a backslash ends a quoted text: set it on")
	}
	if e := c.PgConn().ParameterStatus("server_encoding"); e != "UTF8" {
		return errUnusable("this Postgres database has encoding " + e + ": make one with ENCODING 'UTF8'")
	}
	return nil
}

// checkTrigrams refuses a database whose locale hides Hangul from search.
func (s *Store) checkTrigrams(ctx context.Context) error {
	var n int
	err := s.db.NewSelect().ColumnExpr("cardinality(show_trgm('괴물'))").Scan(ctx, &n)
	if err != nil {
		return err
	}
	if n == 0 {
		return errUnusable("this Postgres database has a locale in which search sees no Hangul: make one with LOCALE 'C.UTF-8'")
	}
	return nil
}

// refusal keeps the plain sentence of an unusable database.
func (s *Store) refusal(op string, err error) error {
	var u errUnusable
	if errors.As(err, &u) {
		return fmt.Errorf("%s: %w", op, u)
	}
	return s.fail(op, err)
}

// lockPostgres takes the advisory lock on a connection of its own: the server
// frees it when that connection goes, however the process ends.
func lockPostgres(ctx context.Context, cfg pgx.ConnConfig) (func(), error) {
	pool := stdlib.OpenDB(cfg)
	conn, err := pool.Conn(ctx)
	if err == nil {
		_, err = conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(postgresMigrateLock))
	}
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return func() { closeAll(conn, pool) }, nil
}

func closeAll(conn *sql.Conn, pool *sql.DB) {
	_ = conn.Raw(func(c any) error { return c.(*stdlib.Conn).Close() }) // ends the lock at once
	_ = conn.Close()
	_ = pool.Close()
}

func setDefault(m map[string]string, key, value string) {
	if _, ok := m[key]; !ok {
		m[key] = value
	}
}
