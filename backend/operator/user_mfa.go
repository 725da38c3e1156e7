package operator

import "context"

// MFAOff takes a person's second factor away, for one who has lost his
// authenticator and his recovery codes, and ends his sessions.
type MFAOff struct {
	Login string `json:"login"`
}

// Name implements Command.
func (c MFAOff) Name() string { return "user mfa-off" }

// Run implements Command.
func (c MFAOff) Run(ctx context.Context, d *Desk) error {
	had, err := d.Accounts.MFAOff(ctx, c.Login)
	if err != nil {
		return d.unknown(c.Login, err)
	}
	id := "cli.mfa_off"
	if !had {
		id = "cli.mfa_was_off"
	}
	d.say(id, "Name", clean(c.Login))
	return nil
}
