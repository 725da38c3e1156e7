package operator

import (
	"context"

	"example.com/marquee/common/marquee"
)

// CreateUser makes an account, by the rules that registration follows.
type CreateUser struct {
	Username  string `json:"username"`
	Email     string `json:"email"`
	Password  string `json:"password"`
	Superuser bool   `json:"superuser"`
}

// Name implements Command.
func (CreateUser) Name() string { return "user create" }

// Run implements Command.
func (c CreateUser) Run(ctx context.Context, d *Desk) error {
	r := marquee.Registration{Email: c.Email, Username: c.Username, Password: c.Password}
	u, err := d.Accounts.CreateUser(ctx, r, c.Superuser)
	if err != nil {
		return err
	}
	id := "cli.user_created"
	if u.IsSuperuser {
		id = "cli.superuser_created"
	}
	d.say(id, "Name", clean(u.Username), "ID", u.ID)
	return nil
}

// clean makes a stored name safe to print on a terminal.
func clean(s string) string { return marquee.CleanText(s, 0) }
