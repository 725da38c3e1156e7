package auth

import (
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

const (
	// accessMaxLen bounds an access token in bytes before anything is decoded;
	// a cookie holds no more.
	accessMaxLen = 4096
	// clockLeeway is how far the clocks of two of our processes may differ.
	clockLeeway = 30 * time.Second
)

var errAccessToken = errors.New("not an access token of ours")

// verifier checks access tokens as RFC 8725 asks. The library does the
// signature and the times; what its parser would let through is never read:
// other header members (crit, jku, jwk, b64 ...), members twice or in another
// case, loose types, other spellings of the same token.
type verifier struct {
	algorithm string
	claims    *jwt.Validator
	life      time.Duration // of an access token
}

func newVerifier(algorithm, issuer, audience string, life time.Duration, now func() time.Time) *verifier {
	return &verifier{
		algorithm: algorithm,
		life:      life,
		claims: jwt.NewValidator(
			jwt.WithExpirationRequired(),
			jwt.WithIssuedAt(),
			jwt.WithIssuer(issuer),
			jwt.WithAudience(audience),
			jwt.WithLeeway(clockLeeway),
			jwt.WithTimeFunc(now),
		),
	}
}

// verify returns what a token says if one of our keys signed it, it is of our
// type, issuer and audience, and its time has not passed. No claim is read
// before the signature is found good. find returns the key of a kid; its error
// is passed on.
func (v *verifier) verify(token string, find func(kid string) (accessKey, error)) (accessClaims, error) {
	if len(token) > accessMaxLen || !plain(token) {
		return accessClaims{}, errAccessToken
	}
	header, rest, _ := strings.Cut(token, ".")
	claims, signature, _ := strings.Cut(rest, ".")
	h, err := readHeader(header, accessType)
	if err != nil {
		return accessClaims{}, err
	}
	key, err := find(h.kid)
	if err != nil {
		return accessClaims{}, err
	}
	// The algorithm is ours to choose, one for each key: the header may only
	// agree.
	if h.alg != v.algorithm || key.method.Alg() != v.algorithm {
		return accessClaims{}, errAccessToken
	}
	sig, err := decodePart(signature)
	if err != nil {
		return accessClaims{}, err
	}
	if err := key.method.Verify(token[:len(header)+1+len(claims)], sig, key.public); err != nil {
		return accessClaims{}, err
	}
	text, err := decodePart(claims)
	if err != nil {
		return accessClaims{}, err
	}
	c, err := readClaims(text)
	if err != nil {
		return accessClaims{}, err
	}
	if err := v.claims.Validate(c); err != nil {
		return accessClaims{}, err
	}
	if c.ExpiresAt-c.IssuedAt > int64((v.life+clockLeeway)/time.Second) {
		return accessClaims{}, errAccessToken
	}
	return c, nil
}

// decodePart decodes one part of a token, in its one canonical spelling.
func decodePart(part string) ([]byte, error) {
	return base64.RawURLEncoding.Strict().DecodeString(part)
}

// plain reports whether a token has three parts of base64url characters. The
// decoder of the library skips line ends even when strict.
func plain(token string) bool {
	dots := 0
	for i := range len(token) {
		switch c := token[i]; {
		case c == '.':
			dots++
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '_':
		default:
			return false
		}
	}
	return dots == 2
}

// accessHeader is the whole header of an access token, and of what an SSH
// server signs: these three members, nothing else.
type accessHeader struct{ alg, kid string }

func readHeader(part, want string) (accessHeader, error) {
	text, err := decodePart(part)
	if err != nil {
		return accessHeader{}, err
	}
	o, err := decodeObject(text, 3)
	if err != nil {
		return accessHeader{}, err
	}
	alg, okAlg := o.text("alg")
	kid, okKid := o.text("kid")
	typ, okTyp := o.text("typ")
	if !okAlg || !okKid || !okTyp {
		return accessHeader{}, errAccessToken
	}
	if t := strings.TrimPrefix(strings.ToLower(typ), "application/"); t != want {
		return accessHeader{}, errAccessToken
	}
	return accessHeader{alg: alg, kid: kid}, nil
}
