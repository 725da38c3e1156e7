package httpapi_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/binary"
	"io"
	"math/big"
	"testing"

	"golang.org/x/crypto/ssh"

	"example.com/marquee/common/marquee"
)

// signerOf is a key as SSH uses it.
func signerOf(t *testing.T, private crypto.Signer) ssh.Signer {
	t.Helper()
	s, err := ssh.NewSignerFromKey(private)
	must(t, err)
	return s
}

// inAlgorithm signs in one algorithm, whatever it is asked for.
type inAlgorithm struct {
	ssh.AlgorithmSigner
	name string
}

func (s inAlgorithm) SignWithAlgorithm(random io.Reader, data []byte, _ string) (*ssh.Signature, error) {
	return s.AlgorithmSigner.SignWithAlgorithm(random, data, s.name)
}

// securityKey signs as a FIDO authenticator does (OpenSSH PROTOCOL.u2f).
type securityKey struct {
	public ssh.PublicKey
	flags  byte // 1: somebody touched it
	sign   func(message []byte) []byte
}

const application = "ssh:"

func (k securityKey) PublicKey() ssh.PublicKey { return k.public }

func (k securityKey) Sign(_ io.Reader, data []byte) (*ssh.Signature, error) {
	app, message := sha256.Sum256([]byte(application)), sha256.Sum256(data)
	state := binary.BigEndian.AppendUint32([]byte{k.flags}, 7) // flags and the count of uses
	signed := append(append(app[:], state...), message[:]...)
	return &ssh.Signature{Format: k.public.Type(), Blob: k.sign(signed), Rest: state}, nil
}

// securityKeyOf makes one from the wire form of its public key.
func securityKeyOf(t *testing.T, wire any, flags byte, sign func([]byte) []byte) securityKey {
	t.Helper()
	public, err := ssh.ParsePublicKey(ssh.Marshal(wire))
	must(t, err)
	return securityKey{public, flags, sign}
}

func securityEd25519(t *testing.T, flags byte) securityKey {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	must(t, err)
	wire := struct {
		Name, Key, Application string
	}{ssh.KeyAlgoSKED25519, string(public), application}
	return securityKeyOf(t, wire, flags, func(m []byte) []byte { return ed25519.Sign(private, m) })
}

func securityECDSA(t *testing.T, flags byte) securityKey {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	point, err := private.PublicKey.Bytes()
	must(t, err)
	wire := struct {
		Name, Curve, Point, Application string
	}{ssh.KeyAlgoSKECDSA256, "nistp256", string(point), application}
	return securityKeyOf(t, wire, flags, func(m []byte) []byte {
		digest := sha256.Sum256(m)
		r, s, err := ecdsa.Sign(rand.Reader, private, digest[:])
		must(t, err)
		return ssh.Marshal(struct{ R, S *big.Int }{r, s})
	})
}

// Which keys sign in, and by which signatures: one touch or algorithm is all
// that some that are refused lack.
func TestKindsOfKeys(t *testing.T) {
	r := newRig(t, embeddedParts, options{})
	owner := r.comer("haneul")
	onCurve := func(c elliptic.Curve) ssh.Signer {
		private, err := ecdsa.GenerateKey(c, rand.Reader)
		must(t, err)
		return signerOf(t, private)
	}
	long, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	short, err := rsa.GenerateKey(rand.Reader, 1024)
	must(t, err)
	byRSA := func(algorithm string) ssh.Signer {
		return inAlgorithm{signerOf(t, long).(ssh.AlgorithmSigner), algorithm}
	}
	certificate := func() ssh.Signer {
		key := newHolder(t)
		c := &ssh.Certificate{Key: key.PublicKey(), CertType: ssh.UserCert, ValidBefore: ssh.CertTimeInfinity}
		must(t, c.SignCert(rand.Reader, key))
		s, err := ssh.NewCertSigner(c, key)
		must(t, err)
		return s
	}
	for _, kind := range []struct {
		name string
		ssh.Signer
		taken bool
	}{
		{"Ed25519", newHolder(t), true},
		{"ECDSA on P-256", onCurve(elliptic.P256()), true},
		{"ECDSA on P-384", onCurve(elliptic.P384()), false},
		{"RSA with SHA-1", byRSA(ssh.KeyAlgoRSA), false},
		{"RSA with SHA-256", byRSA(ssh.KeyAlgoRSASHA256), false},
		{"RSA with SHA-512", byRSA(ssh.KeyAlgoRSASHA512), true},
		{"RSA of 1024 bits", signerOf(t, short), false},
		{"a security key with Ed25519 that nobody touched", securityEd25519(t, 0), false},
		{"a security key with Ed25519", securityEd25519(t, 1), true},
		{"a security key with ECDSA that only knows who holds it", securityECDSA(t, 4), false},
		{"a security key with ECDSA", securityECDSA(t, 1), true},
		{"a certificate", certificate(), false},
	} {
		key := holder{t, kind.Signer}
		linked, err := key.link(owner, marquee.KeyLink{})
		if !kind.taken {
			wantCode(t, kind.name+", linked", err, marquee.CodeInvalidGrant)
			continue
		}
		if err != nil || linked.Type != key.PublicKey().Type() {
			t.Errorf("%s: %+v %v", kind.name, linked, err)
			continue
		}
		if err := key.signIn(r.client()); err != nil {
			t.Errorf("%s: %v", kind.name, err)
		}
	}
	for _, algorithm := range []string{ssh.KeyAlgoRSA, ssh.KeyAlgoRSASHA256} {
		wantCode(t, "a linked RSA key, by "+algorithm, holder{t, byRSA(algorithm)}.signIn(r.client()), marquee.CodeInvalidGrant)
	}
}
