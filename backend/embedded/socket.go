package embedded

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
)

// maxSocketPath is what fits into sockaddr_un on every system we run on:
// macOS has 104 bytes, the closing zero included.
const maxSocketPath = 103

// SocketPath returns where the directory's server listens. It depends on
// nothing but the directory's path and, where that is too long for a socket,
// the place for temporary files.
func (d *Dir) SocketPath() string { return d.socket }

// ListenSocket listens on the socket, 0600, in place of one that a dead server
// left behind. Only the holder of the lock may call it. Closing the listener
// removes the socket; do so before Unlock.
func (d *Dir) ListenSocket() (net.Listener, error) {
	if !d.lock.Locked() {
		return nil, errors.New("socket of the data directory: the lock is not held")
	}
	if err := os.Remove(d.socket); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("socket of the data directory: %w", err)
	}
	l, err := net.Listen("unix", d.socket)
	if err != nil {
		return nil, fmt.Errorf("socket of the data directory: %w", err)
	}
	// Until here only the directory's 0700 kept others out.
	if err := os.Chmod(d.socket, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("socket of the data directory: %w", err), l.Close())
	}
	return l, nil
}

// socketPath returns the path of the socket of a data directory, which it makes
// sure is private.
func socketPath(dir string) (string, error) {
	if p := filepath.Join(dir, socketName); len(p) <= maxSocketPath {
		return p, nil
	}
	sum := sha256.Sum256([]byte(dir))
	short := filepath.Join(os.TempDir(), fmt.Sprintf("marquee-%d-%s", os.Geteuid(), hex.EncodeToString(sum[:8])))
	if err := os.Mkdir(short, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	info, err := os.Lstat(short)
	if err != nil {
		return "", err
	}
	// The place for temporary files is everybody's: somebody else may have been
	// there first, with a directory or a link of his own.
	if err := checkOwner(info); err != nil || !info.IsDir() || othersMay(info) {
		return "", fmt.Errorf("%s is not a directory of ours alone", short)
	}
	return filepath.Join(short, socketName), nil
}
