// Package atomicfile replaces small files as a whole. It knows nothing of what
// is in them.
package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
)

// Replace puts b under path, 0600, so that a crash leaves the old or the new,
// and returns when the new would survive one. A link in its place is replaced,
// not followed. The directory must be there.
func Replace(path string, b []byte) (err error) {
	dir := filepath.Dir(path)
	tmp, err := os.CreateTemp(dir, ".new-*") // 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(tmp.Name())
		}
	}()
	_, err = tmp.Write(b)
	if err == nil {
		err = tmp.Sync()
	}
	if err = errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	if err = os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	return SyncDir(dir)
}

// SyncDir makes a rename or a removal last. Windows cannot and need not.
func SyncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
