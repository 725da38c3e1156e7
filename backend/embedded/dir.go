package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"
)

const (
	lockName     = "lock"
	databaseName = "marquee.db"
	keyName      = "secret.key"
	socketName   = "marquee.sock"
	gatewayName  = "gateway_ed25519.pub"
)

// Dir is a data directory. One process at a time serves from it: the one that
// holds its lock.
type Dir struct {
	path   string
	socket string
	lock   *flock.Flock
}

// OpenDir makes the directory if there is none, for its owner only (0700), and
// opens it. It tightens one that is empty or already marquee's; any other that
// people besides the owner can enter is refused, since changing its mode could
// lock them out of what is theirs.
func OpenDir(path string) (*Dir, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	if err := keepPrivate(path); err != nil {
		return nil, fmt.Errorf("data directory: %w", err)
	}
	socket, err := socketPath(path)
	if err != nil {
		return nil, fmt.Errorf("socket of the data directory: %w", err)
	}
	lock := flock.New(filepath.Join(path, lockName), flock.SetPermissions(0o600))
	return &Dir{path: path, socket: socket, lock: lock}, nil
}

// Path returns the directory, absolute.
func (d *Dir) Path() string { return d.path }

// TryLock takes the lock if no process holds it, this one included, and
// reports whether it did. The system drops the lock when the process ends,
// however it ends.
func (d *Dir) TryLock() (bool, error) {
	if d.lock.Locked() {
		return false, nil
	}
	held, err := d.lock.TryLock()
	if err != nil {
		return false, fmt.Errorf("lock of the data directory: %w", err)
	}
	return held, nil
}

// Unlock drops the lock; it is no error not to hold it.
func (d *Dir) Unlock() error {
	if err := d.lock.Unlock(); err != nil {
		return fmt.Errorf("lock of the data directory: %w", err)
	}
	return nil
}

// DatabaseURL returns the URL of the SQLite file, "sqlite:PATH".
func (d *Dir) DatabaseURL() string { return "sqlite:" + filepath.Join(d.path, databaseName) }

// GatewayKeyPath is where an SSH server that shares the directory puts the
// public key by which it is known. Only the owner can.
func (d *Dir) GatewayKeyPath() string { return filepath.Join(d.path, gatewayName) }

// keepPrivate makes sure that only the owner can enter the directory.
func keepPrivate(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if err := checkOwner(info); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if !othersMay(info) {
		return nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	_, err = os.Stat(filepath.Join(path, lockName))
	if len(entries) > 0 && errors.Is(err, fs.ErrNotExist) {
		// Unless another marquee, starting at the same time, has just done it.
		if now, err := os.Stat(path); err == nil && !othersMay(now) {
			return nil
		}
		return fmt.Errorf("%s is open to others and holds other files: choose another, or chmod 700 it", path)
	}
	return os.Chmod(path, 0o700)
}
