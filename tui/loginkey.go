package main

import (
	"context"

	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
)

// withKey signs in by an SSH key: that of a file, or the one that the person
// picks. CodeMFARequired where a code is asked for besides.
func (l login) withKey(ctx context.Context, c *client.Client) error {
	ask := keyAsker{heldKeys: l.env.heldKeys(c), say: l.env.say, err: l.world.Err, prompt: l.prompt, terminal: l.terminal}
	k, err := ask.pick(ctx, l.keyFile)
	if err != nil {
		return err
	}
	proof, err := ask.prove(ctx, k, marquee.SignInNamespace)
	if err != nil {
		return err
	}
	_, err = c.LoginWithKey(ctx, proof, marquee.Origin{})
	return err
}
