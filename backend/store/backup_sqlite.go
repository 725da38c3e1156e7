package store

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"example.com/marquee/backend/auth"
)

// backupSQLite copies the file as of one moment; others may write meanwhile.
func backupSQLite(ctx context.Context, path, to string) error {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return ErrNoDatabase
	}
	db, err := sqliteFile(path)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", to)
	return err
}

// sqliteFile opens a file as it is: whatever its journal, it stays.
func sqliteFile(path string) (*sql.DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	file := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path), RawQuery: url.Values{"_pragma": {"busy_timeout(5000)"}}.Encode()}
	db, err := sql.Open("sqlite", file.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // what is attached is of a connection
	return db, nil
}

// restoreSQLite makes the new file ready beside the old one and then gives it
// its name. The caller holds the data directory, so that no server writes.
func restoreSQLite(ctx context.Context, path, from string, replace bool) (done Restored, err error) {
	full, err := holdsTables(ctx, path)
	if err != nil {
		return done, err
	}
	if full && !replace {
		return done, ErrNotEmpty
	}
	fresh, err := copyFile(from, filepath.Dir(path))
	if err != nil {
		return done, err
	}
	defer func() { _ = os.Remove(fresh) }() // has another name by then if all went well
	old := ""
	if full {
		old = path
	}
	if done, err = prepareSQLite(ctx, fresh, old); err != nil {
		return done, err
	}
	// A log of the old file would be played into the new one.
	if full {
		if err := closeLog(ctx, path); err != nil {
			return done, err
		}
	}
	for _, log := range []string{path + "-wal", path + "-shm"} {
		if err := os.Remove(log); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return done, err
		}
	}
	if err := errors.Join(syncPath(fresh), os.Rename(fresh, path)); err != nil {
		return done, err
	}
	return done, syncPath(filepath.Dir(path))
}

func holdsTables(ctx context.Context, path string) (bool, error) {
	if info, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		return false, nil
	}
	db, err := sqliteFile(path)
	if err != nil {
		return false, err
	}
	defer db.Close()
	var tables int
	err = db.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_master").Scan(&tables)
	return tables > 0, err
}

func copyFile(from, dir string) (path string, err error) {
	in, err := os.Open(from)
	if err != nil {
		return "", err
	}
	defer in.Close()
	out, err := os.CreateTemp(dir, ".marquee-restore-*") // mode 0600
	if err != nil {
		return "", err
	}
	_, err = io.Copy(out, in)
	return out.Name(), errors.Join(err, out.Close())
}

// prepareSQLite checks a copy of a backup and takes out of it what is over, by
// itself or in the old file; "" is none.
func prepareSQLite(ctx context.Context, fresh, old string) (done Restored, err error) {
	db, err := sqliteFile(fresh)
	if err != nil {
		return done, err
	}
	defer db.Close()
	var whole string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&whole); err != nil || whole != "ok" {
		return done, errors.Join(ErrNotBackup, err)
	}
	names, err := texts(ctx, db, "SELECT name FROM bun_migrations")
	if err != nil {
		return done, errors.Join(ErrNotBackup, err)
	}
	if err := checkApplied(names); err != nil {
		return done, err
	}
	if old != "" {
		if _, err := db.ExecContext(ctx, "ATTACH ? AS old", old); err != nil {
			return done, err
		}
		if done.Ended, err = endWhatEnded(ctx, db); err != nil {
			return done, err
		}
	}
	if err := withoutWhatIsOver(ctx, db, old != ""); err != nil {
		return done, err
	}
	err = db.QueryRowContext(ctx, "SELECT (SELECT COUNT(*) FROM users), (SELECT COUNT(*) FROM sessions WHERE ended_at IS NULL)").Scan(&done.People, &done.Sessions)
	return done, err
}

// endWhatEnded ends the sessions that are not live in the old file.
func endWhatEnded(ctx context.Context, db *sql.DB) (int, error) {
	kept := "id IN (SELECT o.id FROM old.sessions AS o WHERE o.ended_at IS NULL)"
	if there, err := hasColumn(ctx, db, "old", "sessions", "ended_at"); err != nil || !there {
		kept = "FALSE"
	}
	r, err := db.ExecContext(ctx, "UPDATE sessions SET ended_at = ?, end_reason = ? WHERE ended_at IS NULL AND NOT ("+kept+")",
		micros(time.Now()), auth.EndRestored)
	if err != nil {
		return 0, err
	}
	n, err := r.RowsAffected()
	return int(n), err
}

