package marquee

import (
	"context"
	"strings"
	"time"
)

// SSHKey is a public key that signs in to an account. One key belongs to one
// account.
type SSHKey struct {
	ID   string `json:"id"`
	Name string `json:"name"` // the person's own word for it
	// Fingerprint is the SHA-256 of the key as ssh-keygen -l shows it.
	Fingerprint string `json:"fingerprint"`
	Type        string `json:"type"` // "ssh-ed25519" ...
	// From are the networks it is good from, in CIDR form; empty: from anywhere.
	From []string `json:"from"`
	// ReplacesSecondFactor says that signing in with it asks for no code.
	ReplacesSecondFactor bool       `json:"replaces_second_factor"`
	CreatedAt            time.Time  `json:"created_at"`
	LastUsedAt           *time.Time `json:"last_used_at"` // nil: never
}

// Bounds of linked keys.
const (
	KeysMax    = 20 // of one account
	KeyNameMax = 64 // characters
	KeyFromMax = 10 // networks of one key
)

// The namespaces of signatures by SSH keys (OpenSSH PROTOCOL.sshsig): what was
// signed for one purpose is good for no other.
const (
	SignInNamespace = "signin@marquee"
	LinkNamespace   = "link@marquee"
)

// Challenge is what an SSH key signs to prove that somebody holds it, once,
// within ExpiresIn seconds.
type Challenge struct {
	Nonce     string `json:"nonce"`
	ExpiresIn int    `json:"expires_in"`
}

// ChallengeText is what is signed for a challenge: a line each for the
// namespace, the nonce, the key's fingerprint, and the origin of the server
// that the signer dialled ("https://films.example.com", without a path; a
// socket is "unix://" and its path). A server that passes on another's nonce
// gets a signature that names itself and is good nowhere.
func ChallengeText(namespace, nonce, fingerprint, origin string) string {
	return strings.Join([]string{namespace, nonce, fingerprint, origin, ""}, "\n")
}

// KeyProof shows that somebody holds an SSH key, in one of two ways.
type KeyProof struct {
	// Signature is the armored SSHSIG of ChallengeText, ServerOrigin the
	// origin that was signed.
	Nonce        string `json:"nonce,omitempty"`
	ServerOrigin string `json:"origin,omitempty"`
	Signature    string `json:"signature,omitempty"`
	// Assertion is of an SSH server that the backend trusts and that has seen
	// the key prove itself; PublicKey is that key in authorized_keys form.
	Assertion string `json:"assertion,omitempty"`
	PublicKey string `json:"public_key,omitempty"`
}

// KeyLink links an SSH key to the acting person's account.
type KeyLink struct {
	KeyProof
	Name                 string   `json:"name"`
	From                 []string `json:"from,omitempty"`
	ReplacesSecondFactor bool     `json:"replaces_second_factor,omitempty"`
	Origin               Origin   `json:"-"`
}

// KeyPatch changes a linked key; nil leaves a member as it is.
type KeyPatch struct {
	Name                 *string   `json:"name,omitempty"`
	From                 *[]string `json:"from,omitempty"`
	ReplacesSecondFactor *bool     `json:"replaces_second_factor,omitempty"`
}

// KeyService is signing in with SSH keys. The same holds of its methods as of
// those of AuthService.
type KeyService interface {
	// Challenge makes a nonce for Login or LinkKey. CodeTooManyRequests.
	Challenge(ctx context.Context, o Origin) (Challenge, error)
	// LoginWithKey opens a session by a linked key. CodeInvalidGrant whatever
	// the reason; CodeMFARequired where a code is asked besides;
	// CodeInvalid on field origin for a signature that was made for another
	// server; CodeTooManyRequests.
	LoginWithKey(ctx context.Context, p KeyProof, o Origin) (Tokens, error)
	// Keys lists the acting person's keys, oldest first.
	Keys(ctx context.Context) ([]SSHKey, error)
	// LinkKey links one. CodeStepUpRequired, CodeInvalid, CodeKeyTaken,
	// CodeTooManyKeys, CodeInvalidGrant for a proof that is none.
	LinkKey(ctx context.Context, l KeyLink) (SSHKey, error)
	// ChangeKey changes one. CodeNotFound, CodeInvalid; CodeStepUpRequired for
	// what lets the key do more than before.
	ChangeKey(ctx context.Context, id string, p KeyPatch) (SSHKey, error)
	// RemoveKey removes one and ends the sessions it opened. CodeNotFound.
	RemoveKey(ctx context.Context, id string) error
}
