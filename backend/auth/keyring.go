package auth

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"example.com/marquee/common/marquee"
)

const (
	// keyPause is how often each process asks SQL whether the keys are still
	// those it knows. It bounds how long a withdrawn key is believed.
	keyPause = 500 * time.Millisecond
	// keyLookPause is the least time between two looks into SQL for a key that
	// is not known here, so that invented ids cost next to nothing.
	keyLookPause   = 100 * time.Millisecond
	keyReadTimeout = 2 * time.Second
)

var (
	errUnknownKey = errors.New("no key of that id")
	errUnreadKey  = errors.New("a key of that id cannot be opened here")
	errNoKey      = errors.New("no key to sign with")
)

// keyRing holds the keys for access tokens and keeps up with SQL.
type keyRing struct {
	store     SigningKeys
	masters   masterKeys
	algorithm string
	life      time.Duration // of an access token
	now       func() time.Time
	log       *slog.Logger

	set  atomic.Pointer[keySet]
	load sync.Mutex // one read of SQL at a time: an older one must not replace a newer

	mu     sync.Mutex
	next   *keyLook  // the look that has not begun yet; nil if none waits
	looked time.Time // when the last one began, by the monotonic clock
}

// keyLook is one look into SQL that any number of requests wait for.
type keyLook struct {
	done chan struct{} // closed when err is set
	err  error
}

// start loads the keys, makes one where none signs or will, and seals under
// the present master secret what the previous one had sealed. A key that is in
// use and cannot be opened is an error of one line.
func (r *keyRing) start(ctx context.Context) error {
	wrapped, version, err := r.store.SigningKeys(ctx)
	if err == nil && r.algorithm == AlgorithmEdDSA && !anySigns(wrapped, r.now(), r.life) {
		if err = r.store.ChangeSigningKeys(ctx, r.first); err == nil {
			wrapped, version, err = r.store.SigningKeys(ctx)
		}
	}
	if err != nil {
		return marquee.Wrap(marquee.ErrorCode(err), "load signing keys", err)
	}
	if err := r.reseal(ctx, wrapped); err != nil {
		return err
	}
	var broken []error
	set := makeKeySet(wrapped, version, r, func(err error) { broken = append(broken, err) })
	if len(broken) > 0 {
		return broken[0]
	}
	r.set.Store(set)
	return nil
}

// first makes a key unless another process just has.
func (r *keyRing) first(keys []WrappedKey, now time.Time) ([]WrappedKey, error) {
	if anySigns(keys, now, r.life) {
		return nil, nil
	}
	k, err := newSigningKey(r.masters.present, now, now)
	return []WrappedKey{k}, err
}

func anySigns(keys []WrappedKey, now time.Time, life time.Duration) bool {
	for _, k := range keys {
		if s := k.state(now, life); s == KeyActive || s == KeyNext {
			return true
		}
	}
	return false
}

func (r *keyRing) reseal(ctx context.Context, wrapped []WrappedKey) error {
	for _, w := range wrapped {
		private, stale, err := openKey(r.masters, w)
		if err != nil || !stale {
			continue // a key that does not open is refused in use, where it matters
		}
		if err := r.store.ResealSigningKey(ctx, w.ID, sealKey(r.masters.present, w.ID, private)); err != nil {
			return marquee.Wrap(marquee.ErrorCode(err), "reseal signing key", err)
		}
		r.log.InfoContext(ctx, "signing key sealed under the present master secret", "kid", w.ID)
	}
	return nil
}

// signing returns the key that signs now.
func (r *keyRing) signing() (accessKey, error) {
	k, ok := r.set.Load().signing(r.now())
	if !ok {
		return accessKey{}, marquee.Unavailable("sign an access token", errNoKey)
	}
	return k, nil
}

// find returns the key of a kid. One that is not known may have been added by
// another process a moment ago: what has the form of an id waits for a look
// into SQL. CodeUnavailable if that cannot be done or the key cannot be opened
// here, errUnknownKey if there is no such key, it was withdrawn, or its last
// token is over.
func (r *keyRing) find(ctx context.Context, kid string) (accessKey, error) {
	k, ok := r.set.Load().find(kid)
	if !ok && r.algorithm == AlgorithmEdDSA && len(kid) == 43 {
		if err := r.look(ctx); err != nil {
			return accessKey{}, err
		}
		set := r.set.Load()
		if set.unread[kid] {
			return accessKey{}, marquee.Unavailable("open a signing key", errUnreadKey)
		}
		k, ok = set.find(kid)
	}
	if !ok || k.over(r.now()) {
		return accessKey{}, errUnknownKey
	}
	return k, nil
}

// look waits for a look into SQL that begins after the call. Whoever comes
// before it begins shares it, and it begins a keyLookPause after the last one:
// so no key that is in SQL is missed, and any number of invented ids costs ten
// queries a second.
func (r *keyRing) look(ctx context.Context) error {
	r.mu.Lock()
	l := r.next
	if l == nil {
		l = &keyLook{done: make(chan struct{})}
		r.next = l
		time.AfterFunc(time.Until(r.looked.Add(keyLookPause)), func() { r.begin(l) })
	}
	r.mu.Unlock()
	select {
	case <-l.done:
		return l.err
	case <-ctx.Done():
		return marquee.Unavailable("look for a signing key", ctx.Err())
	}
}

func (r *keyRing) begin(l *keyLook) {
	r.mu.Lock()
	r.next, r.looked = nil, time.Now()
	r.mu.Unlock()
	// Not an asking request's context: its end would fail the others too.
	if l.err = r.follow(context.Background()); l.err != nil {
		l.err = marquee.Unavailable("look for a signing key", l.err)
	}
	close(l.done)
}

// follow asks SQL for the version of the keys and takes them if it is another.
func (r *keyRing) follow(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, keyReadTimeout)
	defer cancel()
	version, err := r.store.SigningKeysVersion(ctx)
	if err != nil || version == r.set.Load().version {
		return err
	}
	return r.reload(ctx)
}

// reload takes the keys of SQL. A key that cannot be opened keeps none of the
// other changes from taking effect, a withdrawal least of all.
func (r *keyRing) reload(ctx context.Context) error {
	r.load.Lock()
	defer r.load.Unlock()
	wrapped, version, err := r.store.SigningKeys(ctx)
	if err != nil {
		return err
	}
	set := makeKeySet(wrapped, version, r, func(err error) {
		r.log.ErrorContext(ctx, "a signing key is left out", "error", err)
	})
	r.set.Store(set)
	k, _ := set.signing(r.now())
	r.log.InfoContext(ctx, "signing keys changed", "keys", len(set.keys), "signing", k.id)
	return nil
}

// FollowKeys keeps up with the signing keys of SQL until ctx ends, so that a
// new one is known before it signs, and one that was withdrawn at whatever
// process is refused here within a second.
func (s *Service) FollowKeys(ctx context.Context) {
	if s.keys.algorithm != AlgorithmEdDSA {
		return
	}
	tick := time.NewTicker(keyPause)
	defer tick.Stop()
	for failing := false; ; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		err := s.keys.follow(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			s.log.WarnContext(ctx, "the signing keys cannot be followed: one that is withdrawn now stays good here", "error", err)
		}
		failing = err != nil
	}
}

// JWKS returns the public keys as a JWK set (RFC 7517), an empty one with
// HS256, and how long others may keep it: less than a key is published before
// it signs. It needs no store.
func (s *Service) JWKS() (keys []byte, maxAge time.Duration) {
	return s.keys.set.Load().jwks(s.now()), KeySetMaxAge
}
