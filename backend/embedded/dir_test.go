package embedded

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func openDir(t *testing.T, path string) *Dir {
	t.Helper()
	d, err := OpenDir(path)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func mode(t *testing.T, path string) os.FileMode {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

func TestOpenDirMakesItPrivate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b")
	d := openDir(t, path)
	if m := mode(t, path); m != 0o700 {
		t.Errorf("mode %o", m)
	}
	if want := "sqlite:" + filepath.Join(path, "marquee.db"); d.DatabaseURL() != want {
		t.Errorf("database %q, want %q", d.DatabaseURL(), want)
	}
}

func TestOpenDirTightensItsOwnAndAnEmptyOne(t *testing.T) {
	for name, files := range map[string][]string{"empty": nil, "ours": {lockName, databaseName}} {
		path := t.TempDir()
		for _, f := range files {
			if err := os.WriteFile(filepath.Join(path, f), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
		openDir(t, path)
		if m := mode(t, path); m != 0o700 {
			t.Errorf("%s: mode %o", name, m)
		}
	}
}

func TestOpenDirRefusesAForeignSharedOne(t *testing.T) {
	path := t.TempDir()
	if err := os.WriteFile(filepath.Join(path, "letters"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenDir(path); err == nil {
		t.Error("opened")
	}
	if m := mode(t, path); m != 0o755 {
		t.Errorf("the mode became %o", m)
	}
}

func TestOneHolderOfTheLock(t *testing.T) {
	path := t.TempDir()
	a, b := openDir(t, path), openDir(t, path)
	if held, err := a.TryLock(); err != nil || !held {
		t.Fatal(held, err)
	}
	if held, err := a.TryLock(); err != nil || held {
		t.Error("taken twice by one", held, err)
	}
	if held, err := b.TryLock(); err != nil || held {
		t.Error("taken by two", held, err)
	}
	if _, err := b.ListenSocket(); err == nil {
		t.Error("listens without the lock")
	}
	if err := a.Unlock(); err != nil {
		t.Fatal(err)
	}
	if held, err := b.TryLock(); err != nil || !held {
		t.Error("not free after Unlock", held, err)
	}
	if m := mode(t, filepath.Join(path, lockName)); m != 0o600 {
		t.Errorf("mode of the lock %o", m)
	}
}

func TestSocketReplacesAStaleOne(t *testing.T) {
	for name, path := range map[string]string{
		"short": t.TempDir(),
		"long":  filepath.Join(t.TempDir(), strings.Repeat("long-", 30)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("TMPDIR", t.TempDir())
			d := openDir(t, path)
			if _, err := d.TryLock(); err != nil {
				t.Fatal(err)
			}
			if n := len(d.SocketPath()); n > maxSocketPath {
				t.Fatalf("path of %d bytes", n)
			}
			dead, err := d.ListenSocket()
			if err != nil {
				t.Fatal(err)
			}
			dead.(*net.UnixListener).SetUnlinkOnClose(false) // as kill -9 leaves it
			dead.Close()

			l, err := d.ListenSocket()
			if err != nil {
				t.Fatal(err)
			}
			if m := mode(t, d.SocketPath()); m != 0o600 {
				t.Errorf("mode %o", m)
			}
			c, err := net.Dial("unix", openDir(t, path).SocketPath())
			if err != nil {
				t.Fatal(err)
			}
			c.Close()
			l.Close()
			if _, err := os.Stat(d.SocketPath()); !os.IsNotExist(err) {
				t.Error("the socket outlives its listener")
			}
		})
	}
}

// The place for temporary files is everybody's; a directory laid there by
// somebody else would put our socket into his hands.
func TestAttack_SocketDirectoryLaidInAdvance(t *testing.T) {
	path := filepath.Join(t.TempDir(), strings.Repeat("long-", 30))
	t.Setenv("TMPDIR", t.TempDir())
	socket := openDir(t, path).SocketPath() // the twin: nobody interferes
	dir := filepath.Dir(socket)

	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenDir(path); err == nil {
		t.Error("a directory open to others was used")
	}
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(t.TempDir(), dir); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenDir(path); err == nil {
		t.Error("a link was followed")
	}
}

func TestSecretKeyIsMadeOnce(t *testing.T) {
	path := t.TempDir()
	keys := make([][]byte, 8)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			d, err := OpenDir(path)
			if err == nil {
				keys[i], err = d.SecretKey()
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, k := range keys {
		if len(k) != 64 || !bytes.Equal(k, keys[0]) {
			t.Errorf("%q and %q", k, keys[0])
		}
	}
	if m := mode(t, filepath.Join(path, keyName)); m != 0o600 {
		t.Errorf("mode %o", m)
	}
	left, err := filepath.Glob(filepath.Join(path, keyName+".*"))
	if err != nil || len(left) > 0 {
		t.Error("left behind:", left, err)
	}
}

func TestSecretKeyRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		mode os.FileMode
		ok   bool
	}{
		"hexadecimal":        {strings.Repeat("0f", 32) + "\n", 0o600, true},
		"raw":                {strings.Repeat("k", 40), 0o600, true},
		"short":              {"x7Qtiny\n", 0o600, false},
		"empty":              {"", 0o600, false},
		"readable by others": {strings.Repeat("0f", 32), 0o644, false},
		"readable by group":  {strings.Repeat("0f", 32), 0o640, false},
	} {
		d := openDir(t, t.TempDir())
		file := filepath.Join(d.Path(), keyName)
		if err := os.WriteFile(file, []byte(c.text), c.mode); err != nil {
			t.Fatal(err)
		}
		key, err := d.SecretKey()
		if (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
		if c.ok && string(key) != strings.TrimSpace(c.text) {
			t.Errorf("%s: key %q", name, key)
		}
		if err != nil && c.text != "" && strings.Contains(err.Error(), strings.TrimSpace(c.text)) {
			t.Errorf("%s: the error holds the key", name)
		}
	}
}
