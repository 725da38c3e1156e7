package auth

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"example.com/marquee/common/marquee"
	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/bcrypt"
)

// HashCost is what an argon2id hash of a password costs (RFC 9106).
type HashCost struct {
	Memory  uint32 // KiB, 8 for each thread to 65536
	Passes  uint32 // 1 to 10
	Threads uint8  // 1 to 4
}

// DefaultHashCost is the first choice of the OWASP password storage cheat
// sheet.
func DefaultHashCost() HashCost { return HashCost{Memory: 19456, Passes: 2, Threads: 1} }

// allowed reports whether a hash may cost that: a row that somebody else wrote
// must not make us take gigabytes, or hours.
func (c HashCost) allowed() bool {
	return c.Threads >= 1 && c.Threads <= maxThreads && c.Passes >= 1 && c.Passes <= maxPasses &&
		c.Memory >= 8*uint32(c.Threads) && c.Memory <= maxMemory
}

const (
	saltLen = 16
	tagLen  = 32

	maxMemory     = 64 << 10 // KiB
	maxPasses     = 10
	maxThreads    = 4
	maxBcryptCost = 14
	// bcryptMax is how many bytes of a password bcrypt looks at.
	bcryptMax = 72
)

// argonHash is an argon2id hash.
type argonHash struct {
	cost      HashCost
	salt, tag []byte
}

// hashPassword hashes a password as it is typed.
func hashPassword(password string, cost HashCost) string {
	h := argonHash{cost: cost, salt: make([]byte, saltLen)}
	rand.Read(h.salt) // never fails (crypto/rand)
	h.tag = h.compute(password, tagLen)
	return h.String()
}

// dummyHash is a hash that no password has, as costly to check as a real one.
func dummyHash(cost HashCost) string {
	h := argonHash{cost: cost, salt: make([]byte, saltLen), tag: make([]byte, tagLen)}
	rand.Read(h.salt)
	rand.Read(h.tag)
	return h.String()
}

// compute hashes the password in NFC, so that it does not matter whether the
// keyboard sent one character or a letter and its accent.
func (h argonHash) compute(password string, length uint32) []byte {
	return argon2.IDKey([]byte(marquee.NormalPassword(password)), h.salt,
		h.cost.Passes, h.cost.Memory, h.cost.Threads, length)
}

// String is the PHC form: $argon2id$v=19$m=19456,t=2,p=1$salt$tag.
func (h argonHash) String() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.cost.Memory, h.cost.Passes, h.cost.Threads,
		base64.RawStdEncoding.EncodeToString(h.salt), base64.RawStdEncoding.EncodeToString(h.tag))
}

var errHash = errors.New("not a password hash we can check")

// parseArgonHash reads the PHC form within the bounds; nothing is allocated
// by what it says before they are checked.
func parseArgonHash(s string) (argonHash, error) {
	var h argonHash
	parts := strings.Split(s, "$")
	if len(s) > 256 || len(parts) != 6 {
		return h, errHash
	}
	c := &h.cost
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.Memory, &c.Passes, &c.Threads); err != nil {
		return h, errHash
	}
	var err error
	if h.salt, err = base64.RawStdEncoding.Strict().DecodeString(parts[4]); err != nil {
		return h, errHash
	}
	if h.tag, err = base64.RawStdEncoding.Strict().DecodeString(parts[5]); err != nil {
		return h, errHash
	}
	within := c.allowed() && len(h.salt) >= 8 && len(h.salt) <= 64 && len(h.tag) >= 16 && len(h.tag) <= 64
	if !within || h.String() != s {
		return h, errHash
	}
	return h, nil
}

// checkPassword reports whether the password has the stored hash, and whether
// that hash should be replaced by one of the present cost. errHash if it is none.
func checkPassword(stored, password string, present HashCost) (ok, stale bool, err error) {
	if strings.HasPrefix(stored, "$2") {
		ok, err := checkBcrypt(stored, password)
		return ok, true, err
	}
	h, err := parseArgonHash(stored)
	if err != nil {
		return false, false, err
	}
	tag := h.compute(password, uint32(len(h.tag)))
	ok = subtle.ConstantTimeCompare(tag, h.tag) == 1
	return ok, h.cost != present || len(h.tag) != tagLen || len(h.salt) != saltLen, nil
}

// checkBcrypt checks against a hash of the article's database. That hashed
// what was typed, without NFC, so both forms are tried where they differ.
// bcrypt looks at 72 bytes only: for a longer password it cannot tell the
// right one from one that merely begins alike, so it matches none.
func checkBcrypt(stored, password string) (bool, error) {
	cost, err := bcrypt.Cost([]byte(stored))
	if err != nil || cost > maxBcryptCost {
		return false, errHash
	}
	typed := []string{password}
	if normal := marquee.NormalPassword(password); normal != password {
		typed = append(typed, normal)
	}
	for _, p := range typed {
		if len(p) <= bcryptMax && bcrypt.CompareHashAndPassword([]byte(stored), []byte(p)) == nil {
			return true, nil
		}
	}
	return false, nil
}

// usableHash reports whether a hash of another system can be checked here.
func usableHash(stored string) bool {
	if strings.HasPrefix(stored, "$2") {
		cost, err := bcrypt.Cost([]byte(stored))
		return err == nil && cost <= maxBcryptCost && len(stored) == 60
	}
	_, err := parseArgonHash(stored)
	return err == nil
}
