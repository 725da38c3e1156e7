package auth

import (
	"context"
	"errors"
	"slices"
	"time"

	"example.com/marquee/common/marquee"
)

// KeyState is where a signing key stands in its life.
type KeyState string

// The states of a key.
const (
	KeyNext      KeyState = "next"      // published, does not sign yet
	KeyActive    KeyState = "active"    // signs
	KeyRetired   KeyState = "retired"   // signs no more; its last tokens are good
	KeyExpired   KeyState = "expired"   // its last token is over
	KeyWithdrawn KeyState = "withdrawn" // nothing it signed is believed
)

// Key is a signing key as an operator sees it.
type Key struct {
	ID        string // kid
	Algorithm string
	State     KeyState
	CreatedAt time.Time // zero for HS256, whose keys are made of the master secret
	// Since is when the state began or, for KeyNext, when the key will sign.
	Since time.Time
}

// Why keys are not changed.
var (
	// ErrSecretSigns means that HS256 is set: the master secret signs, and is
	// changed by way of the previous one.
	ErrSecretSigns = errors.New("auth: access tokens are signed with the master secret")
	// ErrNextKey means that a key is published already and will sign.
	ErrNextKey = errors.New("auth: the next key is published already")
	// ErrLastKey means that no other key could sign in its place.
	ErrLastKey = errors.New("auth: no other key can sign")
)

// state is where the key stands; life is that of an access token.
func (w WrappedKey) state(now time.Time, life time.Duration) KeyState {
	switch {
	case !w.WithdrawnAt.IsZero():
		return KeyWithdrawn
	case w.ActiveAt.After(now):
		return KeyNext
	case w.RetiredAt.IsZero() || now.Before(w.RetiredAt):
		return KeyActive
	case now.Before(w.lastToken(life)):
		return KeyRetired
	}
	return KeyExpired
}

// lastToken is when the last token that the key signed is over at every
// process, whatever its clock; zero as long as no end is set.
func (w WrappedKey) lastToken(life time.Duration) time.Time {
	if w.RetiredAt.IsZero() {
		return time.Time{}
	}
	return w.RetiredAt.Add(life + clockLeeway)
}

func (w WrappedKey) shown(now time.Time, life time.Duration) Key {
	k := Key{ID: w.ID, Algorithm: w.Algorithm, State: w.state(now, life), CreatedAt: w.CreatedAt}
	switch k.State {
	case KeyNext, KeyActive:
		k.Since = w.ActiveAt
	case KeyRetired:
		k.Since = w.RetiredAt
	case KeyExpired:
		k.Since = w.lastToken(life)
	case KeyWithdrawn:
		k.Since = w.WithdrawnAt
	}
	return k
}

// ListKeys returns every signing key, the oldest first.
func (s *Service) ListKeys(ctx context.Context) ([]Key, error) {
	if s.keys.algorithm == AlgorithmHS256 {
		keys := []Key{{ID: s.masters.present.hs256ID, Algorithm: AlgorithmHS256, State: KeyActive}}
		if p := s.masters.previous; p != nil {
			keys = append([]Key{{ID: p.hs256ID, Algorithm: AlgorithmHS256, State: KeyRetired}}, keys...)
		}
		return keys, nil
	}
	wrapped, _, err := s.keys.store.SigningKeys(ctx)
	if err != nil {
		return nil, err
	}
	keys := make([]Key, len(wrapped))
	for i, w := range wrapped {
		keys[i] = w.shown(s.now(), s.lives.Access)
	}
	return keys, nil
}

// RotateKey publishes a new key, which signs once everybody has had the time
// to learn of it. With now it signs at once, or the one that is published
// already does. The key before goes on verifying until its last token is over.
// ErrNextKey, ErrSecretSigns.
func (s *Service) RotateKey(ctx context.Context, now bool) (Key, error) {
	return s.changeKeys(ctx, func(t *keyTurn) error {
		begin := t.now
		if !now {
			begin = begin.Add(keyOverlap)
		}
		if t.next() >= 0 && !now {
			return ErrNextKey
		}
		return t.succeed(begin)
	})
}

