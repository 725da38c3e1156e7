package operator

import (
	"context"
	"time"
)

// SetPassword gives an account a new password, which ends its sessions.
type SetPassword struct {
	Login    string `json:"login"`
	Password string `json:"password"`
}

// Name implements Command.
func (SetPassword) Name() string { return "user passwd" }

// Run implements Command.
func (c SetPassword) Run(ctx context.Context, d *Desk) error {
	if err := d.Accounts.SetPassword(ctx, c.Login, c.Password); err != nil {
		return d.unknown(c.Login, err)
	}
	d.say("cli.password_set", "Name", clean(c.Login))
	return nil
}

// PasswordLink makes a link under which the person chooses a password himself,
// once.
type PasswordLink struct {
	Login string `json:"login"`
}

// PasswordPath is where the pages take a link; the token follows.
const PasswordPath = "/password/"

// Name implements Command.
func (PasswordLink) Name() string { return "user passwd --link" }

// Run implements Command.
func (c PasswordLink) Run(ctx context.Context, d *Desk) error {
	token, expires, err := d.Accounts.PasswordLink(ctx, c.Login)
	if err != nil {
		return d.unknown(c.Login, err)
	}
	d.note("cli.password_link", "Name", clean(c.Login), "Until", expires.UTC().Format(time.RFC3339))
	d.Out.Line(d.PublicURL + PasswordPath + token)
	return nil
}
