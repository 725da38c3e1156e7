package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"example.com/marquee/migrations"
)

// Options says which database to open and how.
type Options struct {
	// URL is postgres://, postgresql:// or postgresql+asyncpg:// and what pgx
	// takes after it, or sqlite:PATH.
	URL string
	// Clock replaces the store's own: the database's on Postgres, time.Now on
	// SQLite. Tests set it.
	Clock func() time.Time
	// Log takes what an operator should know; nil discards it.
	Log *slog.Logger
}

// Store is an open database. Its methods may be called concurrently.
type Store struct {
	db     *bun.DB // writes and transactions
	reader *bun.DB // reads outside transactions; the same as db on Postgres
	engine engine
	clock  func() time.Time // nil: the database's own
	log    *slog.Logger
	words  knownWords
	// accountByID is the query of that name.
	accountByID string
}

// engine is what differs between the two databases besides their dialect.
type engine struct {
	database migrations.Database
	// lockMigrations waits until no other process migrates this database and
	// keeps them waiting until release is called or the process dies.
	lockMigrations func(ctx context.Context) (release func(), err error)
	// migrator opens a pool without the time limits of ordinary statements.
	migrator func() (*bun.DB, error)
}

// Open connects to a database and checks that it can be used safely. It does
// not touch the schema: call Migrate before anything else. A database that is
// away is CodeUnavailable; one that must not be used, or a URL that cannot be
// read, is an error of one line that names no password.
func Open(ctx context.Context, o Options) (*Store, error) {
	log := o.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	scheme, rest, _ := strings.Cut(o.URL, ":")
	switch scheme {
	case "postgres", "postgresql", "postgresql+asyncpg":
		return openPostgres(ctx, "postgres:"+rest, o.Clock, log)
	case "sqlite":
		return openSQLite(ctx, rest, o.Clock, log)
	}
	return nil, errors.New("the database URL must begin with postgres://, or with sqlite: and a path")
}

// Close gives the connections back. It waits for none.
func (s *Store) Close() error {
	err := s.db.Close()
	if s.reader != s.db {
		err = errors.Join(err, s.reader.Close())
	}
	if err != nil {
		return fmt.Errorf("close the database: %w", err)
	}
	return nil
}

// Ready reports whether the database answers; CodeUnavailable if not.
func (s *Store) Ready(ctx context.Context) error {
	var one int
	err := s.reader.NewSelect().ColumnExpr("1").Scan(ctx, &one)
	return s.fail("ask the database", err)
}

func (s *Store) onPostgres() bool { return s.db.Dialect().Name() == dialect.PG }
