package verb

import (
	"context"

	"github.com/spf13/cobra"

	"example.com/marquee/common/marquee"
)

func newSessions(w World) *cobra.Command {
	cmd := &cobra.Command{Use: "sessions", Short: w.say("sessions_short"), Args: NoArguments}
	asJSON := w.JSONFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return w.Ask(cmd.Context(), func(ctx context.Context, s Service) error {
			sessions, err := s.Sessions(ctx)
			if err != nil {
				return err
			}
			if *asJSON {
				return WriteJSON(w.Out, struct {
					Items []marquee.Session `json:"items"`
				}{sessions})
			}
			return w.printSessions(sessions)
		})
	}
	return cmd
}

func (w World) printSessions(sessions []marquee.Session) error {
	id := Column{Head: "ID"}
	client := Column{Head: w.say("column_client")}
	address := Column{Head: w.say("column_address")}
	used := Column{Head: w.say("column_used")}
	since := Column{Head: w.say("column_since"), Spare: true}
	agent := Column{Head: w.say("column_agent"), Spare: true}
	for _, s := range sessions {
		last := w.say("now")
		if s.LastUsedAt != nil {
			last = w.moment(*s.LastUsedAt)
		}
		id.Cells = append(id.Cells, s.ID)
		client.Cells = append(client.Cells, s.Client)
		address.Cells = append(address.Cells, s.Address)
		used.Cells = append(used.Cells, last)
		since.Cells = append(since.Cells, w.moment(s.CreatedAt))
		agent.Cells = append(agent.Cells, s.Agent)
	}
	return w.Table(id, client, address, used, since, agent)
}

func newRevoke(w World) *cobra.Command {
	cmd := &cobra.Command{Use: "revoke ID", Short: w.say("revoke_short"), Args: Exactly(1)}
	asJSON := w.JSONFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return w.Ask(cmd.Context(), func(ctx context.Context, s Service) error {
			if err := s.EndSession(ctx, args[0]); err != nil || *asJSON {
				return err
			}
			return w.line(w.say("revoked"))
		})
	}
	return cmd
}

func newLockdown(w World) *cobra.Command {
	cmd := &cobra.Command{Use: "lockdown", Short: w.say("lockdown_short"), Args: NoArguments}
	asJSON := w.JSONFlag(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return w.Ask(cmd.Context(), func(ctx context.Context, s Service) error {
			if err := s.Logout(ctx, marquee.LogoutOthers); err != nil || *asJSON {
				return err
			}
			return w.line(w.say("locked_down"))
		})
	}
	return cmd
}
