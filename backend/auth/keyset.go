package auth

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"example.com/marquee/common/marquee"
	"github.com/golang-jwt/jwt/v5"
)

// keyReloadPause is the least time between two looks into SQL for a key that
// is not known here, so that invented kids cost no queries.
const (
	keyReloadPause   = time.Second
	keyReloadTimeout = 2 * time.Second
)

var errUnknownKey = errors.New("no key of that id")

// keySet is the keys at one moment; it is never changed, only replaced.
type keySet struct {
	byID    map[string]accessKey
	signing accessKey
	jwks    []byte
}

// keyRing holds the keys for access tokens and keeps up with SQL.
type keyRing struct {
	store     SigningKeys
	masters   masterKeys
	algorithm string
	life      time.Duration // of an access token
	now       func() time.Time
	log       *slog.Logger

	set atomic.Pointer[keySet]

	mu       sync.Mutex // one reload at a time
	lastTry  time.Time
	lastFail error
}

// start loads the keys, makes the first one where there is none, and seals
// under the present master secret what the previous one had sealed.
func (r *keyRing) start(ctx context.Context) error {
	wrapped, err := r.store.SigningKeys(ctx)
	if err != nil {
		return marquee.Wrap(marquee.ErrorCode(err), "load signing keys", err)
	}
	if len(wrapped) == 0 && r.algorithm == AlgorithmEdDSA {
		first, err := newSigningKey(r.masters.present, r.now())
		if err != nil {
			return marquee.Wrap(marquee.CodeInternal, "make a signing key", err)
		}
		if wrapped, err = r.store.AddFirstSigningKey(ctx, first); err != nil {
			return marquee.Wrap(marquee.ErrorCode(err), "keep the first signing key", err)
		}
	}
	if err := r.reseal(ctx, wrapped); err != nil {
		return err
	}
	return r.use(wrapped)
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
		r.log.Info("signing key sealed under the present master secret", "kid", w.ID)
	}
	return nil
}

// use makes the set of what SQL holds. HS256 takes no key of SQL, and EdDSA
// none of the master secret: a key of the other algorithm is unknown.
func (r *keyRing) use(wrapped []WrappedKey) error {
	set := &keySet{byID: map[string]accessKey{}}
	public := []jwk{}
	if r.algorithm == AlgorithmHS256 {
		for i, m := range r.masters.all() {
			k := accessKey{id: m.hs256ID, method: jwt.SigningMethodHS256, private: m.hs256, public: m.hs256}
			set.byID[k.id] = k
			if i == 0 {
				set.signing = k
			}
		}
		wrapped = nil
	}
	for _, w := range wrapped { // oldest first: the newest in use signs
		private, _, err := openKey(r.masters, w)
		if err != nil {
			return marquee.Wrap(marquee.CodeInternal, "open signing key", err)
		}
		k := accessKey{id: w.ID, method: jwt.SigningMethodEdDSA, private: private, public: private.Public()}
		if w.RetiredAt.IsZero() {
			set.signing = k
		} else {
			k.until = w.RetiredAt.Add(r.life + clockLeeway)
		}
		set.byID[k.id] = k
		j := newJWK(private.Public().(ed25519.PublicKey))
		j.ID, j.Use, j.Algorithm = w.ID, "sig", AlgorithmEdDSA
		if k.until.IsZero() || r.now().Before(k.until) {
			public = append(public, j)
		}
	}
	if set.signing.id == "" {
		return marquee.Wrap(marquee.CodeInternal, "load signing keys", errors.New("every signing key is retired"))
	}
	var err error
	if set.jwks, err = json.Marshal(map[string][]jwk{"keys": public}); err != nil {
		return marquee.Wrap(marquee.CodeInternal, "write the key set", err)
	}
	r.set.Store(set)
	return nil
}

// signing returns the key that signs now.
func (r *keyRing) signing() accessKey { return r.set.Load().signing }

// find returns the key of a kid. One that is not known may have been added by
// another process: SQL is asked again, at most once a keyReloadPause, and only
// for what has the form of an id. CodeUnavailable if it cannot be asked,
// errUnknownKey if there is no such key or its last token is over.
func (r *keyRing) find(ctx context.Context, kid string) (accessKey, error) {
	k, ok := r.set.Load().byID[kid]
	if !ok && r.algorithm == AlgorithmEdDSA && len(kid) == 43 {
		if err := r.reload(ctx); err != nil {
			return accessKey{}, err
		}
		k, ok = r.set.Load().byID[kid]
	}
	if !ok || !k.until.IsZero() && !r.now().Before(k.until) {
		return accessKey{}, errUnknownKey
	}
	return k, nil
}

func (r *keyRing) reload(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if since := r.now().Sub(r.lastTry); since >= 0 && since < keyReloadPause {
		return r.lastFail
	}
	r.lastTry = r.now()
	// Not the asking request's context: its end would fail the others too.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keyReloadTimeout)
	defer cancel()
	wrapped, err := r.store.SigningKeys(ctx)
	if err == nil {
		err = r.use(wrapped)
	}
	if err != nil {
		err = marquee.Unavailable("reload signing keys", err)
	}
	r.lastFail = err
	return err
}

// JWKS returns the public keys as a JWK set (RFC 7517), an empty one with
// HS256. It needs no store.
func (s *Service) JWKS() []byte { return s.keys.set.Load().jwks }
