package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"example.com/marquee/migrations"
)

// What keeps a backup from being made or restored.
var (
	ErrFileExists    = errors.New("there is a file of that name already")
	ErrNoDatabase    = errors.New("there is no database yet")
	ErrNotBackup     = errors.New("this is no whole backup of marquee")
	ErrNotEmpty      = errors.New("the database to restore into is not empty")
	ErrDatabaseInUse = errors.New("somebody is connected to the database")
	// ErrByHand is returned for Postgres, which pg_dump and pg_restore save: a
	// server that can start no program cannot be made to start a wrong one.
	ErrByHand = errors.New("a Postgres database is saved by its own programs")
)

// Restored is what became of a restore.
type Restored struct {
	People   int
	Sessions int // live ones
	// Ended are sessions that were live in the backup and had ended in the
	// database that was replaced.
	Ended int
}

// Backup writes all of a SQLite database to a file that is not there yet, as it
// is at one moment and while servers use it. Only the owner can read the file: it
// holds password hashes and sealed secrets.
func Backup(ctx context.Context, url, path string) error {
	database, ok := strings.CutPrefix(url, "sqlite:")
	if !ok {
		return ErrByHand
	}
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s: %w", path, ErrFileExists)
	}
	part, err := os.CreateTemp(filepath.Dir(path), ".marquee-backup-*") // mode 0600
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer func() { _ = os.Remove(part.Name()) }() // has another name by then if all went well
	if err := errors.Join(part.Close(), backupSQLite(ctx, strings.TrimPrefix(database, "//"), part.Name())); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := syncPath(part.Name()); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	err = os.Link(part.Name(), path)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: %w", path, ErrFileExists)
	}
	if err != nil { // a file system without links
		err = os.Rename(part.Name(), path)
	}
	return errors.Join(err, syncPath(filepath.Dir(path)))
}

// Restore puts a backup into a SQLite database, as a whole or not at all. A database
// that holds anything is left alone without replace; one that somebody uses
// always. A backup of a newer version of this program is refused, an older one
// is migrated at the next start.
//
// Sessions that are not live in the database that is replaced do not come back
// to life: somebody ended them after the backup was made; nor does a signing key
// that was withdrawn, or a code or a proof of a key that was used. With no database
// left to ask, those that ended since live until their idle end. What works once
// (links, devices that ask) is void in any case.
func Restore(ctx context.Context, url, path string, replace bool) (Restored, error) {
	database, ok := strings.CutPrefix(url, "sqlite:")
	if !ok {
		return Restored{}, ErrByHand
	}
	if err := beginsWith(path, "SQLite format 3\x00"); err != nil {
		return Restored{}, fmt.Errorf("restore %s: %w", path, err)
	}
	done, err := restoreSQLite(ctx, strings.TrimPrefix(database, "//"), path, replace)
	if err != nil {
		return Restored{}, fmt.Errorf("restore %s: %w", path, err)
	}
	return done, nil
}

func beginsWith(path, magic string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	begin := make([]byte, len(magic))
	if _, err := io.ReadFull(f, begin); err != nil || !bytes.Equal(begin, []byte(magic)) {
		return ErrNotBackup
	}
	return nil
}

// syncPath sees to it that a file or a directory outlives a power cut.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// checkApplied refuses a schema that this program does not know all of.
func checkApplied(names []string) error {
	ms, err := (&Store{engine: engine{database: migrations.SQLite}}).migrations()
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, m := range ms.Sorted() {
		known[m.Name] = true
	}
	var unknown []string
	for _, n := range names {
		if !known[n] {
			unknown = append(unknown, n)
		}
	}
	switch {
	case len(names) == 0:
		return ErrNotBackup
	case len(unknown) > 0:
		return errUnusable("the backup was made by a newer version of this program (unknown here: " + strings.Join(unknown, ", ") + ")")
	}
	return nil
}
