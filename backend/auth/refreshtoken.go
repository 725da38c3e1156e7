package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// A refresh token is opaque to clients:
//
//	version . key . session . counter . secret . MAC
//
// The secret is made at sign-in and constant for the session, so that the
// successor of a token can be made again, identically, from the token and the
// counter that SQL holds. SQL knows the SHA-256 of the secret only; the MAC is
// HMAC-SHA256 under the key that the token names, over everything before it.
// A leak of SQL or of the key alone forges nothing.
const (
	refreshVersion   = "m1"
	refreshSecretLen = 16 // bytes, 128 random bits
	refreshMaxLen    = 160
)

var errRefreshToken = errors.New("not a refresh token of ours")

// refreshToken is what a refresh token says.
type refreshToken struct {
	sessionID string
	counter   int64
	secret    [refreshSecretLen]byte
}

// newRefreshSecret returns the 128 random bits of a new session.
func newRefreshSecret() (secret [refreshSecretLen]byte) {
	rand.Read(secret[:]) // never fails (crypto/rand)
	return secret
}

// secretHash is what SQL keeps of the secret. Without stretching: it has 128
// random bits.
func (t refreshToken) secretHash() []byte {
	h := sha256.Sum256(t.secret[:])
	return h[:]
}

// sign writes the token with the MAC of key.
func (t refreshToken) sign(key *masterKey) string {
	body := strings.Join([]string{
		refreshVersion, key.refreshID, t.sessionID,
		strconv.FormatInt(t.counter, 10),
		base64.RawURLEncoding.EncodeToString(t.secret[:]),
	}, ".")
	return body + "." + base64.RawURLEncoding.EncodeToString(refreshMAC(key, body))
}

func refreshMAC(key *masterKey, body string) []byte {
	mac := hmac.New(sha256.New, key.refresh)
	mac.Write([]byte(body))
	return mac.Sum(nil)
}

// parseRefreshToken returns what an authentic token says. There is one
// spelling of every token: whatever is accepted is, byte for byte, what sign
// wrote.
func parseRefreshToken(text string, keys masterKeys) (refreshToken, error) {
	var t refreshToken
	if len(text) > refreshMaxLen {
		return t, errRefreshToken
	}
	parts := strings.Split(text, ".")
	if len(parts) != 6 || parts[0] != refreshVersion {
		return t, errRefreshToken
	}
	key := refreshKey(keys, parts[1])
	if key == nil {
		return t, errRefreshToken
	}
	mac, err := base64.RawURLEncoding.Strict().DecodeString(parts[5])
	if err != nil {
		return t, errRefreshToken
	}
	body := text[:strings.LastIndexByte(text, '.')]
	if !hmac.Equal(mac, refreshMAC(key, body)) {
		return t, errRefreshToken
	}
	// Authentic from here on: what follows can only fail for a token of
	// another build, and for MACs that a leaked key made.
	id, err := uuid.Parse(parts[2])
	if err != nil {
		return t, errRefreshToken
	}
	counter, err := strconv.ParseInt(parts[3], 10, 64)
	if err != nil || counter < 1 {
		return t, errRefreshToken
	}
	secret, err := base64.RawURLEncoding.Strict().DecodeString(parts[4])
	if err != nil || len(secret) != refreshSecretLen {
		return t, errRefreshToken
	}
	t = refreshToken{sessionID: id.String(), counter: counter, secret: [refreshSecretLen]byte(secret)}
	if t.sign(key) != text {
		return refreshToken{}, errRefreshToken
	}
	return t, nil
}

func refreshKey(keys masterKeys, id string) *masterKey {
	for _, k := range keys.all() {
		if k.refreshID == id {
			return k
		}
	}
	return nil
}
