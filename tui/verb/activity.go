package verb

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"example.com/marquee/common/marquee"
)

func newActivity(w World) *cobra.Command {
	cmd := &cobra.Command{Use: "activity", Short: w.say("activity_short"), Args: NoArguments}
	asJSON := w.JSONFlag(cmd)
	var page marquee.PageRequest
	cmd.Flags().IntVar(&page.Limit, "limit", 20, w.say("flag_limit"))
	cmd.Flags().StringVar(&page.Cursor, "cursor", "", w.say("flag_cursor"))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if page.Limit < 1 || page.Limit > 100 {
			return Usage("verb.limit_range")
		}
		return w.Ask(cmd.Context(), func(ctx context.Context, s Service) error {
			found, err := s.Activity(ctx, page)
			if err != nil {
				return err
			}
			if *asJSON {
				return WriteJSON(w.Out, found)
			}
			return w.printActivity(found.Items)
		})
	}
	return cmd
}

func (w World) printActivity(list []marquee.Activity) error {
	at := Column{Head: w.say("column_date")}
	what := Column{Head: w.say("column_what"), Flex: true}
	address := Column{Head: w.say("column_address")}
	client := Column{Head: w.say("column_client"), Spare: true}
	key := Column{Head: w.Say.T("keys.fingerprint"), Spare: true}
	for _, a := range list {
		at.Cells = append(at.Cells, w.moment(a.At))
		what.Cells = append(what.Cells, w.Say.Activity(a.Kind, a.Reason, a.By, a.Times))
		address.Cells = append(address.Cells, a.Address)
		client.Cells = append(client.Cells, a.Client)
		key.Cells = append(key.Cells, a.Key)
	}
	if strings.Join(key.Cells, "") == "" { // most accounts have none
		return w.Table(at, what, address, client)
	}
	return w.Table(at, what, address, client, key)
}
