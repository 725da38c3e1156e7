package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"example.com/marquee/common/marquee"
)

func newLogout(e environment, server *string) *cobra.Command {
	return &cobra.Command{
		Use: "logout", Short: e.say.T("command.logout_short"), Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(cmd, e, *server, func(c *connection) error {
				if err := c.Logout(cmd.Context(), marquee.LogoutLocal); err != nil {
					return err
				}
				_, err := fmt.Fprintln(cmd.OutOrStdout(), e.say.T("command.signed_out"))
				return err
			})
		},
	}
}

// ask runs one command against the server, the local one if none is named.
func ask(cmd *cobra.Command, e environment, server string, act func(*connection) error) error {
	ctx, cancel := context.WithTimeout(cmd.Context(), verbTimeout)
	defer cancel()
	return askWithin(ctx, cmd, e, server, act)
}

// askWithin is ask for a command that takes as long as ctx lets it.
func askWithin(ctx context.Context, cmd *cobra.Command, e environment, server string, act func(*connection) error) error {
	cmd.SetContext(ctx)
	conn, err := connect(ctx, e, server, "cli", func(error) {
		fmt.Fprintln(cmd.ErrOrStderr(), "marquee:", e.say.T("command.not_saved"))
	})
	if err != nil {
		return err
	}
	defer conn.close()
	done := make(chan error, 1)
	go func() { done <- act(conn) }()
	select {
	case err := <-done:
		return err
	case err := <-conn.failed:
		return err
	}
}
