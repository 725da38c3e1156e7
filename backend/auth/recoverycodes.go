package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"strings"
)

// Recovery codes stand in for a lost authenticator, each once: 60 random bits
// in three groups of four letters or digits, without those that look alike.
const (
	recoveryCodes    = 10
	recoveryLen      = 12
	recoveryGroup    = 4
	recoveryAlphabet = "0123456789abcdefghjkmnpqrstvwxyz" // Crockford's base 32
)

func newRecoveryCode() string {
	value := make([]byte, recoveryLen)
	rand.Read(value) // never fails (crypto/rand)
	var b strings.Builder
	for i, v := range value {
		if i > 0 && i%recoveryGroup == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(recoveryAlphabet[v%32]) // 256 is a multiple of 32: no bias
	}
	return b.String()
}

// newRecoveryCodes returns fresh codes and what SQL keeps of them.
func newRecoveryCodes(k totpSecret, userID string) (codes []string, hashes [][]byte) {
	for range recoveryCodes {
		code := newRecoveryCode()
		codes = append(codes, code)
		hashes = append(hashes, recoveryHash(k, userID, typedCode(code)))
	}
	return codes, hashes
}

// recoveryHash is what SQL keeps of a code. It is keyed by the secret of the
// factor that the code stands in for, which SQL holds sealed: without the
// master secret there is nothing to guess against, so that no slow hash is
// needed, and sealing the secret anew leaves the codes good.
func recoveryHash(k totpSecret, userID, code string) []byte {
	mac := hmac.New(sha256.New, k)
	mac.Write([]byte("marquee recovery code\x00" + userID + "\x00" + code))
	return mac.Sum(nil)
}

// typedCode is a code without what people put between and around its
// characters, and with look-alikes read as what they must be.
func typedCode(code string) string {
	code = strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-' || r == '\t' || r == '\n' || r == '\r' || r == '\u00a0':
			return -1
		case r == 'o' || r == 'O':
			return '0'
		case r == 'i' || r == 'I' || r == 'l' || r == 'L':
			return '1'
		}
		return r
	}, code)
	return strings.ToLower(code)
}
