package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"time"
)

// FamiliarFor is how long an address or a device stays familiar after a
// sign-in.
const FamiliarFor = 90 * 24 * time.Hour

// device is a client that somebody has signed in with before, as its token
// names it.
type device struct {
	id     [16]byte
	issued time.Time
}

// String names the device where tries are counted.
func (d device) String() string { return "device:" + hex.EncodeToString(d.id[:]) }

// deviceToken says of a device that its holder has signed in to the account.
// It has no power of its own: it only chooses the lane in which a sign-in is
// tried. It is opaque: id . time . MAC, and the MAC is over the account and
// its password hash as well, so that it is worth nothing for another account
// or after the password changed.
func (m *masterKey) deviceToken(d device, a Account) string {
	body := binary.BigEndian.AppendUint64(d.id[:], uint64(d.issued.Unix()))
	return base64.RawURLEncoding.EncodeToString(append(body, m.deviceMAC(body, a)...))
}

const (
	deviceBody = 16 + 8
	deviceLen  = deviceBody + sha256.Size
)

func (m *masterKey) deviceMAC(body []byte, a Account) []byte {
	account, password := sha256.Sum256([]byte(a.ID)), sha256.Sum256([]byte(a.PasswordHash))
	mac := hmac.New(sha256.New, m.device)
	mac.Write(account[:])
	mac.Write(password[:])
	mac.Write(body)
	return mac.Sum(nil)
}

// deviceOf reads a device token of the account; whatever is not one, or too
// old, is no device. The work is the same for an account that nobody has.
func (k masterKeys) deviceOf(token string, a Account, now time.Time) (d device, ok bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != deviceLen {
		return device{}, false
	}
	body, mac := raw[:deviceBody], raw[deviceBody:]
	for _, m := range k.all() {
		ok = hmac.Equal(mac, m.deviceMAC(body, a)) || ok
	}
	copy(d.id[:], body)
	d.issued = time.Unix(int64(binary.BigEndian.Uint64(body[16:])), 0)
	age := now.Sub(d.issued)
	return d, ok && a.ID != "" && age < FamiliarFor && age > -FamiliarFor
}

// newDevice names a device that signs in for the first time.
func newDevice() (d device) {
	rand.Read(d.id[:]) // never fails (crypto/rand)
	return d
}
