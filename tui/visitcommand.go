package main

import (
	"context"
	"strings"
	"time"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/sshd"
	"example.com/marquee/tui/verb"
)

// leaveTimeout bounds the end of a command's session.
const leaveTimeout = 3 * time.Second

// runCommand runs an exec request as one of our verbs, in a session of its own
// that a linked key opens and that ends with it.
func (d *desk) runCommand(ctx context.Context, who sshd.Visitor, c sshd.Command) int {
	ctx, cancel := context.WithTimeout(ctx, verbTimeout)
	defer cancel()
	v, err := d.newVisit(who)
	if err != nil {
		return verb.Report(c.Err, lang.In(newEnvironment(who.Environ).language), err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), leaveTimeout)
		defer cancel()
		v.leave(ctx)
	}()
	return verb.Run(ctx, verb.World{
		In: strings.NewReader(""), Out: c.Out, Err: c.Err, Say: v.say, Width: c.Width,
		Ask: func(ctx context.Context, act func(context.Context, verb.Service) error) error {
			if err := v.enter(ctx); err != nil {
				return err
			}
			return act(ctx, v)
		},
	}, c.Words)
}

// enter opens the session of a command and says what is missing where it does
// not open: there is no page that would.
func (v *visit) enter(ctx context.Context) error {
	missing := func(id string) error {
		return &marquee.Error{Code: marquee.CodeUnauthenticated, Detail: v.say.T(id, "Fingerprint", v.who.KeyFingerprint)}
	}
	if !v.hasKey() {
		return missing("ssh.command_keyless")
	}
	err := v.signIn(ctx, true)
	switch marquee.ErrorCode(err) {
	case marquee.CodeInvalidGrant:
		return missing("ssh.command_unlinked")
	case marquee.CodeMFARequired:
		return missing("ssh.command_code")
	}
	return err
}
