package credentials

import (
	"encoding/json"
	"errors"

	"github.com/zalando/go-keyring"

	"example.com/marquee/common/client"
)

// InKeyring reports whether the tokens rest in the system's keyring, and not
// in the file.
func (f *File) InKeyring() bool {
	r, ok := f.peek()
	return ok && r.Keyring
}

// peek reads the file as it is.
func (f *File) peek() (r record, ok bool) {
	b, err := readPrivate(f.path)
	return r, err == nil && json.Unmarshal(b, &r) == nil
}

func (f *File) fromKeyring(r record) (client.Held, error) {
	if f.ring == nil {
		return client.Held{}, ErrKeyring
	}
	secret, err := f.ring.get(f.server)
	if errors.Is(err, keyring.ErrNotFound) {
		return client.Held{}, nil // taken out by hand
	}
	if err != nil {
		return client.Held{}, err
	}
	h := client.Held{ObtainedAt: r.ObtainedAt}
	if json.Unmarshal([]byte(secret), &h.Tokens) != nil {
		return client.Held{}, nil
	}
	return h, nil
}

// toKeyring puts a pair into the keyring, if there is one and it answers. A
// session whose pair went into the file stays there: a keyring that hangs
// would hold up each of its rotations.
func (f *File) toKeyring(h client.Held) bool {
	if f.ring == nil {
		return false
	}
	if r, ok := f.peek(); ok && !r.Keyring && r.Tokens.SessionID == h.SessionID {
		return false
	}
	secret, err := json.Marshal(h.Tokens)
	return err == nil && f.ring.set(f.server, string(secret)) == nil
}

// leaveKeyring takes the pair out of the keyring, if it is there.
func (f *File) leaveKeyring() {
	if r, ok := f.peek(); ok && r.Keyring && f.ring != nil {
		_ = f.ring.delete(f.server) // the server has ended what it is for
	}
}
