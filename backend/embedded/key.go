package embedded

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

const (
	keyBytes  = 32
	maxKeyLen = 4096
)

// SecretKey returns the master secret of the directory and makes it if there
// is none: 32 bytes of crypto/rand, kept as 64 hexadecimal digits in a file of
// mode 0600. What is returned is the text of the file less surrounding white
// space, so that SECRET_KEY_FILE may name the same file later. A file that
// others can read, or that holds less than 32 bytes, is refused.
func (d *Dir) SecretKey() ([]byte, error) {
	path := filepath.Join(d.path, keyName)
	key, err := readKey(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeKey(path); err == nil {
			key, err = readKey(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("secret key: %w", err)
	}
	return key, nil
}

func readKey(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if err := checkOwner(info); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if !info.Mode().IsRegular() || othersMay(info) {
		return nil, fmt.Errorf("%s can be read by others: chmod 600 it, or remove it, which signs everybody out", path)
	}
	key, err := io.ReadAll(io.LimitReader(f, maxKeyLen))
	if err != nil {
		return nil, err
	}
	if key = bytes.TrimSpace(key); len(key) < keyBytes {
		return nil, fmt.Errorf("%s holds %d bytes, a key has %d or more", path, len(key), keyBytes)
	}
	return key, nil
}

// makeKey writes a new key in full before it gets its name, and never over
// another: of two processes that make one at the same time, both read the first.
func makeKey(path string) error {
	var raw [keyBytes]byte
	_, _ = rand.Read(raw[:])                                  // never fails (crypto/rand)
	f, err := os.CreateTemp(filepath.Dir(path), keyName+".*") // made with 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = fmt.Fprintln(f, hex.EncodeToString(raw[:]))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// syncDir makes a new name in a directory survive a power cut.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	defer d.Close()
	_ = d.Sync() // not every file system can
	return nil
}
