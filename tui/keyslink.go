package main

import (
	"cmp"
	"context"
	"os"
	"os/signal"

	"github.com/spf13/cobra"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/verb"
)

// newKeysLink links a key of this machine. The other verbs of keys need
// nothing of it.
func newKeysLink(w verb.World, e environment, at *target) *cobra.Command {
	cmd := &cobra.Command{Use: "link [FILE]", Short: e.say.T("keys.link_short"), Long: e.say.T("keys.link_long"), Args: verb.AtMost(1), ValidArgsFunction: files}
	asJSON := w.JSONFlag(cmd)
	name := cmd.Flags().String("name", "", e.say.T("keys.flag_name"))
	from := cmd.Flags().StringSlice("from", nil, e.say.T("keys.flag_from"))
	replaces := cmd.Flags().Bool("replaces-second-factor", false, e.say.T("keys.flag_replaces"))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
		defer stop()
		return askWithin(ctx, e, *at, func(ctx context.Context, c *connection) error {
			ask := keyAsker{heldKeys: e.heldKeys(c.Client), say: e.say, err: w.Err, prompt: newPrompt(os.Stderr), terminal: isTerminal(os.Stdin)}
			k, err := ask.pick(ctx, append(args, "")[0])
			if err != nil {
				return err
			}
			linked, err := linkKey(ctx, e, c, ask, k, marquee.KeyLink{
				Name: cmp.Or(*name, marquee.CleanText(k.Comment, marquee.KeyNameMax), k.Type, "SSH"), From: *from, ReplacesSecondFactor: *replaces,
			})
			switch {
			case err != nil:
				return err
			case *asJSON:
				return verb.WriteJSON(w.Out, linked)
			}
			return w.PrintKeys([]marquee.SSHKey{linked})
		})
	}
	return cmd
}

// linkKey links a key and, where the sign-in is too old for that, asks for the
// password in between; the key then signs anew.
func linkKey(ctx context.Context, e environment, c *connection, ask keyAsker, k marquee.HeldKey, l marquee.KeyLink) (linked marquee.SSHKey, err error) {
	for again := false; ; again = true {
		if l.KeyProof, err = ask.prove(ctx, k, marquee.LinkNamespace); err != nil {
			return linked, err
		}
		linked, err = c.LinkKey(ctx, l)
		if again || !ask.terminal || !marquee.IsCode(err, marquee.CodeStepUpRequired) {
			return linked, err
		}
		user, err := c.Me(ctx)
		if err != nil {
			return linked, err
		}
		if err := proveAgain(ctx, e, c, user.MFAEnabled); err != nil {
			return linked, err
		}
	}
}
