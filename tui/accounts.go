package main

import (
	"github.com/spf13/cobra"

	"example.com/marquee/tui/credentials"
	"example.com/marquee/tui/verb"
)

// newAccounts lists who is signed in where, and says whom to be from now on.
// It asks no server.
func newAccounts(w verb.World, e environment, at *target) *cobra.Command {
	cmd := &cobra.Command{Use: "accounts", Short: e.say.T("command.accounts_short"), Args: verb.NoArguments}
	asJSON := w.JSONFlag(cmd)
	cmd.RunE = func(*cobra.Command, []string) error {
		accounts, err := e.accounts()
		if err != nil {
			return err
		}
		list, err := accounts.List()
		if err != nil {
			return err
		}
		if *asJSON {
			return verb.WriteJSON(w.Out, struct {
				Items []credentials.Account `json:"items"`
			}{append([]credentials.Account{}, list...)})
		}
		return printAccounts(w, accounts, list)
	}
	cmd.AddCommand(&cobra.Command{
		Use: "use NAME", Short: e.say.T("command.accounts_use_short"),
		Args: verb.Exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			accounts, err := e.accounts()
			if err != nil {
				return err
			}
			server := e.serverOf(*at, accounts)
			key, err := e.keyOf(server)
			if err != nil {
				return err
			}
			f, err := accounts.Open(key, args[0])
			if err != nil {
				return err
			}
			return accounts.Choose(cmd.Context(), f, args[0], server)
		},
	})
	return cmd
}

func printAccounts(w verb.World, accounts *credentials.Accounts, list []credentials.Account) error {
	mark, name, server, place := verb.Column{}, verb.Column{Head: w.Say.T("tui.field.username")}, verb.Column{Head: w.Say.T("tui.account.server"), Flex: true},
		verb.Column{Head: w.Say.T("command.place")}
	for _, a := range list {
		current := ""
		if a.Current {
			current = "*"
		}
		f, err := accounts.Open(a.Server, a.Username)
		if err != nil {
			return err
		}
		kept := w.Say.T("command.place_file")
		if f.InKeyring() {
			kept = w.Say.T("command.place_keyring")
		}
		mark.Cells, name.Cells = append(mark.Cells, current), append(name.Cells, a.Username)
		server.Cells, place.Cells = append(server.Cells, a.Server), append(place.Cells, kept)
	}
	return w.Table(mark, name, server, place)
}
