package auth

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"example.com/marquee/common/marquee"
)

// provedKey is an SSH key of which somebody has shown that he holds it.
type provedKey struct {
	fingerprint string
	key         ssh.PublicKey  // nil where an SSH server names the fingerprint only
	origin      marquee.Origin // with the address that an SSH server vouches for
	brief       bool           // for one command
	// id names the proof and until is when it is over: it is good once.
	id    string
	until time.Time
}

// signatureMax bounds an armored signature, in bytes: one by an RSA key of
// rsaMax bits is half of it.
const signatureMax = 8 << 10

// spentRest is how much longer than it is good the use of an id is
// remembered: the clocks of processes and of SQL differ.
const spentRest = 5 * time.Minute

var (
	errNonce     = errors.New("not a nonce of ours, or its time is over")
	errSignature = errors.New("not a signature of the challenge")
	errSpent     = errors.New("the proof was used before")
)

// refuse is what every proof that proves nothing gets. Unknown, unlinked and
// disabled look alike.
func refuse(cause error) error { return marquee.Wrap(marquee.CodeInvalidGrant, "prove a key", cause) }

// prove checks a proof made for a purpose. It spends nothing. It counts as a
// sign-in of the network it comes from, that of the visitor where an SSH server
// speaks for him. CodeTooManyRequests, CodeInvalidGrant.
func (s *Service) prove(ctx context.Context, p marquee.KeyProof, namespace string, o marquee.Origin) (proved provedKey, err error) {
	if p.Assertion != "" {
		if proved, err = s.proveByGateway(p, o); err != nil {
			return provedKey{}, err
		}
		o = proved.origin
	}
	if err := s.guard.count(ctx, s.guard.limits.SignIn, "sign-in", networkOf(o)); err != nil {
		return provedKey{}, err
	}
	if p.Assertion != "" {
		return proved, nil
	}
	return s.proveBySignature(p, namespace, o)
}

// proveBySignature checks an SSHSIG (OpenSSH PROTOCOL.sshsig) of a nonce of
// ours. The origin that was signed must be ours: whoever passed on our nonce
// under another name has got a signature that names him. Security keys must
// have been touched, which the library sees to.
func (s *Service) proveBySignature(p marquee.KeyProof, namespace string, o marquee.Origin) (provedKey, error) {
	until, ok := s.readNonce(p.Nonce)
	if !ok {
		return provedKey{}, refuse(errNonce)
	}
	if !slices.Contains(s.own(), p.ServerOrigin) {
		return provedKey{}, marquee.Invalid(marquee.FieldError{Field: "origin", Code: marquee.FieldUnknown})
	}
	if len(p.Signature) > signatureMax {
		return provedKey{}, refuse(errSignature)
	}
	sig, err := sshsig.Unarmor([]byte(p.Signature))
	if err != nil {
		return provedKey{}, refuse(err)
	}
	if err := checkKey(sig.PublicKey); err != nil {
		return provedKey{}, refuse(err)
	}
	if sig.PublicKey.Type() == ssh.KeyAlgoRSA && sig.Signature.Format != ssh.KeyAlgoRSASHA512 || sig.HashAlgorithm != sshsig.HashSHA512 {
		return provedKey{}, refuse(errSignature)
	}
	fingerprint := ssh.FingerprintSHA256(sig.PublicKey)
	text := marquee.ChallengeText(namespace, p.Nonce, fingerprint, p.ServerOrigin)
	if err := sshsig.Verify(strings.NewReader(text), sig, sig.PublicKey, sshsig.HashSHA512, namespace); err != nil {
		return provedKey{}, refuse(err)
	}
	return provedKey{fingerprint: fingerprint, key: sig.PublicKey, origin: cleanOrigin(o), id: "nonce\x00" + p.Nonce, until: until}, nil
}

// spend uses a proof up. CodeInvalidGrant for one that was used before.
func (s *Service) spend(ctx context.Context, p provedKey) error {
	hash := sha256.Sum256([]byte(p.id))
	first, err := s.accounts.Spend(ctx, hash[:], p.until.Add(spentRest))
	switch {
	case err != nil:
		return away("spend a proof", err)
	case !first:
		return refuse(errSpent)
	}
	return nil
}
