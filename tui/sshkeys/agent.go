package sshkeys

import (
	"context"
	"errors"
	"net"
	"slices"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"example.com/marquee/common/marquee"
)

// listTime bounds how long an agent may take to say what it has. Signing may
// last as long as the caller waits: somebody has to touch or confirm.
const listTime = 3 * time.Second

var errNotInAgent = errors.New("the agent has the key no more")

// dial connects to the agent until ctx ends, also in the middle of an answer.
func (r Ring) dial(ctx context.Context) (agent.ExtendedAgent, func(), error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", r.Agent)
	if err != nil {
		return nil, nil, marquee.Wrap(marquee.CodeAgentAway, "reach the SSH agent", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	return agent.NewClient(conn), func() { stop(); _ = conn.Close() }, nil
}

// agentKeys lists the agent's keys, or says why it has none to show.
func (r Ring) agentKeys(ctx context.Context) ([]marquee.HeldKey, error) {
	if r.Agent == "" {
		return nil, marquee.E(marquee.CodeNoHeldKeys)
	}
	ctx, cancel := context.WithTimeout(ctx, listTime)
	defer cancel()
	a, hangUp, err := r.dial(ctx)
	if err != nil {
		return nil, err
	}
	defer hangUp()
	keys, err := a.List()
	if err != nil {
		return nil, marquee.Wrap(marquee.CodeAgentAway, "list the SSH agent's keys", err)
	}
	var list []marquee.HeldKey
	for _, k := range keys {
		if slices.Contains(kinds, k.Type()) {
			public, err := ssh.ParsePublicKey(k.Marshal())
			if err != nil {
				continue
			}
			one := held(public, k.Comment)
			one.Agent = true
			list = append(list, one)
		}
	}
	if len(list) == 0 {
		return nil, marquee.E(marquee.CodeAgentEmpty)
	}
	return list, nil
}

// agentSigner is a key of the agent's.
func agentSigner(a agent.ExtendedAgent, fingerprint string) (ssh.Signer, error) {
	signers, err := a.Signers()
	if err != nil {
		return nil, marquee.Wrap(marquee.CodeAgentAway, "list the SSH agent's keys", err)
	}
	for _, s := range signers {
		if ssh.FingerprintSHA256(s.PublicKey()) == fingerprint {
			return s, nil
		}
	}
	return nil, marquee.Wrap(marquee.CodeAgentRefused, "find a key in the SSH agent", errNotInAgent)
}
