// Package gateway is how an SSH server speaks for its visitors: it signs for
// the backend which key proved itself and from where somebody comes (RFC 7523).
// It knows no accounts and calls nobody.
package gateway

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/charmbracelet/keygen"
	"github.com/golang-jwt/jwt/v5"
)

// KeyName is the file of the private key, 0600; that of the public key is
// beside it with .pub.
const KeyName = "gateway_ed25519"

// life is how long what is signed is good: the most that a backend takes.
const life = 60 * time.Second

// The types of what is signed.
const (
	keyType  = "gateway-key+jwt"  // that a key proved itself
	peerType = "gateway-peer+jwt" // whose request is passed on
)

var errKind = errors.New("not an Ed25519 key")

// Key is the key by which a backend knows an SSH server. It is not the host
// key: who answers for a host need not be believed about its visitors.
type Key struct {
	private ed25519.PrivateKey
	id      string // RFC 7638 thumbprint
	line    string
}

// Make returns the key of a directory, and makes the pair when there is none.
func Make(dir string) (*Key, error) {
	path := filepath.Join(dir, KeyName)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		// The public half of a key that is gone is in the way of the next.
		if err := os.Remove(path + ".pub"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("gateway key: %w", err)
		}
	}
	return load(path, keygen.WithKeyType(keygen.Ed25519), keygen.WithWrite())
}

// Open returns the key of a directory; fs.ErrNotExist where there is none.
func Open(dir string) (*Key, error) {
	path := filepath.Join(dir, KeyName)
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("gateway key: %w", err)
	}
	return load(path)
}

func load(path string, how ...keygen.Option) (*Key, error) {
	pair, err := keygen.New(path, how...)
	if err != nil {
		return nil, fmt.Errorf("gateway key %s: %w", path, err)
	}
	private, ok := pair.PrivateKey().(*ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("gateway key %s: %w", path, errKind)
	}
	k := &Key{private: *private, id: thumbprint(*private), line: pair.AuthorizedKey()}
	// The backend of the same directory trusts what lies there, which a crash
	// may have left out.
	if is, err := os.ReadFile(path + ".pub"); err != nil || !strings.HasPrefix(string(is), k.line) {
		if err := os.WriteFile(path+".pub", []byte(k.line+"\n"), 0o600); err != nil {
			return nil, fmt.Errorf("gateway key: %w", err)
		}
	}
	return k, nil
}

// Line is the public key as a line for SSH_GATEWAY_KEYS.
func (k *Key) Line() string { return k.line }

// Proved signs that the key of a fingerprint proved itself to a visitor at an
// IP address. audience is the origin of the backend. What it opens by it is
// for one command when brief is set. It is good once.
func (k *Key) Proved(audience, fingerprint, peer string, brief bool) (string, error) {
	return k.sign(keyType, audience, fingerprint, peer, brief)
}

// SpeaksFor signs on whose behalf a request is made.
func (k *Key) SpeaksFor(audience, peer string) (string, error) {
	return k.sign(peerType, audience, k.id, peer, false)
}

func (k *Key) sign(typ, audience, subject, peer string, brief bool) (string, error) {
	ip, err := netip.ParseAddr(peer)
	if err != nil {
		return "", fmt.Errorf("the visitor's address: %w", err)
	}
	now := time.Now()
	t := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims{
		"iss": k.id, "sub": subject, "aud": audience, "iat": now.Unix(), "exp": now.Add(life).Unix(),
		"jti": rand.Text(), "peer": ip.Unmap().WithZone("").String(), "brief": brief,
	})
	t.Header["typ"], t.Header["kid"] = typ, k.id
	text, err := t.SignedString(k.private)
	if err != nil {
		return "", fmt.Errorf("sign for a visitor: %w", err)
	}
	return text, nil
}

// thumbprint names a key by RFC 7638 and RFC 8037 appendix A.3.
func thumbprint(private ed25519.PrivateKey) string {
	x := base64.RawURLEncoding.EncodeToString(private.Public().(ed25519.PublicKey))
	sum := sha256.Sum256([]byte(`{"crv":"Ed25519","kty":"OKP","x":"` + x + `"}`))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
