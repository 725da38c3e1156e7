package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"

	"example.com/marquee/common/marquee"
)

// challengeLife is how long a nonce is good: a person has to touch a key, or
// type a passphrase.
const challengeLife = 60 * time.Second

// A nonce is version . time . random . MAC: nothing is kept of it until it is
// used, so that asking for any number of them writes nothing.
const (
	nonceVersion = 1
	nonceBody    = 1 + 8 + 16
	nonceLen     = nonceBody + sha256.Size
)

// Challenge makes a nonce that an SSH key may sign once. CodeTooManyRequests.
func (s *Service) Challenge(ctx context.Context, o marquee.Origin) (marquee.Challenge, error) {
	if err := s.guard.count(ctx, s.guard.limits.Challenge, "challenge", networkOf(o)); err != nil {
		return marquee.Challenge{}, err
	}
	body := binary.BigEndian.AppendUint64([]byte{nonceVersion}, uint64(s.now().Unix()))
	var random [16]byte
	rand.Read(random[:]) // never fails (crypto/rand)
	body = append(body, random[:]...)
	nonce := base64.RawURLEncoding.EncodeToString(append(body, s.masters.present.nonceMAC(body)...))
	return marquee.Challenge{Nonce: nonce, ExpiresIn: int(challengeLife / time.Second)}, nil
}

func (m *masterKey) nonceMAC(body []byte) []byte {
	mac := hmac.New(sha256.New, m.challenge)
	mac.Write(body)
	return mac.Sum(nil)
}

// readNonce reports whether a nonce is ours and when it is over.
func (s *Service) readNonce(nonce string) (until time.Time, ok bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(nonce)
	if err != nil || len(raw) != nonceLen || raw[0] != nonceVersion || base64.RawURLEncoding.EncodeToString(raw) != nonce {
		return time.Time{}, false
	}
	for _, m := range s.masters.all() {
		ok = hmac.Equal(raw[nonceBody:], m.nonceMAC(raw[:nonceBody])) || ok
	}
	made := time.Unix(int64(binary.BigEndian.Uint64(raw[1:])), 0)
	until = made.Add(challengeLife)
	now := s.now()
	return until, ok && now.Before(until) && !made.After(now.Add(clockLeeway))
}
