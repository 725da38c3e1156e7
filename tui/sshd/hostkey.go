package sshd

import (
	"fmt"

	"github.com/charmbracelet/keygen"
	gossh "golang.org/x/crypto/ssh"
)

// HostKey returns the fingerprint of the host key at a path, 0600, and makes an
// Ed25519 one when there is none.
func HostKey(path string) (fingerprint string, err error) {
	pair, err := keygen.New(path, keygen.WithKeyType(keygen.Ed25519), keygen.WithWrite())
	if err != nil {
		return "", fmt.Errorf("host key: %w", err)
	}
	return gossh.FingerprintSHA256(pair.PublicKey()), nil
}
