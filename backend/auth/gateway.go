package auth

import (
	"crypto/ed25519"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/crypto/ssh"

	"example.com/marquee/common/marquee"
)

// The types of what an SSH server signs: that a key proved itself (RFC 7523
// section 3), and whose request it passes on. One is never taken for the other.
const (
	gatewayKeyType  = "gateway-key+jwt"
	gatewayPeerType = "gateway-peer+jwt"
)

// gatewayLife is how long at most anything of it is good.
const gatewayLife = 60 * time.Second

// Gateways are the SSH servers that are believed when they say which key
// proved itself to them, and from where.
type Gateways interface {
	// Gateway returns the key of an id (RFC 7638 thumbprint) and the networks
	// that its owner may call from, none for any; ok is false for one that is
	// not trusted.
	Gateway(id string) (key ed25519.PublicKey, from []netip.Prefix, ok bool)
}

// NoGateways trusts nobody.
type NoGateways struct{}

// Gateway implements Gateways.
func (NoGateways) Gateway(string) (ed25519.PublicKey, []netip.Prefix, bool) { return nil, nil, false }

// GatewayID is how assertions name a gateway's key: its RFC 7638 thumbprint.
func GatewayID(key ed25519.PublicKey) string { return thumbprint(key) }

var errAssertion = errors.New("not an assertion of a trusted SSH server")

// gatewayClaims is what an SSH server says.
type gatewayClaims struct {
	Issuer    string `json:"iss"` // the gateway's id, as in kid
	Subject   string `json:"sub"` // fingerprint of a key, never an account; of a peer assertion the gateway's id
	Audience  string `json:"aud"` // PUBLIC_URL
	ExpiresAt int64  `json:"exp"`
	IssuedAt  int64  `json:"iat"`
	ID        string `json:"jti"`
	Peer      string `json:"peer"`  // the visitor's IP address
	Brief     bool   `json:"brief"` // for one command
}

// readGatewayClaims takes what gateways write and nothing looser.
func readGatewayClaims(text []byte) (gatewayClaims, error) {
	o, err := decodeObject(text, maxClaims)
	if err != nil {
		return gatewayClaims{}, err
	}
	r := claimReader{object: o}
	c := gatewayClaims{
		Issuer: r.text("iss"), Subject: r.text("sub"), Audience: r.text("aud"),
		ExpiresAt: r.integer("exp"), IssuedAt: r.integer("iat"), ID: r.text("jti"), Peer: r.text("peer"),
	}
	brief := o.named("brief").kind
	c.Brief = brief == 't'
	if r.wrong || brief != 't' && brief != 'f' ||
		c.IssuedAt < 1 || c.ExpiresAt <= c.IssuedAt || c.ExpiresAt-c.IssuedAt > int64(gatewayLife/time.Second) {
		return gatewayClaims{}, errClaims
	}
	return c, nil
}

// GatewayPeer returns the address of the visitor on whose behalf a trusted SSH
// server calls; caller is the address of the HTTP peer. CodeInvalidAssertion.
// It is good for gatewayLife and not once only: it opens nothing.
func (s *Service) GatewayPeer(assertion, caller string) (address string, err error) {
	c, err := s.readAssertion(assertion, gatewayPeerType, caller)
	if err == nil && c.Subject != c.Issuer {
		err = errAssertion
	}
	if err != nil {
		return "", marquee.Wrap(marquee.CodeInvalidAssertion, "read a gateway's word", err)
	}
	return c.Peer, nil
}

// proveByGateway reads the assertion that a key proved itself to a gateway.
// o.Address is the HTTP peer's; the proof carries the visitor's.
func (s *Service) proveByGateway(p marquee.KeyProof, o marquee.Origin) (provedKey, error) {
	c, err := s.readAssertion(p.Assertion, gatewayKeyType, o.Address)
	if err != nil {
		return provedKey{}, refuse(err)
	}
	o = cleanOrigin(o)
	o.Address, o.Client, o.Gateway = c.Peer, "ssh", true
	proved := provedKey{
		fingerprint: c.Subject, origin: o, brief: c.Brief,
		id: "assertion\x00" + c.Issuer + "\x00" + c.ID, until: time.Unix(c.ExpiresAt, 0).Add(clockLeeway),
	}
	if p.PublicKey == "" {
		return proved, nil
	}
	key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(p.PublicKey))
	if err != nil || ssh.FingerprintSHA256(key) != c.Subject {
		return provedKey{}, refuse(errAssertion)
	}
	if err := checkKey(key); err != nil {
		return provedKey{}, marquee.Invalid(marquee.FieldError{Field: "public_key", Code: marquee.FieldUnknown})
	}
	proved.key = key
	return proved, nil
}

// readAssertion checks what an SSH server signed as strictly as an access
// token: our type, the key of a trusted gateway that calls from where it may,
// made for this service, not over.
func (s *Service) readAssertion(token, typ, caller string) (gatewayClaims, error) {
	if len(token) > accessMaxLen || !plain(token) {
		return gatewayClaims{}, errAssertion
	}
	header, rest, _ := strings.Cut(token, ".")
	claims, signature, _ := strings.Cut(rest, ".")
	h, err := readHeader(header, typ)
	if err != nil || h.alg != AlgorithmEdDSA {
		return gatewayClaims{}, errAssertion
	}
	key, from, ok := s.gateways.Gateway(h.kid)
	if !ok || !mayCall(caller, from) {
		return gatewayClaims{}, errAssertion
	}
	sig, err := decodePart(signature)
	if err != nil {
		return gatewayClaims{}, err
	}
	if err := jwt.SigningMethodEdDSA.Verify(token[:len(header)+1+len(claims)], sig, key); err != nil {
		return gatewayClaims{}, err
	}
	text, err := decodePart(claims)
	if err != nil {
		return gatewayClaims{}, err
	}
	c, err := readGatewayClaims(text)
	if err != nil {
		return gatewayClaims{}, err
	}
	times := jwt.NewValidator(jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithIssuer(h.kid),
		jwt.WithLeeway(clockLeeway), jwt.WithTimeFunc(s.now))
	if err := times.Validate(c); err != nil {
		return gatewayClaims{}, err
	}
	peer, err := netip.ParseAddr(c.Peer)
	if err != nil || peer.Unmap().String() != c.Peer || !slices.Contains(s.own(), c.Audience) {
		return gatewayClaims{}, errAssertion
	}
	return c, nil
}

// mayCall reports whether an HTTP peer is in one of some networks; none means
// any, and a peer without an address is in none.
func mayCall(caller string, from []netip.Prefix) bool {
	if len(from) == 0 {
		return true
	}
	ip, err := netip.ParseAddr(caller)
	return err == nil && slices.ContainsFunc(from, func(p netip.Prefix) bool { return p.Contains(ip.Unmap().WithZone("")) })
}

// The methods of jwt.Claims.

func (c gatewayClaims) GetExpirationTime() (*jwt.NumericDate, error) { return date(c.ExpiresAt), nil }
func (c gatewayClaims) GetIssuedAt() (*jwt.NumericDate, error)       { return date(c.IssuedAt), nil }
func (c gatewayClaims) GetNotBefore() (*jwt.NumericDate, error)      { return nil, nil }
func (c gatewayClaims) GetIssuer() (string, error)                   { return c.Issuer, nil }
func (c gatewayClaims) GetSubject() (string, error)                  { return c.Subject, nil }
func (c gatewayClaims) GetAudience() (jwt.ClaimStrings, error) {
	return jwt.ClaimStrings{c.Audience}, nil
}
