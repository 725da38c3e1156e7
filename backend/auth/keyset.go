package auth

import (
	"crypto/ed25519"
	"encoding/json"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// KeySetMaxAge is how long others may keep the key set that JWKS returns.
const KeySetMaxAge = 5 * time.Minute

// keyOverlap is how long a new key is published before it signs: longer than
// anybody keeps a key set without it, by clocks that differ, with room for
// processes that learn of it late because SQL was away.
const keyOverlap = 2 * KeySetMaxAge

// keySet is the keys at one moment; it is never changed, only replaced.
type keySet struct {
	version string
	keys    []accessKey     // by when they begin to sign
	unread  map[string]bool // ids of those that could not be opened
}

// makeKeySet makes the set of what SQL holds. HS256 takes no key of SQL, and
// EdDSA none of the master secret: a key of the other algorithm is unknown.
// Keys whose last token is over, and withdrawn ones, are left out. What cannot
// be opened is told to broken and remembered: its tokens can be judged by
// other processes, so they are not refused for good here.
func makeKeySet(wrapped []WrappedKey, version string, r *keyRing, broken func(error)) *keySet {
	set := &keySet{version: version, unread: map[string]bool{}}
	if r.algorithm == AlgorithmHS256 {
		for _, m := range r.masters.all() { // the present one first, and it signs
			k := accessKey{id: m.hs256ID, method: jwt.SigningMethodHS256, private: m.hs256, public: m.hs256}
			set.keys = slices.Insert(set.keys, 0, k)
		}
		return set
	}
	now := r.now()
	for _, w := range wrapped {
		if state := w.state(now, r.life); state == KeyExpired || state == KeyWithdrawn {
			continue
		}
		private, _, err := openKey(r.masters, w)
		if err != nil {
			broken(err)
			set.unread[w.ID] = true
			continue
		}
		set.keys = append(set.keys, accessKey{
			id: w.ID, method: jwt.SigningMethodEdDSA, private: private, public: private.Public(),
			from: w.ActiveAt, retired: w.RetiredAt, until: w.lastToken(r.life),
		})
	}
	slices.SortStableFunc(set.keys, func(a, b accessKey) int { return a.from.Compare(b.from) })
	return set
}

// signing returns the key that signs now: the last one that has begun. By the
// clock of this process, or without the keys that could not be opened, there
// may be none: then the last that had its time, else the first to come.
func (s *keySet) signing(now time.Time) (accessKey, bool) {
	for _, k := range slices.Backward(s.keys) {
		if k.signs(now) {
			return k, true
		}
	}
	for _, k := range slices.Backward(s.keys) {
		if !k.from.After(now) && !k.over(now) {
			return k, true
		}
	}
	for _, k := range s.keys {
		if k.from.After(now) {
			return k, true
		}
	}
	return accessKey{}, false
}

func (s *keySet) find(kid string) (accessKey, bool) {
	for _, k := range s.keys {
		if k.id == kid {
			return k, true
		}
	}
	return accessKey{}, false
}

// jwks writes the public keys as a JWK set (RFC 7517 section 5): those to
// come, the one that signs and those whose tokens still live.
func (s *keySet) jwks(now time.Time) []byte {
	public := []jwk{}
	for _, k := range s.keys {
		key, ok := k.public.(ed25519.PublicKey)
		if !ok || k.over(now) {
			continue
		}
		j := newJWK(key)
		j.ID, j.Use, j.Algorithm = k.id, "sig", AlgorithmEdDSA
		public = append(public, j)
	}
	text, _ := json.Marshal(map[string][]jwk{"keys": public}) // text only: cannot fail
	return text
}
