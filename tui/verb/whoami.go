package verb

import (
	"context"

	"github.com/spf13/cobra"
)

func newWhoami(w World) *cobra.Command {
	cmd := &cobra.Command{Use: "whoami", Short: w.Say.T("command.whoami_short"), Args: NoArguments}
	asJSON := w.JSONFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return w.Ask(cmd.Context(), func(ctx context.Context, s Service) error {
			u, err := s.Me(ctx)
			if err != nil {
				return err
			}
			if *asJSON {
				return WriteJSON(w.Out, u)
			}
			return w.line(u.Username)
		})
	}
	return cmd
}
