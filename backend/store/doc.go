// Package store is the truth in SQL: people, sessions, signing keys and films,
// on Postgres or SQLite through bun. It is the only package that knows SQL. It
// implements the storage interfaces that auth and catalog declare and decides
// nothing of its own; it must not know HTTP, Redis or tokens.
//
// How it is laid out:
//
//   - Open and its two engines (postgres.go, sqlite.go) make the pools. Writes
//     and transactions go through Store.db, other reads through Store.reader:
//     one pool on Postgres; on SQLite a single connection that writes, so that
//     writers queue in Go in order of arrival instead of sleeping in SQLite's
//     busy handler, beside connections that only read.
//   - Inside a transaction (Store.inTx) use only the tx it gives: on SQLite
//     another write would wait for itself.
//   - Every error leaves through Store.fail, which turns driver errors into
//     marquee codes by their number, never by their text.
//   - Times are microseconds since 1970 in UTC (micros, timeOf). "Now" is an
//     SQL expression (Store.now), so that on Postgres all processes go by the
//     database's clock.
//   - Transactions lock the user row first, then sessions, so that they queue
//     instead of waiting for each other.
package store
