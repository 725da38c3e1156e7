package operator

import (
	"context"
	"strings"
	"time"
)

// ListUsers lists every account by user name, in columns parted by tabs.
type ListUsers struct{}

const listPage = 200

// Name implements Command.
func (ListUsers) Name() string { return "user list" }

// Run implements Command.
func (ListUsers) Run(ctx context.Context, d *Desk) error {
	for after := ""; ; {
		users, err := d.Accounts.ListUsers(ctx, after, listPage)
		if err != nil {
			return err
		}
		for _, u := range users {
			state := "cli.state_active"
			switch {
			case !u.IsActive:
				state = "cli.state_disabled"
			case u.IsSuperuser:
				state = "cli.state_superuser"
			}
			d.Out.Line(strings.Join([]string{
				clean(u.Username), clean(u.Email), d.Messages.T(state), u.CreatedAt.UTC().Format(time.DateOnly), u.ID,
			}, "\t"))
			after = u.Username
		}
		if len(users) < listPage {
			return nil
		}
	}
}
