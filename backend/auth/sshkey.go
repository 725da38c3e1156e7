package auth

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/ssh"

	"example.com/marquee/common/marquee"
)

// LinkedKey is an SSH key with whose it is.
type LinkedKey struct {
	marquee.SSHKey
	UserID    string
	PublicKey string // as a line of authorized_keys, without a comment
}

// LinkedKeys is the store of SSH keys, part of that of people. What it changes
// it records.
type LinkedKeys interface {
	// LinkKey keeps a key, linked from o. CodeKeyTaken if any account has it,
	// CodeTooManyKeys if this one has most keys.
	LinkKey(ctx context.Context, k LinkedKey, most int, o marquee.Origin) (LinkedKey, error)
	// KeyByFingerprint and KeyByID return a key, whosever it is. CodeNotFound.
	KeyByFingerprint(ctx context.Context, fingerprint string) (LinkedKey, error)
	KeyByID(ctx context.Context, id string) (LinkedKey, error)
	// KeysOf lists a person's keys, oldest first.
	KeysOf(ctx context.Context, userID string) ([]LinkedKey, error)
	// ChangeKey lets change write name, networks and power of a key of the
	// person's, with his row locked; its error is passed on. CodeNotFound.
	ChangeKey(ctx context.Context, userID, id string, change func(*LinkedKey) error) (LinkedKey, error)
	// RemoveKey removes a key of the person's and ends its sessions in one
	// transaction that locks the user row first. It returns what it removed and
	// the ids of the sessions that may still have a copy. CodeNotFound.
	RemoveKey(ctx context.Context, userID, id, endReason string) (removed LinkedKey, ended []string, err error)
	// Spend notes the SHA-256 of a one-use id as used, until a moment after
	// which nobody would take it; false if it was used before.
	Spend(ctx context.Context, hash []byte, until time.Time) (bool, error)
}

// Sizes of RSA keys, in bits: below, NIST SP 800-131A calls them broken; above,
// a check costs more than anybody gains.
const rsaMin, rsaMax = 2048, 8192

var errKeyKind = errors.New("a kind of key that is not taken")

// checkKey refuses keys that do not sign in: certificates, whose key is not
// all that counts, and kinds that are weak or that nobody asked for.
func checkKey(key ssh.PublicKey) error {
	switch key.Type() {
	case ssh.KeyAlgoED25519, ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256:
		return nil
	}
	c, ok := key.(ssh.CryptoPublicKey)
	if !ok {
		return errKeyKind
	}
	switch k := c.CryptoPublicKey().(type) {
	case *ecdsa.PublicKey:
		if key.Type() == ssh.KeyAlgoECDSA256 && k.Curve == elliptic.P256() {
			return nil
		}
	case *rsa.PublicKey:
		if bits := k.N.BitLen(); key.Type() == ssh.KeyAlgoRSA && bits >= rsaMin && bits <= rsaMax {
			return nil
		}
	}
	return errKeyKind
}

// authorizedKey is a key as a line of authorized_keys without its end.
func authorizedKey(key ssh.PublicKey) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key)))
}

// allows reports whether a key is good from an address. What has none, such
// as a peer on the data directory's socket, is in no network.
func (k LinkedKey) allows(address string) bool {
	if len(k.From) == 0 {
		return true
	}
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(k.From, func(text string) bool {
		p, err := netip.ParsePrefix(text)
		return err == nil && p.Contains(ip.Unmap().WithZone(""))
	})
}

// networksOf reads what a person gives for the networks of a key, prefixes or
// single addresses, and writes them in one form, each once.
func networksOf(texts []string) ([]string, *marquee.FieldError) {
	networks := []string{}
	for _, text := range texts {
		p, err := netip.ParsePrefix(strings.TrimSpace(text))
		if err != nil {
			ip, err := netip.ParseAddr(strings.TrimSpace(text))
			if err != nil || ip.Zone() != "" {
				return nil, &marquee.FieldError{Field: "from", Code: marquee.FieldFormat}
			}
			p = netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen())
		}
		if n := p.Masked().String(); !slices.Contains(networks, n) {
			networks = append(networks, n)
		}
	}
	if len(networks) > marquee.KeyFromMax {
		return nil, &marquee.FieldError{Field: "from", Code: marquee.FieldRange}
	}
	return networks, nil
}

// within reports whether every network of inner lies in one of outer; none
// means all.
func within(inner, outer []string) bool {
	if len(outer) == 0 {
		return true
	}
	for _, text := range inner {
		in, err := netip.ParsePrefix(text)
		if err != nil || !slices.ContainsFunc(outer, func(text string) bool {
			out, err := netip.ParsePrefix(text)
			return err == nil && out.Bits() <= in.Bits() && out.Contains(in.Addr())
		}) {
			return false
		}
	}
	return len(inner) > 0
}

// keyName is a name as it is kept.
func keyName(name string) (string, *marquee.FieldError) {
	name = marquee.NormalName(name)
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return "", &marquee.FieldError{Field: "name", Code: marquee.FieldRequired}
	case n > marquee.KeyNameMax:
		return "", &marquee.FieldError{Field: "name", Code: marquee.FieldTooLong, Limit: marquee.KeyNameMax}
	case !utf8.ValidString(name) || marquee.CleanText(name, 0) != name || strings.ContainsFunc(name, unicode.IsControl):
		return "", &marquee.FieldError{Field: "name", Code: marquee.FieldFormat}
	}
	return name, nil
}
