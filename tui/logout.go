package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/verb"
)

func newLogout(w verb.World, e environment, at *target) *cobra.Command {
	cmd := &cobra.Command{Use: "logout", Short: e.say.T("command.logout_short"), Args: verb.NoArguments}
	asJSON := w.JSONFlag(cmd)
	everywhere := cmd.Flags().Bool("everywhere", false, e.say.T("command.flag_everywhere"))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		scope := marquee.LogoutLocal
		if *everywhere {
			scope = marquee.LogoutGlobal
		}
		return ask(cmd.Context(), e, *at, func(ctx context.Context, c *connection) error {
			if err := c.Logout(ctx, scope); err != nil || *asJSON {
				return err
			}
			_, err := fmt.Fprintln(w.Out, e.say.T("command.signed_out"))
			return err
		})
	}
	return cmd
}
