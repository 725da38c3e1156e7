package credentials

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"github.com/gofrs/flock"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/atomicfile"
)

const (
	indexName = "accounts"
	slotsMost = 1000 // accounts of one server
)

// ErrNoAccount says that nobody of that name is signed in at that server.
var ErrNoAccount = errors.New("credentials.no_account")

// Account is one sign-in that rests here.
type Account struct {
	Server   string `json:"server"`
	Username string `json:"username"`
	// Current is the one of its server that is used when none is named.
	Current bool `json:"current"`
	// Slot tells the accounts of one server apart; "" is the first.
	Slot string `json:"slot,omitempty"`
}

// Accounts says which accounts of which servers have credentials in a
// directory, and which are used when none is named. It holds no secret.
type Accounts struct {
	dir  string
	ring Keyring
}

// index is the file of it.
type index struct {
	Format   int       `json:"format"`
	Server   string    `json:"server"` // of the last sign-in by command
	Accounts []Account `json:"accounts"`
}

// OpenAccounts returns the accounts of dir, which is made if there is none.
// New sign-ins go to ring, if it is not nil and answers within 2 s.
func OpenAccounts(dir string, ring Keyring) (*Accounts, error) {
	if err := makePrivate(dir); err != nil {
		return nil, fmt.Errorf("credentials: %w", err)
	}
	return &Accounts{dir: dir, ring: ring}, nil
}

// Server returns where the last sign-in by command was, "" before any.
func (a *Accounts) Server() string { return a.read().Server }

// Open returns the store of an account of a server: of the current one where
// username is "". ErrNoAccount for a name that nobody signed in with.
func (a *Accounts) Open(server, username string) (*File, error) {
	slot, found := "", username == ""
	for _, one := range a.read().Accounts {
		if one.Server == server && (username == "" && one.Current || username != "" && sameName(one.Username, username)) {
			slot, found = one.Slot, true
		}
	}
	if !found {
		return nil, ErrNoAccount
	}
	return a.file(server, slot)
}

// ForSignIn returns the store for a new sign-in: that of the same account, or
// one that nobody uses. Others of the server stay beside it.
func (a *Accounts) ForSignIn(server, username string) (*File, error) {
	if f, err := a.Open(server, username); err == nil && username != "" {
		return f, nil
	}
	for n := 1; n <= slotsMost; n++ {
		slot := ""
		if n > 1 {
			slot = strconv.Itoa(n)
		}
		f, err := a.file(server, slot)
		if err != nil {
			return nil, err
		}
		if _, err := os.Lstat(f.path); errors.Is(err, fs.ErrNotExist) {
			return f, nil
		}
	}
	return nil, fmt.Errorf("credentials: more than %d accounts of one server", slotsMost)
}

// List returns the accounts that hold a session as far as is known here,
// those of one server together.
func (a *Accounts) List() ([]Account, error) {
	var list []Account
	for _, one := range a.read().Accounts {
		f, err := a.file(one.Server, one.Slot)
		if err != nil {
			return nil, err
		}
		if _, ok := f.peek(); ok {
			list = append(list, one)
		}
	}
	return list, nil
}

// Name notes whose credentials f holds. It writes only what is news.
func (a *Accounts) Name(ctx context.Context, f *File, username string) error {
	for _, one := range a.read().Accounts {
		if one.Server == f.base() && one.Slot == f.slot && one.Username == username {
			return nil
		}
	}
	return a.change(ctx, func(i *index) { i.put(f, username, false) })
}

// Choose makes f the account of its server that is used when none is named,
// and server, as it is written on the command line, the server.
func (a *Accounts) Choose(ctx context.Context, f *File, username, server string) error {
	return a.change(ctx, func(i *index) {
		i.put(f, username, true)
		i.Server = server
	})
}

func (a *Accounts) file(server, slot string) (*File, error) {
	key := server
	if slot != "" {
		key += " " + slot // no URL has a space
	}
	f, err := Open(a.dir, key)
	if err != nil {
		return nil, err
	}
	f.slot = slot
	if a.ring != nil {
		f.ring = &limited{a.ring, keyringWait}
	}
	return f, nil
}

// base is the server without the slot.
func (f *File) base() string {
	if f.slot == "" {
		return f.server
	}
	return f.server[:len(f.server)-len(f.slot)-1]
}

// read returns what is noted; a file that cannot be read is none.
func (a *Accounts) read() index {
	var i index
	b, err := readPrivate(filepath.Join(a.dir, indexName))
	if err != nil || json.Unmarshal(b, &i) != nil || i.Format != format {
		return index{Format: format}
	}
	return i
}

func (a *Accounts) change(ctx context.Context, change func(*index)) error {
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	l := flock.New(filepath.Join(a.dir, "accounts.lock"), flock.SetPermissions(0o600))
	if _, err := l.TryLockContext(ctx, lockPoll); err != nil {
		return fmt.Errorf("credentials: lock: %w", err)
	}
	defer func() { _ = l.Unlock() }()
	i := a.read()
	change(&i)
	b, err := json.Marshal(i)
	if err == nil {
		err = atomicfile.Replace(filepath.Join(a.dir, indexName), b)
	}
	if err != nil {
		return fmt.Errorf("credentials: %w", err)
	}
	return nil
}

// put notes one account. The first of a server is the current one.
func (i *index) put(f *File, username string, current bool) {
	at, first := -1, true
	for n, one := range i.Accounts {
		if one.Server != f.base() {
			continue
		}
		first = false
		if one.Slot == f.slot {
			at = n
		}
		if current {
			i.Accounts[n].Current = false
		}
	}
	if at < 0 {
		at = len(i.Accounts)
		i.Accounts = append(i.Accounts, Account{Server: f.base(), Slot: f.slot, Current: first})
	}
	i.Accounts[at].Username = username
	if current {
		i.Accounts[at].Current = true
	}
}

func sameName(a, b string) bool { return marquee.FoldName(a) == marquee.FoldName(b) }
