package credentials

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/adrg/xdg"
	"github.com/gofrs/flock"

	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/atomicfile"
)

const (
	format   = 1                     // of the file
	maxFile  = 64 << 10              // bytes; a pair is a tenth of it
	lockPoll = 15 * time.Millisecond // how often a taken lock is tried again
	lockWait = 5 * time.Second       // for the short lock around one change
	suffix   = ".json"
	device   = ".device" // ends the name of the file with the device token
	// maxDevice is more than any device token has, in bytes.
	maxDevice = 512
	corrupt   = ".corrupt"
)

// File keeps the pair of one account in a file of its own, 0600 in a directory
// of 0700; or, where the system has a keyring that answers in time, in that,
// and the file says so. Every process that opens the same shares it.
type File struct {
	path   string
	server string // with the slot behind it, for accounts beside the first
	slot   string
	ring   *limited // nil: the file alone
	clock  func() time.Time
}

// record is what the file holds.
type record struct {
	Format     int            `json:"format"`
	Server     string         `json:"server"`
	ObtainedAt time.Time      `json:"obtained_at"`
	Tokens     marquee.Tokens `json:"tokens"`
	// Keyring says that the tokens are there, all but the session's id.
	Keyring bool `json:"keyring,omitempty"`
}

// Dir returns where credentials rest unless told otherwise: the folder
// "marquee/credentials" in XDG_STATE_HOME.
func Dir() string {
	xdg.Reload() // the environment may have been set since the program began
	return filepath.Join(xdg.StateHome, "marquee", "credentials")
}

// Open returns the store of a server's credentials in dir, which it makes if
// there is none. Servers are told apart by their text.
func Open(dir, server string) (*File, error) {
	if err := makePrivate(dir); err != nil {
		return nil, fmt.Errorf("credentials: %w", err)
	}
	return &File{path: filepath.Join(dir, fileName(server)), server: server, clock: time.Now}, nil
}

// Path returns the file.
func (f *File) Path() string { return f.path }

// Load implements client.TokenStore. A file that cannot be read as one of ours
// is set aside and counts as none: the person signs in again, and what was
// there is not lost without a trace.
func (f *File) Load(context.Context) (client.Held, error) {
	b, err := readPrivate(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return client.Held{}, nil
	}
	if err != nil {
		return client.Held{}, fmt.Errorf("credentials: %w", err)
	}
	var r record
	if json.Unmarshal(b, &r) != nil || r.Format != format || r.Server != f.server || r.Tokens.RefreshToken == "" && !r.Keyring {
		return client.Held{}, f.putAside()
	}
	if r.Keyring {
		return f.fromKeyring(r)
	}
	return client.Held{Tokens: r.Tokens, ObtainedAt: r.ObtainedAt}, nil
}

// Save implements client.TokenStore: when it returns, the pair is on the disk.
func (f *File) Save(ctx context.Context, h client.Held) error {
	unlock, err := f.change(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	r := record{Format: format, Server: f.server, ObtainedAt: h.ObtainedAt.UTC(), Tokens: h.Tokens}
	if f.toKeyring(h) {
		r.Tokens, r.Keyring = marquee.Tokens{SessionID: h.SessionID}, true
	}
	b, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("credentials: %w", err)
	}
	if err := atomicfile.Replace(f.path, b); err != nil {
		return fmt.Errorf("credentials: %w", err)
	}
	return nil
}

// Clear implements client.TokenStore.
func (f *File) Clear(ctx context.Context, refreshToken string) error {
	unlock, err := f.change(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	held, err := f.Load(ctx)
	if err != nil || held.RefreshToken != refreshToken || refreshToken == "" {
		return err
	}
	f.leaveKeyring()
	if err := f.forget(); err != nil {
		return err
	}
	if err := os.Remove(f.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("credentials: %w", err)
	}
	return atomicfile.SyncDir(filepath.Dir(f.path))
}

// Device implements client.TokenStore. The token has a file of its own: it
// stays when the session ends.
func (f *File) Device(context.Context) (string, error) {
	b, err := readPrivate(f.devicePath())
	if errors.Is(err, fs.ErrNotExist) || err == nil && (len(b) > maxDevice || !utf8.Valid(b)) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("credentials: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}

// SaveDevice implements client.TokenStore.
func (f *File) SaveDevice(_ context.Context, token string) error {
	if err := atomicfile.Replace(f.devicePath(), []byte(token+"\n")); err != nil {
		return fmt.Errorf("credentials: %w", err)
	}
	return nil
}

func (f *File) devicePath() string { return strings.TrimSuffix(f.path, suffix) + device }

// Lock implements client.TokenStore: for the length of a rotation, between
// processes and between the clients of one.
func (f *File) Lock(ctx context.Context) (func(), error) { return f.lock(ctx, ".rotation.lock") }

// change is the short lock around one change of the file, so that Clear
// removes exactly what it looked at.
func (f *File) change(ctx context.Context) (func(), error) {
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	return f.lock(ctx, ".lock")
}

func (f *File) lock(ctx context.Context, ending string) (func(), error) {
	l := flock.New(strings.TrimSuffix(f.path, suffix)+ending, flock.SetPermissions(0o600))
	if _, err := l.TryLockContext(ctx, lockPoll); err != nil {
		return nil, fmt.Errorf("credentials: lock: %w", err)
	}
	return func() { _ = l.Unlock() }, nil
}

// putAside renames the unreadable file, under a name that is not taken.
func (f *File) putAside() error {
	to := f.path + corrupt + f.clock().UTC().Format("-20060102T150405.000000000")
	if err := os.Rename(f.path, to); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("credentials: set aside: %w", err)
	}
	return nil
}

// fileName makes a name that a person recognises and no other server has.
func fileName(server string) string {
	readable := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
			return r
		}
		return '_'
	}, server)
	sum := sha256.Sum256([]byte(server))
	return strings.TrimLeft(readable[max(0, len(readable)-40):], "._-") + "-" + hex.EncodeToString(sum[:6]) + suffix
}
