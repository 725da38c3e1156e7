// Package migrations holds the schema of the database as SQL files, in the
// order they are applied. It knows nothing but the files; backend/store
// applies them.
//
// A migration is a pair NNN_name.tx.up.sql and NNN_name.tx.down.sql, each run
// in one transaction. It lies in common/ when both databases take the same
// text, which is the natural case: ids are TEXT made in Go, times BIGINT
// microseconds since 1970, bytes BYTEA (SQLite keeps any value under that
// name). Where they cannot share it, search for one, the same number and name
// lies once in postgres/ and once in sqlite/, and a number may exist for one
// of them only. A file that has landed is frozen: change the schema with the
// next number.
//
// Statements of one file are separated by semicolons. A line "--bun:split"
// starts a new round trip, which is seldom needed.
package migrations

import (
	"embed"
	"io/fs"
)

//go:embed */*.sql
var files embed.FS

// Database names the dialect whose migrations are asked for.
type Database string

// The databases.
const (
	Postgres Database = "postgres"
	SQLite   Database = "sqlite"
)

// For returns the folders whose files make up the schema of a database.
func For(d Database) ([]fs.FS, error) {
	var out []fs.FS
	for _, dir := range []string{"common", string(d)} {
		if _, err := fs.Stat(files, dir); err != nil {
			continue // no migration of this database's own yet
		}
		sub, err := fs.Sub(files, dir)
		if err != nil {
			return nil, err
		}
		out = append(out, sub)
	}
	return out, nil
}
