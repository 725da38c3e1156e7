package auth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"time"

	"example.com/marquee/common/marquee"
)

const (
	deviceCodeLen     = 32 // bytes, 256 random bits
	deviceRequestLife = 10 * time.Minute
	deviceInterval    = 2 * time.Second
	// A user code is eight letters without vowels and look-alikes: 34.5 bits
	// (RFC 8628 section 6.1).
	userCodeLen      = 8
	userCodeAlphabet = "BCDFGHJKLMNPQRSTVWXZ"
)

// DeviceRequest is a client that asks to be let in by a session elsewhere.
type DeviceRequest struct {
	DeviceHash []byte // SHA-256 of the device code
	UserHash   []byte // of the user code, keyed: it has few bits
	Number     int    // 10 to 99, shown on both sides
	Origin     marquee.Origin
	AskedAt    time.Time
	ExpiresAt  time.Time
	// Answer is one of the marquee.Device* constants; the rest is its giver's.
	Answer   string
	UserID   string
	Session  string    // in which it was answered
	Verified []byte    // names the password hash at that moment, see verifiedHash
	AuthTime time.Time // of the session that approved
	// TooSoon says that the question came before its time.
	TooSoon bool
}

// DeviceRequests is the store of clients that ask.
type DeviceRequests interface {
	// CreateDeviceRequest keeps a request for that long.
	CreateDeviceRequest(ctx context.Context, d DeviceRequest, life, interval time.Duration) error
	// DeviceRequestByUserCode returns the live one that nobody has answered;
	// CodeNotFound without one.
	DeviceRequestByUserCode(ctx context.Context, hashes [][]byte) (DeviceRequest, error)
	// AnswerDeviceRequest answers it, once, and records e in the same
	// transaction; false if it is answered or over.
	AnswerDeviceRequest(ctx context.Context, d DeviceRequest, e Event) (bool, error)
	// PollDeviceRequest returns the request of a device code, over or not, with
	// the store's time, and notes the question. One that came before its time
	// makes the interval five seconds longer (RFC 8628 section 3.5).
	PollDeviceRequest(ctx context.Context, hash []byte) (DeviceRequest, time.Time, error)
	// PeekDeviceRequest is the same and notes nothing.
	PeekDeviceRequest(ctx context.Context, hash []byte) (DeviceRequest, time.Time, error)
}

// AskDevice begins a sign-in that another session approves (RFC 8628 section
// 3.1). The addresses to go to are the caller's to fill in.
// CodeTooManyRequests.
func (s *Service) AskDevice(ctx context.Context, o marquee.Origin) (marquee.DeviceAuthorization, error) {
	o = cleanOrigin(o)
	if err := s.guard.count(ctx, s.guard.limits.AskDevice, "ask-device", networkOf(o)); err != nil {
		return marquee.DeviceAuthorization{}, err
	}
	value := make([]byte, deviceCodeLen)
	rand.Read(value) // never fails (crypto/rand)
	code, userCode, number := base64.RawURLEncoding.EncodeToString(value), newUserCode(), 10+randomBelow(90)
	err := s.accounts.CreateDeviceRequest(ctx, DeviceRequest{
		DeviceHash: deviceHash(code), UserHash: s.masters.present.userCodeHash(userCode), Number: number, Origin: o,
	}, deviceRequestLife, deviceInterval)
	if err != nil {
		return marquee.DeviceAuthorization{}, away("keep a device request", err)
	}
	return marquee.DeviceAuthorization{
		DeviceCode: code, UserCode: spokenUserCode(userCode), Number: fmt.Sprint(number),
		ExpiresIn: int(deviceRequestLife / time.Second), Interval: int(deviceInterval / time.Second),
	}, nil
}

func newUserCode() string {
	var b strings.Builder
	for range userCodeLen {
		b.WriteByte(userCodeAlphabet[randomBelow(len(userCodeAlphabet))])
	}
	return b.String()
}

func randomBelow(n int) int {
	v, err := rand.Int(rand.Reader, big.NewInt(int64(n)))
	if err != nil {
		panic(err) // never fails (crypto/rand)
	}
	return int(v.Int64())
}

// spokenUserCode sets a code in two groups.
func spokenUserCode(code string) string { return code[:userCodeLen/2] + "-" + code[userCodeLen/2:] }

// typedUserCode is a code without what people put between and around its
// letters; "" if it is none.
func typedUserCode(code string) string {
	code = strings.ToUpper(strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' || r == '\t' || r == '\u00a0' || r == '\n' || r == '\r' {
			return -1
		}
		return r
	}, code))
	if len(code) != userCodeLen || strings.Trim(code, userCodeAlphabet) != "" {
		return ""
	}
	return code
}

func deviceHash(code string) []byte {
	h := sha256.Sum256([]byte(code))
	return h[:]
}

func (m *masterKey) userCodeHash(code string) []byte {
	mac := hmac.New(sha256.New, m.userCode)
	mac.Write([]byte(code))
	return mac.Sum(nil)
}
