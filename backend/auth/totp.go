package auth

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"net/url"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
)

// One-time codes as every authenticator app makes them (RFC 6238 with the
// defaults of its section 4): HMAC-SHA-1, six digits, 30 seconds.
const (
	totpSecretLen = 20 // bytes; as long as the digest (RFC 4226 section 4, R6)
	totpPeriod    = 30 * time.Second
	totpDigits    = otp.DigitsSix
	// totpSkew is how many steps a clock may be behind or ahead (RFC 6238
	// section 5.2 asks for one at most).
	totpSkew = 1
)

// totpSecret is the secret that an authenticator app shares with us.
type totpSecret []byte

func newTOTPSecret() totpSecret {
	secret := make(totpSecret, totpSecretLen)
	rand.Read(secret) // never fails (crypto/rand)
	return secret
}

// String is the secret as people type it into an app.
func (k totpSecret) String() string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(k)
}

// uri is what a QR code carries: otpauth://totp/issuer:account?secret=... What
// every app takes for granted (SHA-1, six digits, 30 seconds) is left out: the
// code then fits into a terminal of 24 lines.
func (k totpSecret) uri(issuer, account string) (string, error) {
	key, err := totp.Generate(totp.GenerateOpts{
		Issuer: issuer, AccountName: account, Secret: k,
		Period: uint(totpPeriod / time.Second), Digits: totpDigits, Algorithm: otp.AlgorithmSHA1,
	})
	if err != nil {
		return "", err
	}
	u, err := url.Parse(key.URL())
	if err != nil {
		return "", err
	}
	q := u.Query()
	for _, usual := range []string{"algorithm", "digits", "period"} {
		q.Del(usual)
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// stepOf returns the time step whose code this is, at most totpSkew steps from
// now. Each is computed and compared whatever the others say.
func (k totpSecret) stepOf(code string, now time.Time) (step int64, ok bool) {
	present := now.Unix() / int64(totpPeriod/time.Second)
	for s := present - totpSkew; s <= present+totpSkew; s++ {
		want, err := hotp.GenerateCodeCustom(k.String(), uint64(s),
			hotp.ValidateOpts{Digits: totpDigits, Algorithm: otp.AlgorithmSHA1})
		if err == nil && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok
}

var errFactorSealed = errors.New("a second factor was sealed under another master secret; " +
	"start with that one as the previous secret, or take the factor away with user mfa-off")

// seal encrypts a secret with AES-256-GCM under a key derived from the master
// secret. The account is bound to it: moved to another row it does not open.
func (k totpSecret) seal(m *masterKey, userID string) []byte {
	return m.factor.Seal(nil, nil, k, []byte(userID))
}

// openTOTPSecret decrypts what seal made, under the present master secret or
// the previous one, and reports whether it must be sealed anew.
func openTOTPSecret(masters masterKeys, userID string, sealed []byte) (k totpSecret, stale bool, err error) {
	for i, m := range masters.all() {
		k, err := m.factor.Open(nil, nil, sealed, []byte(userID))
		if err == nil && len(k) == totpSecretLen {
			return k, i > 0, nil
		}
	}
	return nil, false, errFactorSealed
}
