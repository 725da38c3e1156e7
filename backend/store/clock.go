package store

import (
	"context"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"
)

// now is the present moment as an SQL expression, in microseconds.
// clock_timestamp and not now(): the latter stands still in a transaction,
// and one that waited for a lock would write a moment before its cause.
func (s *Store) now() schema.QueryWithArgs {
	if s.clock != nil {
		return bun.SafeQuery("CAST(? AS BIGINT)", micros(s.clock()))
	}
	return bun.SafeQuery("CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)")
}

// nowIn is the present moment, asked in a transaction after its locks are held.
func (s *Store) nowIn(ctx context.Context, tx bun.IDB) (time.Time, error) {
	if s.clock != nil {
		return timeOf(micros(s.clock())), nil
	}
	var us int64
	err := tx.NewSelect().ColumnExpr("?", s.now()).Scan(ctx, &us)
	return timeOf(us), err
}

// micros is how SQL keeps a moment.
func micros(t time.Time) int64 { return t.UnixMicro() }

// timeOf is the moment that micros kept.
func timeOf(us int64) time.Time { return time.UnixMicro(us).UTC() }

// microsOrNull keeps the zero time as NULL.
func microsOrNull(t time.Time) *int64 {
	if t.IsZero() {
		return nil
	}
	us := micros(t)
	return &us
}

// timeOrZero is the moment that microsOrNull kept.
func timeOrZero(us *int64) time.Time {
	if us == nil {
		return time.Time{}
	}
	return timeOf(*us)
}
