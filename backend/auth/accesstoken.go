package auth

import (
	"crypto/rand"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

// accessType is the type header of an access token (RFC 9068 section 2.1).
const accessType = "at+jwt"

var errClaims = errors.New("claims missing or of the wrong type")

// accessClaims is what an access token says. It implements jwt.Claims;
// readClaims reads it strictly: every member that we sign must be there, with
// its exact type.
type accessClaims struct {
	Issuer    string   `json:"iss"`
	Subject   string   `json:"sub"` // user id
	Audience  string   `json:"aud"` // one, never a list
	ExpiresAt int64    `json:"exp"` // seconds since 1970, as all times here (RFC 7519 section 2)
	IssuedAt  int64    `json:"iat"`
	ID        string   `json:"jti"` // 128 random bits: no two tokens are alike
	SessionID string   `json:"sid"`
	Counter   int64    `json:"ctr"` // of the refresh token it was made with
	AMR       []string `json:"amr"`
	AuthTime  int64    `json:"auth_time"` // 0: no password was given in this session
}

// newTokenID returns the jti of a new token.
func newTokenID() string { return rand.Text() }

// maxClaims bounds the members of an access token: ours, and those that later
// builds may add.
const maxClaims = 32

// sign writes the token with a signing key.
func (c accessClaims) sign(key accessKey) (string, error) {
	t := jwt.NewWithClaims(key.method, c)
	t.Header["typ"] = accessType
	t.Header["kid"] = key.id
	return t.SignedString(key.private)
}

// readClaims refuses whatever sign would not have written, members that a
// later build might add excepted.
func readClaims(text []byte) (accessClaims, error) {
	o, err := decodeObject(text, maxClaims)
	if err != nil {
		return accessClaims{}, err
	}
	r := claimReader{object: o}
	c := accessClaims{
		Issuer: r.text("iss"), Subject: r.uuid("sub"), Audience: r.text("aud"),
		ExpiresAt: r.integer("exp"), IssuedAt: r.integer("iat"),
		ID: r.text("jti"), SessionID: r.uuid("sid"), Counter: r.integer("ctr"),
		AMR: r.list("amr"), AuthTime: r.integer("auth_time"),
	}
	if r.wrong || c.Counter < 1 || c.IssuedAt < 1 || c.ExpiresAt <= c.IssuedAt {
		return accessClaims{}, errClaims
	}
	return c, nil
}

// claimReader takes claims out of a decoded object and remembers whether one
// was missing or mistyped.
type claimReader struct {
	object object
	wrong  bool
}

func (r *claimReader) text(name string) string {
	s, ok := r.object.text(name)
	r.wrong = r.wrong || !ok || s == ""
	return s
}

// uuid takes an id in its one canonical spelling, since it becomes part of
// keys and queries.
func (r *claimReader) uuid(name string) string {
	s := r.text(name)
	r.wrong = r.wrong || !validID(s)
	return s
}

// integer takes a whole number from 0 that survives a float64 (RFC 7519
// allows fractions and exponents; we sign neither).
func (r *claimReader) integer(name string) int64 {
	number, ok := r.object.number(name)
	n, err := strconv.ParseUint(number, 10, 64) // no sign, and JSON has no leading zeros
	r.wrong = r.wrong || !ok || err != nil || n > 1<<53
	return int64(n)
}

func (r *claimReader) list(name string) []string {
	l, ok := r.object.strings(name)
	r.wrong = r.wrong || !ok
	return l
}

// validID reports whether s is a UUID in the lower-case form we write.
func validID(s string) bool {
	return len(s) == 36 && s == strings.ToLower(s) && uuid.Validate(s) == nil
}

// The methods of jwt.Claims.

func (c accessClaims) GetExpirationTime() (*jwt.NumericDate, error) { return date(c.ExpiresAt), nil }
func (c accessClaims) GetIssuedAt() (*jwt.NumericDate, error)       { return date(c.IssuedAt), nil }
func (c accessClaims) GetNotBefore() (*jwt.NumericDate, error)      { return nil, nil }
func (c accessClaims) GetIssuer() (string, error)                   { return c.Issuer, nil }
func (c accessClaims) GetSubject() (string, error)                  { return c.Subject, nil }
func (c accessClaims) GetAudience() (jwt.ClaimStrings, error) {
	return jwt.ClaimStrings{c.Audience}, nil
}

// date is nil for 0, so that the library takes an absent time for absent.
func date(seconds int64) *jwt.NumericDate {
	if seconds == 0 {
		return nil
	}
	return jwt.NewNumericDate(time.Unix(seconds, 0))
}
