package operator

import "context"

// SetActive disables an account, which ends its sessions, or enables it again.
type SetActive struct {
	Login  string `json:"login"`
	Active bool   `json:"active"`
}

// Name implements Command.
func (c SetActive) Name() string { return "user active" }

// Run implements Command.
func (c SetActive) Run(ctx context.Context, d *Desk) error {
	if err := d.Accounts.SetActive(ctx, c.Login, c.Active); err != nil {
		return d.unknown(c.Login, err)
	}
	id := "cli.user_disabled"
	if c.Active {
		id = "cli.user_enabled"
	}
	d.say(id, "Name", clean(c.Login))
	return nil
}
