package store

import (
	"context"
	"database/sql"

	"github.com/uptrace/bun"
)

// inTx runs fn in a transaction and commits it unless fn fails. On Postgres
// the isolation is READ COMMITTED whatever the server's default: the row locks
// below decide, and a serialisation failure would be one more way to fail. On
// SQLite the transaction holds the write lock from its first moment.
func (s *Store) inTx(ctx context.Context, op string, fn func(ctx context.Context, tx bun.Tx) error) error {
	var opts *sql.TxOptions
	if s.onPostgres() {
		opts = &sql.TxOptions{Isolation: sql.LevelReadCommitted}
	}
	return s.fail(op, s.db.RunInTx(ctx, opts, fn))
}

// lockRow makes a select in a transaction hold its rows against others until
// the end. New rows may refer to them meanwhile: a session that ends writes
// that of its person while another transaction holds the person and waits for
// the session. SQLite has no row locks and needs none: see inTx.
func (s *Store) lockRow(q *bun.SelectQuery) *bun.SelectQuery {
	if s.onPostgres() {
		return q.For("NO KEY UPDATE")
	}
	return q
}
