package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"unicode"
)

// MasterMin is the least length of a master secret in bytes: as long as the
// digest it keys (RFC 7518 section 3.2).
const MasterMin = 32

// What a key is derived for. Purposes of other parts come in through
// DeriveKey and live under their own prefix, so that no part can name one of
// these.
const (
	purposePart      = "part/"
	purposeRefresh   = "auth/refresh-token"
	purposeRefreshID = "auth/refresh-token-key-id"
	purposeWrap      = "auth/signing-key-wrap"
	purposeFactor    = "auth/second-factor"
	purposeHS256     = "auth/access-token-hs256"
	purposeHS256ID   = "auth/access-token-hs256-key-id"
	purposeDevice    = "auth/device-token"
	purposePlace     = "auth/familiar-place"
	purposeChallenge = "auth/challenge"
	purposeUserCode  = "auth/user-code"
)

// masterKey is what one master secret gives: every key of the service, each
// by HKDF-SHA256 (RFC 5869) with its purpose as the info.
type masterKey struct {
	secret    []byte
	refreshID string // how a refresh token names the key of its MAC
	refresh   []byte
	wrap      cipher.AEAD // of signing keys
	factor    cipher.AEAD // of the secrets of second factors
	hs256ID   string
	hs256     []byte
	device    []byte
	place     []byte
	userCode  []byte // of the codes that devices show
	challenge []byte // of nonces that SSH keys sign
}

// newMasterKey derives the keys of a secret; it refuses one that is too short
// or that others know.
func newMasterKey(secret []byte) (*masterKey, error) {
	if err := CheckMaster(secret); err != nil {
		return nil, err
	}
	m := &masterKey{secret: secret}
	var err error
	if m.wrap, err = newAEAD(m.derive(purposeWrap, 32)); err != nil {
		return nil, err
	}
	if m.factor, err = newAEAD(m.derive(purposeFactor, 32)); err != nil {
		return nil, err
	}
	m.refreshID = base64.RawURLEncoding.EncodeToString(m.derive(purposeRefreshID, 6))
	m.refresh = m.derive(purposeRefresh, 32)
	m.hs256ID = base64.RawURLEncoding.EncodeToString(m.derive(purposeHS256ID, 32))
	m.hs256 = m.derive(purposeHS256, 32)
	m.device = m.derive(purposeDevice, 32)
	m.place = m.derive(purposePlace, 32)
	m.userCode = m.derive(purposeUserCode, 32)
	m.challenge = m.derive(purposeChallenge, 32)
	return m, nil
}

// newAEAD returns AES-256-GCM that makes its own nonces.
func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

func (m *masterKey) derive(purpose string, length int) []byte {
	key, err := hkdf.Key(sha256.New, m.secret, nil, "marquee/1/"+purpose, length)
	if err != nil {
		// Only a length above 255 digests fails; every length here is a constant.
		panic(err)
	}
	return key
}

// Why a master secret is refused.
var (
	ErrShortMaster = errors.New("the master secret is shorter than 32 bytes")
	ErrKnownMaster = errors.New("the master secret is a well-known value, or one piece over and over")
)

// CheckMaster refuses a master secret that is shorter than MasterMin
// (ErrShortMaster), and one that stands in somebody's documentation or hardly
// has different bytes (ErrKnownMaster): whoever knows it signs as anybody.
func CheckMaster(secret []byte) error {
	switch {
	case wellKnown(secret):
		return ErrKnownMaster
	case len(secret) < MasterMin:
		return ErrShortMaster
	case repeats(secret), distinct(secret) < 8:
		return ErrKnownMaster
	}
	return nil
}

// repeats reports whether s is a piece of at most 16 bytes, again and again.
func repeats(s []byte) bool {
	for period := 1; period <= 16; period++ {
		same := true
		for i := period; i < len(s) && same; i++ {
			same = s[i] == s[i-period]
		}
		if same {
			return true
		}
	}
	return false
}

// distinct counts the different bytes of s.
func distinct(s []byte) int {
	seen := map[byte]bool{}
	for _, b := range s {
		seen[b] = true
	}
	return len(seen)
}

// wellKnown knows the values that documentation and examples carry, and the
// words that every placeholder has and no random secret.
func wellKnown(secret []byte) bool {
	switch strings.ToLower(strings.TrimSpace(string(secret))) {
	case "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7", // FastAPI's tutorial
		"a-string-secret-at-least-256-bits-long",                           // jwt.io
		"404e635266556a586e3272357538782f413f4428472b4b6250645367566b5970", // a much copied Spring example
		"abcdefghijklmnopqrstuvwxyz123456", "abcdefghijklmnopqrstuvwxyz012345", "abcdefghijklmnopqrstuvwxyz0123456789":
		return true
	}
	letters := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, string(secret))
	return slices.ContainsFunc([]string{
		"yoursecret", // the article's code and compose file both start so
		"secretkeyhere", "changeme", "changethis", "changeit", "replaceme", "replacethis",
		"placeholder", "insecure", "supersecret", "mysecret", "verysecret", "secretsecret", "defaultsecret", "examplesecret",
		"yourbitsecret", "keepitsecret", "jwtsecret", "donotuse", "examplekey", "passwordpassword",
	}, func(word string) bool { return strings.Contains(letters, word) })
}

// masterKeys are the present master secret, which makes everything new, and
// the one before, which is still good for what it made. To change the secret
// of several processes one after another, first give every one the new secret
// as the previous one, then swap the two: at no time does a process meet
// something that it cannot read.
type masterKeys struct {
	present  *masterKey
	previous *masterKey // nil without
}

func newMasterKeys(present, previous []byte) (masterKeys, error) {
	var k masterKeys
	var err error
	if k.present, err = newMasterKey(present); err != nil {
		return k, err
	}
	if len(previous) > 0 {
		if k.previous, err = newMasterKey(previous); err != nil {
			return k, errors.New("previous: " + err.Error())
		}
	}
	return k, nil
}

// all returns the keys, the present one first.
func (k masterKeys) all() []*masterKey {
	if k.previous == nil {
		return []*masterKey{k.present}
	}
	return []*masterKey{k.present, k.previous}
}

// DeriveKey returns the 32-byte key that another part of the service, such as
// the one that signs cursors, uses for purpose.
func (s *Service) DeriveKey(purpose string) []byte {
	return s.masters.present.derive(purposePart+purpose, 32)
}

// DerivePreviousKey is DeriveKey under the previous master secret, for
// checking what that one made; nil when there is none.
func (s *Service) DerivePreviousKey(purpose string) []byte {
	if s.masters.previous == nil {
		return nil
	}
	return s.masters.previous.derive(purposePart+purpose, 32)
}
