package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"example.com/marquee/common/client"
	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/prompt"
	"example.com/marquee/tui/sshkeys"
	"example.com/marquee/tui/verb"
)

// passphraseTries is how often a passphrase is asked for, as ssh does.
const passphraseTries = 3

// heldKeys proves the keys of the person at this machine to the server that
// the client dials. What is signed names that server as it is dialled here:
// whoever passes its challenge on has nothing of it.
type heldKeys struct {
	sshkeys.Ring
	client *client.Client
}

// heldKeys are those of the person who started the program.
func (e environment) heldKeys(c *client.Client) heldKeys {
	ring := sshkeys.Ring{Agent: e.get("SSH_AUTH_SOCK")}
	if home, err := os.UserHomeDir(); err == nil {
		ring.Dir = filepath.Join(home, ".ssh")
	}
	return heldKeys{ring, c}
}

// HeldKeys implements marquee.KeyProver.
func (h heldKeys) HeldKeys(ctx context.Context) ([]marquee.HeldKey, error) { return h.Keys(ctx) }

// ProveKey implements marquee.KeyProver. An agent that has not signed when the
// challenge is over has not signed.
func (h heldKeys) ProveKey(ctx context.Context, k marquee.HeldKey, passphrase, namespace string) (marquee.KeyProof, error) {
	challenge, err := h.client.Challenge(ctx, marquee.Origin{})
	if err != nil {
		return marquee.KeyProof{}, err
	}
	within, cancel := context.WithTimeout(ctx, time.Duration(challenge.ExpiresIn)*time.Second)
	defer cancel()
	proof, err := h.Prove(within, k, passphrase, namespace, challenge.Nonce, h.client.Origin())
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		err = marquee.Wrap(marquee.CodeAgentRefused, "sign by the SSH agent", err)
	}
	return proof, err
}

// keyAsker lets a person prove one of his keys, line by line.
type keyAsker struct {
	heldKeys
	say      *lang.Messages
	err      io.Writer // what is said beside the result
	prompt   prompt.Prompt
	terminal bool // somebody sits there who can be asked
}

// pick returns the key of a file or, without one, the only key there is or
// the one that the person chooses.
func (a keyAsker) pick(ctx context.Context, file string) (marquee.HeldKey, error) {
	if file != "" {
		return a.At(ctx, file)
	}
	list, err := a.Keys(ctx)
	switch {
	case err != nil:
		return marquee.HeldKey{}, err
	case len(list) == 1:
		fmt.Fprintln(a.err, a.say.T("keys.using", "Key", a.named(list[0])))
		return list[0], nil
	case !a.terminal:
		return marquee.HeldKey{}, verb.UsageError{Err: marquee.E(marquee.CodeKeyNotNamed)}
	}
	for i, k := range list {
		fmt.Fprintf(a.err, "%d. %s\n", i+1, a.named(k))
	}
	for {
		text, err := a.prompt.Line(ctx, a.say.T("keys.which"))
		if err != nil {
			return marquee.HeldKey{}, err
		}
		var n int
		if _, err := fmt.Sscanf(strings.TrimSpace(text), "%d", &n); err == nil && n >= 1 && n <= len(list) {
			return list[n-1], nil
		}
		fmt.Fprintln(a.err, a.say.T("accessible.number", "Least", 1, "Most", len(list)))
	}
}

// named is a key in a line.
func (a keyAsker) named(k marquee.HeldKey) string {
	where := a.say.T("keys.in_agent")
	if !k.Agent {
		where = k.File
	}
	return marquee.CleanText(strings.Join(strings.Fields(strings.Join([]string{k.Comment, k.Type, k.Fingerprint, where}, " ")), " "), 512)
}

// prove signs, and asks for the passphrase of a file that is sealed.
func (a keyAsker) prove(ctx context.Context, k marquee.HeldKey, namespace string) (marquee.KeyProof, error) {
	if strings.HasPrefix(k.Type, "sk-") {
		fmt.Fprintln(a.err, a.say.T("keys.touch"))
	}
	proof, err := a.ProveKey(ctx, k, "", namespace)
	for try := 0; marquee.IsCode(err, marquee.CodePassphraseNeeded) || marquee.IsCode(err, marquee.CodeWrongPassphrase) && try < passphraseTries; try++ {
		if !a.terminal {
			return proof, err
		}
		if try > 0 {
			fmt.Fprintln(a.err, verb.Sentence(a.say, err))
		}
		passphrase, asked := a.prompt.Secret(ctx, a.say.T("keys.passphrase_of", "File", marquee.CleanText(k.File, 0)))
		if asked != nil {
			return proof, asked
		}
		if passphrase != "" {
			proof, err = a.ProveKey(ctx, k, passphrase, namespace)
		}
	}
	return proof, err
}
