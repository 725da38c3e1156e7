package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func newWhoami(e environment, server *string) *cobra.Command {
	return &cobra.Command{
		Use: "whoami", Short: e.say.T("command.whoami_short"), Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(cmd, e, *server, func(c *connection) error {
				u, err := c.Me(cmd.Context())
				if err != nil {
					return err
				}
				_, err = fmt.Fprintln(cmd.OutOrStdout(), u.Username)
				return err
			})
		},
	}
}
