package sshkeys

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/hiddeco/sshsig"
	"golang.org/x/crypto/ssh"

	"example.com/marquee/common/marquee"
)

// privateMax bounds a file of a private key, in bytes.
const privateMax = 64 << 10

var errAnotherKey = errors.New("the file holds another key by now")

// Prove signs a challenge of the server of an origin for a namespace (OpenSSH
// PROTOCOL.sshsig); RSA keys sign by rsa-sha2-512. The errors are those of
// marquee.KeyProver.
func (r Ring) Prove(ctx context.Context, k marquee.HeldKey, passphrase, namespace, nonce, origin string) (marquee.KeyProof, error) {
	sign := func(s ssh.Signer) (marquee.KeyProof, error) {
		text := marquee.ChallengeText(namespace, nonce, ssh.FingerprintSHA256(s.PublicKey()), origin)
		signature, err := sshsig.Sign(strings.NewReader(text), s, sshsig.HashSHA512, namespace)
		if err != nil {
			return marquee.KeyProof{}, err
		}
		return marquee.KeyProof{Nonce: nonce, ServerOrigin: origin, Signature: string(sshsig.Armor(signature))}, nil
	}
	switch {
	case k.Agent:
		return r.byAgent(ctx, k, sign)
	case strings.HasPrefix(k.Type, "sk-"):
		return marquee.KeyProof{}, marquee.E(marquee.CodeKeyNeedsAgent)
	}
	signer, err := privateHalf(k.File, passphrase)
	if err != nil {
		return marquee.KeyProof{}, err
	}
	if k.Fingerprint != "" && ssh.FingerprintSHA256(signer.PublicKey()) != k.Fingerprint {
		return marquee.KeyProof{}, marquee.Wrap(marquee.CodeKeyUnreadable, "open a private key", errAnotherKey)
	}
	if !slices.Contains(kinds, signer.PublicKey().Type()) {
		return marquee.KeyProof{}, marquee.E(marquee.CodeKeyKind)
	}
	proof, err := sign(signer)
	if err != nil {
		return proof, marquee.Wrap(marquee.CodeKeyUnreadable, "sign with a private key", err)
	}
	return proof, nil
}

func (r Ring) byAgent(ctx context.Context, k marquee.HeldKey, sign func(ssh.Signer) (marquee.KeyProof, error)) (marquee.KeyProof, error) {
	a, hangUp, err := r.dial(ctx)
	if err != nil {
		return marquee.KeyProof{}, err
	}
	defer hangUp()
	signer, err := agentSigner(a, k.Fingerprint)
	if err != nil {
		return marquee.KeyProof{}, err
	}
	proof, err := sign(signer)
	if ctx.Err() != nil {
		return proof, ctx.Err()
	}
	if err != nil { // a key for certain hosts only, a "no" to its question, a lock: all look alike
		return proof, marquee.Wrap(marquee.CodeAgentRefused, "sign by the SSH agent", err)
	}
	return proof, nil
}

// At returns the key of a file, of either half, as `ssh -i` takes it. The agent
// signs with it where it has it: nobody is asked for a passphrase then.
func (r Ring) At(ctx context.Context, file string) (marquee.HeldKey, error) {
	private := strings.TrimSuffix(file, ".pub")
	k, err := publicHalf(private + ".pub")
	if errors.Is(err, os.ErrNotExist) {
		k, err = alone(private)
	}
	if err != nil {
		return k, err
	}
	if k.Type != "" && !slices.Contains(kinds, k.Type) {
		return k, marquee.E(marquee.CodeKeyKind)
	}
	k.File = private
	inAgent, _ := r.agentKeys(ctx) // what is wrong with it matters only where it is needed
	k.Agent = slices.ContainsFunc(inAgent, func(other marquee.HeldKey) bool { return other.Fingerprint == k.Fingerprint })
	return k, nil
}

// alone reads the public half out of a private one, which OpenSSH's format
// shows without the passphrase; where the older one hides it, Fingerprint and
// Type are "".
func alone(file string) (marquee.HeldKey, error) {
	raw, err := readAtMost(file, privateMax)
	if err != nil {
		return marquee.HeldKey{}, marquee.Wrap(marquee.CodeKeyUnreadable, "read a private key", err)
	}
	signer, err := ssh.ParsePrivateKey(raw)
	var sealed *ssh.PassphraseMissingError
	switch {
	case errors.As(err, &sealed) && sealed.PublicKey == nil:
		return marquee.HeldKey{}, nil
	case errors.As(err, &sealed):
		return held(sealed.PublicKey, ""), nil
	case err != nil:
		return marquee.HeldKey{}, marquee.Wrap(marquee.CodeKeyUnreadable, "read a private key", err)
	}
	return held(signer.PublicKey(), ""), nil
}

// privateHalf opens a file.
func privateHalf(file, passphrase string) (ssh.Signer, error) {
	raw, err := readAtMost(file, privateMax)
	if err != nil {
		return nil, marquee.Wrap(marquee.CodeKeyUnreadable, "read a private key", err)
	}
	signer, err := ssh.ParsePrivateKey(raw)
	var sealed *ssh.PassphraseMissingError
	if errors.As(err, &sealed) {
		if passphrase == "" {
			return nil, marquee.E(marquee.CodePassphraseNeeded)
		}
		signer, err = ssh.ParsePrivateKeyWithPassphrase(raw, []byte(passphrase))
	}
	switch {
	case errors.Is(err, x509.IncorrectPasswordError):
		return nil, marquee.E(marquee.CodeWrongPassphrase)
	case err != nil:
		return nil, marquee.Wrap(marquee.CodeKeyUnreadable, "read a private key", err)
	}
	return signer, nil
}

// readAtMost reads a small regular file: a device or a pipe would never end.
func readAtMost(file string, most int64) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > most {
		return nil, fmt.Errorf("%s is no file of a key", file)
	}
	return io.ReadAll(io.LimitReader(f, most))
}
