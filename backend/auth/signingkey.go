package auth

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// The algorithms that access tokens can be signed with.
const (
	AlgorithmEdDSA = "EdDSA" // Ed25519 keys in SQL, wrapped (RFC 8037)
	AlgorithmHS256 = "HS256" // one key derived from the master secret, as the article signs
)

// accessKey signs and verifies access tokens. Its algorithm is a property of
// the key, never of a token.
type accessKey struct {
	id      string
	method  jwt.SigningMethod
	private any       // nil for a key that only verifies
	public  any       // for HS256 the same as private
	from    time.Time // it signs from then on
	retired time.Time // it signs until then; zero: no end is set
	until   time.Time // when the last token it signed is over; zero with retired
}

// signs reports whether it is the key's time to sign.
func (k accessKey) signs(now time.Time) bool {
	return !k.from.After(now) && (k.retired.IsZero() || now.Before(k.retired))
}

// over reports whether no token that the key signed can be good any more.
func (k accessKey) over(now time.Time) bool { return !k.until.IsZero() && !now.Before(k.until) }

// newSigningKey makes an Ed25519 key that signs from a moment on, in its
// wrapped form. Its id does not begin with a dash: an operator types it after
// a command, where that would make it a flag.
func newSigningKey(m *masterKey, now, from time.Time) (WrappedKey, error) {
	for {
		public, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return WrappedKey{}, err
		}
		id := thumbprint(public)
		if id[0] == '-' {
			continue
		}
		return WrappedKey{
			ID: id, Algorithm: AlgorithmEdDSA, Public: public,
			Sealed: sealKey(m, id, private), CreatedAt: now, ActiveAt: from,
		}, nil
	}
}

// sealedLen is the length of a sealed key: nonce, seed, tag.
const sealedLen = 12 + ed25519.SeedSize + 16

// sealKey wraps a private key with AES-256-GCM under a key derived from the
// master secret. The id is bound to it: a key that was moved to another row
// does not open.
func sealKey(m *masterKey, id string, private ed25519.PrivateKey) []byte {
	return m.wrap.Seal(nil, nil, private.Seed(), []byte(id))
}

// openKey unwraps a key with the present master secret or the previous one
// and reports whether it must be sealed anew under the present one.
func openKey(masters masterKeys, w WrappedKey) (private ed25519.PrivateKey, stale bool, err error) {
	switch {
	case w.Algorithm != AlgorithmEdDSA:
		return nil, false, fmt.Errorf("signing key %s is for the algorithm %q, which is not known here", w.ID, w.Algorithm)
	case len(w.Sealed) != sealedLen:
		return nil, false, fmt.Errorf("signing key %s is damaged: its sealed form has %d bytes and not %d", w.ID, len(w.Sealed), sealedLen)
	}
	for i, m := range masters.all() {
		seed, err := m.wrap.Open(nil, nil, w.Sealed, []byte(w.ID))
		if err != nil || len(seed) != ed25519.SeedSize {
			continue
		}
		private = ed25519.NewKeyFromSeed(seed)
		public := private.Public().(ed25519.PublicKey)
		if !public.Equal(ed25519.PublicKey(w.Public)) || thumbprint(public) != w.ID {
			return nil, false, fmt.Errorf("signing key %s is damaged: the public part is not its own", w.ID)
		}
		return private, i > 0, nil
	}
	return nil, false, fmt.Errorf("signing key %s was sealed under another SECRET_KEY, or is damaged; "+
		"start with that one as SECRET_KEY_PREVIOUS", w.ID)
}

// jwk is a public Ed25519 key (RFC 8037 section 2). It has no member for a
// private part.
type jwk struct {
	Curve     string `json:"crv"`
	Type      string `json:"kty"`
	X         string `json:"x"`
	ID        string `json:"kid,omitempty"`
	Use       string `json:"use,omitempty"`
	Algorithm string `json:"alg,omitempty"`
}

func newJWK(public ed25519.PublicKey) jwk {
	return jwk{Curve: "Ed25519", Type: "OKP", X: base64.RawURLEncoding.EncodeToString(public)}
}

// thumbprint is the id of a key (RFC 7638): the SHA-256 of its required
// members, sorted by name, without space.
func thumbprint(public ed25519.PublicKey) string {
	x := base64.RawURLEncoding.EncodeToString(public)
	sum := sha256.Sum256([]byte(`{"crv":"Ed25519","kty":"OKP","x":"` + x + `"}`))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
