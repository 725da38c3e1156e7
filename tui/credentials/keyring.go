package credentials

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/zalando/go-keyring"
)

const (
	keyringService = "marquee"
	// keyringWait is how long the keyring may take for one answer. One that is
	// locked, or whose service hangs on D-Bus, would hold every command.
	keyringWait = 2 * time.Second
)

// ErrKeyring says that credentials rest in the system's keyring and it did not
// give them: it is locked, gone, or took longer than 2 s.
var ErrKeyring = errors.New("credentials.keyring_away")

// Keyring is the system's place for secrets. Get returns
// keyring.ErrNotFound where there is none of that name.
type Keyring interface {
	Get(name string) (string, error)
	Set(name, secret string) error
	Delete(name string) error
}

// SystemKeyring returns the keyring of this machine, nil where there can be
// none. It asks nothing yet.
func SystemKeyring() Keyring {
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		return system{}
	}
	// Without a session bus the D-Bus library would start one of its own.
	if os.Getenv("DBUS_SESSION_BUS_ADDRESS") != "" {
		return system{}
	}
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		if _, err := os.Stat(filepath.Join(dir, "bus")); err == nil {
			return system{}
		}
	}
	return nil
}

type system struct{}

func (system) Get(name string) (string, error) { return keyring.Get(keyringService, name) }
func (system) Set(name, secret string) error   { return keyring.Set(keyringService, name, secret) }
func (system) Delete(name string) error        { return keyring.Delete(keyringService, name) }

// limited is a keyring that answers in time or with ErrKeyring.
type limited struct {
	Keyring
	wait time.Duration
}

func (l limited) get(name string) (string, error) {
	found := make(chan string, 1)
	err := l.within(func() error {
		secret, err := l.Get(name)
		found <- secret
		return err
	})
	if err != nil {
		return "", err
	}
	return <-found, nil
}

func (l limited) set(name, secret string) error {
	return l.within(func() error { return l.Set(name, secret) })
}

func (l limited) delete(name string) error {
	return l.within(func() error { return l.Delete(name) })
}

// within runs do, which may hang for ever, and stops waiting in time.
func (l limited) within(do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	late := time.NewTimer(l.wait)
	defer late.Stop()
	select {
	case err := <-done:
		if err == nil || errors.Is(err, keyring.ErrNotFound) {
			return err
		}
		return errors.Join(ErrKeyring, err)
	case <-late.C:
		return ErrKeyring
	}
}
