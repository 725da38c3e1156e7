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
// signature and the times; what it would let through is refused around it:
// other header members (crit, jku, jwk, b64 ...), members twice or in another
// case, loose types, other spellings of the same token.
type verifier struct {
	parser *jwt.Parser
	life   time.Duration // of an access token
}

func newVerifier(algorithm, issuer, audience string, life time.Duration, now func() time.Time) *verifier {
	return &verifier{
		life: life,
		parser: jwt.NewParser(
			jwt.WithValidMethods([]string{algorithm}),
			jwt.WithStrictDecoding(),
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
// type, issuer and audience, and its time has not passed. find returns the
// key of a kid; its error is passed on.
func (v *verifier) verify(token string, find func(kid string) (accessKey, error)) (accessClaims, error) {
	if len(token) > accessMaxLen || !plain(token) {
		return accessClaims{}, errAccessToken
	}
	header, ok := readHeader(token)
	if !ok {
		return accessClaims{}, errAccessToken
	}
	key, err := find(header.kid)
	if err != nil {
		return accessClaims{}, err
	}
	if header.alg != key.method.Alg() {
		return accessClaims{}, errAccessToken
	}
	var c accessClaims
	_, err = v.parser.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return key.public, nil })
	if err != nil {
		return accessClaims{}, err
	}
	if c.ExpiresAt-c.IssuedAt > int64((v.life+clockLeeway)/time.Second) {
		return accessClaims{}, errAccessToken
	}
	return c, nil
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

// accessHeader is the whole header of an access token: these three members,
// nothing else.
type accessHeader struct{ alg, kid string }

func readHeader(token string) (accessHeader, bool) {
	first, _, _ := strings.Cut(token, ".")
	text, err := base64.RawURLEncoding.Strict().DecodeString(first)
	if err != nil {
		return accessHeader{}, false
	}
	o, err := decodeObject(text)
	if err != nil || len(o) != 3 {
		return accessHeader{}, false
	}
	alg, okAlg := o["alg"].(string)
	kid, okKid := o["kid"].(string)
	typ, okTyp := o["typ"].(string)
	if !okAlg || !okKid || !okTyp {
		return accessHeader{}, false
	}
	if t := strings.TrimPrefix(strings.ToLower(typ), "application/"); t != accessType {
		return accessHeader{}, false
	}
	return accessHeader{alg: alg, kid: kid}, true
}