// withoutWhatIsOver takes away what worked once and was waiting to be used. In
// place of an old file, its withdrawn signing keys stay withdrawn, or who was
// kept out by that signs again; proofs and codes that were used stay used, or who
// saw them uses them again; and of a second factor that is still the same the
// recovery codes are those that were left.
func withoutWhatIsOver(ctx context.Context, db *sql.DB, replaces bool) error {
	sameFactor, err := ofSameFactor(ctx, db, replaces)
	if err != nil {
		return err
	}
	for _, over := range []struct {
		table, column string // that a database of an older version may not have
		replacing     bool
		statement     string
	}{
		{"password_links", "hash", false, "DELETE FROM password_links"},
		{"sign_in_attempts", "hash", false, "DELETE FROM sign_in_attempts"},
		{"device_requests", "device_hash", false, "DELETE FROM device_requests"},
		{"signing_keys", "withdrawn_at", true, `UPDATE signing_keys SET withdrawn_at =
			(SELECT o.withdrawn_at FROM old.signing_keys AS o WHERE o.id = signing_keys.id) WHERE withdrawn_at IS NULL`},
		{"recovery_codes", "hash", true, "DELETE FROM recovery_codes WHERE user_id " + sameFactor},
		{"recovery_codes", "hash", true, `INSERT INTO recovery_codes (user_id, hash)
			SELECT c.user_id, c.hash FROM old.recovery_codes AS c WHERE c.user_id ` + sameFactor},
		// Whatever the secret was: a step is of time, and a later one always comes.
		{"users", "totp_step", true, `UPDATE users SET totp_step = o.totp_step
			FROM old.users AS o WHERE o.id = users.id AND o.totp_step > users.totp_step`},
		{"spent_ids", "hash", true, `INSERT INTO spent_ids (hash, expires_at)
			SELECT o.hash, o.expires_at FROM old.spent_ids AS o WHERE TRUE ON CONFLICT DO NOTHING`},
	} {
		there, err := hasColumn(ctx, db, "main", over.table, over.column)
		if err == nil && there && over.replacing {
			there = false
			if replaces {
				there, err = hasColumn(ctx, db, "old", over.table, over.column)
			}
		}
		if err == nil && there {
			_, err = db.ExecContext(ctx, over.statement)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ofSameFactor is the condition that a second factor is the one that the old
// file has. A master secret that was changed meanwhile makes it look different;
// but whoever puts one to use is recorded with it.
func ofSameFactor(ctx context.Context, db *sql.DB, replaces bool) (string, error) {
	same := "o.totp_secret = u.totp_secret"
	if replaces {
		here, err := hasColumn(ctx, db, "main", "activity", "kind")
		there, bad := hasColumn(ctx, db, "old", "activity", "kind")
		if err := errors.Join(err, bad); err != nil {
			return "", err
		}
		if here && there {
			same += ` OR u.totp_secret IS NOT NULL AND o.totp_secret IS NOT NULL AND NOT EXISTS (SELECT * FROM old.activity AS a
				WHERE a.user_id = u.id AND a.kind = '` + auth.EventFactorOn + `' AND a.id NOT IN (SELECT id FROM activity))`
		}
	}
	return "IN (SELECT u.id FROM users AS u JOIN old.users AS o ON o.id = u.id WHERE " + same + ")", nil
}

func hasColumn(ctx context.Context, db *sql.DB, schema, table, column string) (bool, error) {
	var n int
	err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM pragma_table_info(?, ?) WHERE name = ?", table, schema, column).Scan(&n)
	return n > 0, err
}

// closeLog writes what is in a file's log into the file, and ends the log.
func closeLog(ctx context.Context, path string) error {
	db, err := sqliteFile(path)
	if err != nil {
		return err
	}
	defer db.Close()
	var mode string
	if err := db.QueryRowContext(ctx, "PRAGMA journal_mode(DELETE)").Scan(&mode); err != nil {
		return err
	}
	if mode != "delete" {
		return ErrDatabaseInUse
	}
	return nil
}

// texts are the values of a query's only column.
func texts(ctx context.Context, db *sql.DB, query string) (all []string, err error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return nil, err
		}
		all = append(all, text)
	}
	return all, rows.Err()
}