// RetireKey retires a key: it signs no more and verifies until its last token
// is over. With now nothing it signed is believed any more, on any process,
// within a second; people whose tokens it signed get new ones by refreshing,
// and nobody is signed out. The key that takes its place is returned, a zero
// Key where none had to: the next one, or with now one that is made. A key
// that does not sign yet is withdrawn in either case. CodeNotFound; ErrLastKey
// without now, where no next key is published; ErrSecretSigns.
func (s *Service) RetireKey(ctx context.Context, id string, now bool) (Key, error) {
	return s.changeKeys(ctx, func(t *keyTurn) error {
		i := t.index(id)
		if i < 0 {
			return marquee.E(marquee.CodeNotFound)
		}
		state := t.keys[i].state(t.now, t.life)
		if state == KeyActive {
			if t.next() < 0 && !now {
				return ErrLastKey
			}
			if err := t.succeed(t.now); err != nil {
				return err
			}
		}
		if state == KeyNext {
			t.stay(t.keys[i].ActiveAt)
		}
		if state != KeyWithdrawn && (now || state == KeyNext) {
			t.keys[i].WithdrawnAt = t.now
			t.touch(i)
		}
		return nil
	})
}

func (s *Service) changeKeys(ctx context.Context, change func(t *keyTurn) error) (Key, error) {
	if s.keys.algorithm == AlgorithmHS256 {
		return Key{}, ErrSecretSigns
	}
	var t *keyTurn
	err := s.keys.store.ChangeSigningKeys(ctx, func(keys []WrappedKey, now time.Time) ([]WrappedKey, error) {
		t = &keyTurn{keys: keys, now: now, life: s.lives.Access, master: s.masters.present, successor: -1}
		if err := change(t); err != nil {
			return nil, err
		}
		return t.changed(), nil
	})
	if err != nil {
		return Key{}, err
	}
	if err := s.keys.reload(ctx); err != nil {
		return Key{}, err
	}
	if t.successor < 0 {
		return Key{}, nil
	}
	return t.keys[t.successor].shown(t.now, t.life), nil
}

// keyTurn is one change of the keys, worked out while they are held.
type keyTurn struct {
	keys      []WrappedKey
	now       time.Time // by the store's clock
	life      time.Duration
	master    *masterKey
	touched   []int
	successor int // the key that signs after the change; -1: none was appointed
}

func (t *keyTurn) index(id string) int {
	return slices.IndexFunc(t.keys, func(k WrappedKey) bool { return k.ID == id })
}

// next returns the index of the key that is published and does not sign yet,
// -1 if there is none.
func (t *keyTurn) next() int {
	return slices.IndexFunc(t.keys, func(k WrappedKey) bool { return k.state(t.now, t.life) == KeyNext })
}

// succeed has the next key, or a new one, sign from a moment on, and every
// other until then.
func (t *keyTurn) succeed(begin time.Time) error {
	i := t.next()
	if i < 0 {
		k, err := newSigningKey(t.master, t.now, begin)
		if err != nil {
			return marquee.Wrap(marquee.CodeInternal, "make a signing key", err)
		}
		i = len(t.keys)
		t.keys = append(t.keys, k)
	}
	for j, k := range t.keys {
		if j != i && k.state(t.now, t.life) == KeyActive {
			t.keys[j].RetiredAt = begin
			t.touch(j)
		}
	}
	t.keys[i].ActiveAt = begin
	t.touch(i)
	t.successor = i
	return nil
}

// stay has those that were to sign until a moment to come sign on.
func (t *keyTurn) stay(until time.Time) {
	for j, k := range t.keys {
		if k.RetiredAt.Equal(until) && k.RetiredAt.After(t.now) {
			t.keys[j].RetiredAt = time.Time{}
			t.touch(j)
		}
	}
}

func (t *keyTurn) touch(i int) { t.touched = append(t.touched, i) }

// changed returns the keys that differ from what was read.
func (t *keyTurn) changed() []WrappedKey {
	var out []WrappedKey
	for i, k := range t.keys {
		if slices.Contains(t.touched, i) {
			out = append(out, k)
		}
	}
	return out
}
