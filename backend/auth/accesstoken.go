package auth

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/uuid"
)

// accessType is the type header of an access token (RFC 9068 section 2.1).
const accessType = "at+jwt"

var errClaims = errors.New("claims missing or of the wrong type")

// accessClaims is what an access token says. It implements jwt.Claims, and
// decodes itself strictly: every member that we sign must be there, with its
// exact type.
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

// sign writes the token with a signing key.
func (c accessClaims) sign(key accessKey) (string, error) {
	t := jwt.NewWithClaims(key.method, c)
	t.Header["typ"] = accessType
	t.Header["kid"] = key.id
	return t.SignedString(key.private)
}

// UnmarshalJSON refuses whatever sign would not have written, members that a
// later build might add excepted.
func (c *accessClaims) UnmarshalJSON(text []byte) error {
	o, err := decodeObject(text)
	if err != nil {
		return err
	}
	var d claimReader = o
	read := accessClaims{
		Issuer: d.text("iss"), Subject: d.uuid("sub"), Audience: d.text("aud"),
		ExpiresAt: d.integer("exp"), IssuedAt: d.integer("iat"),
		ID: d.text("jti"), SessionID: d.uuid("sid"), Counter: d.integer("ctr"),
		AMR: d.list("amr"), AuthTime: d.integer("auth_time"),
	}
	switch {
	case d[""] != nil,
		read.Counter < 1, read.IssuedAt < 1, read.ExpiresAt <= read.IssuedAt:
		return errClaims
	}
	*c = read
	return nil
}

// claimReader takes claims out of a decoded object. What is missing or
// mistyped marks the object under the name "", which no claim has.
type claimReader map[string]any

func (r claimReader) fail() { r[""] = errClaims }

func (r claimReader) text(name string) string {
	s, ok := r[name].(string)
	if !ok || s == "" {
		r.fail()
	}
	return s
}

// uuid takes an id in its one canonical spelling, since it becomes part of
// keys and queries.
func (r claimReader) uuid(name string) string {
	s := r.text(name)
	if !validID(s) {
		r.fail()
	}
	return s
}

// integer takes a whole number from 0 that survives a float64 (RFC 7519
// allows fractions and exponents; we sign neither).
func (r claimReader) integer(name string) int64 {
	number, _ := r[name].(json.Number)
	n, err := strconv.ParseInt(number.String(), 10, 64)
	if err != nil || n < 0 || n > 1<<53 || strconv.FormatInt(n, 10) != number.String() {
		r.fail()
	}
	return n
}

func (r claimReader) list(name string) []string {
	l, ok := r[name].([]string)
	if !ok {
		r.fail()
	}
	return l
}

// validID reports whether s is a UUID in the lower-case form we write.
func validID(s string) bool {
	id, err := uuid.Parse(s)
	return err == nil && id.String() == s
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
