package marquee

import "context"

// HeldKey is an SSH key that the person at this machine can sign with: one of
// his agent's, or one whose private half rests in a file.
type HeldKey struct {
	// Fingerprint and Type are as those of SSHKey; "" for a sealed file that
	// does not show them.
	Fingerprint string
	Type        string
	// Comment is what stands beside the key, often user@host; "" without one.
	// It is text from outside.
	Comment string
	// Agent says that an ssh-agent signs with it. Otherwise File does.
	Agent bool
	File  string // of the private half; "" where only the agent is known
}

// What may be wrong with keys of this machine. No server says any of it.
const (
	CodeNoHeldKeys       Code = "no_ssh_keys"         // neither an agent nor a file has any
	CodeAgentAway        Code = "ssh_agent_away"      // SSH_AUTH_SOCK names an agent that does not answer
	CodeAgentEmpty       Code = "ssh_agent_empty"     // the agent shows none: it has none, or is locked, which looks the same
	CodeAgentRefused     Code = "ssh_agent_refused"   // the agent did not sign, and does not say why
	CodePassphraseNeeded Code = "passphrase_needed"   // the file opens with a passphrase only
	CodeWrongPassphrase  Code = "wrong_passphrase"    // and not with this one
	CodeKeyUnreadable    Code = "ssh_key_unreadable"  // no private key that could be read is in the file
	CodeKeyKind          Code = "ssh_key_kind"        // a kind of key that signs in nowhere
	CodeKeyNeedsAgent    Code = "ssh_key_needs_agent" // a security key, with which only an agent can speak
	CodeOtherAddress     Code = "other_address"       // the server that is dialled goes by another address, which was not signed
	CodeKeyNotProved     Code = "key_not_proved"      // what was to link a key is no signature by it of this moment
	CodeKeyNotNamed      Code = "ssh_key_not_named"   // several would do, and nobody can be asked
)

// KeyProver proves keys of the person at this machine to the server that is
// dialled. It is never given to what runs for people elsewhere.
type KeyProver interface {
	// HeldKeys lists them, the agent's first. CodeNoHeldKeys, CodeAgentAway and
	// CodeAgentEmpty say why there is none.
	HeldKeys(ctx context.Context) ([]HeldKey, error)
	// ProveKey lets one sign a fresh challenge for a namespace. passphrase
	// opens its file where that is sealed. CodePassphraseNeeded,
	// CodeWrongPassphrase, CodeAgentAway, CodeAgentRefused, CodeKeyUnreadable,
	// CodeKeyKind, CodeKeyNeedsAgent, and what Challenge returns.
	ProveKey(ctx context.Context, k HeldKey, passphrase, namespace string) (KeyProof, error)
}
