package operator

import (
	"context"
	"errors"
	"strings"
	"time"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

// Keys is what commands do with signing keys; auth.Service has it.
type Keys interface {
	ListKeys(ctx context.Context) ([]auth.Key, error)
	RotateKey(ctx context.Context, now bool) (auth.Key, error)
	RetireKey(ctx context.Context, id string, now bool) (auth.Key, error)
}

// ListKeys lists every signing key, oldest first, in columns parted by tabs:
// id, algorithm, state, when it was made, since when it is in its state.
type ListKeys struct{}

// Name implements Command.
func (ListKeys) Name() string { return "keys list" }

// Run implements Command.
func (ListKeys) Run(ctx context.Context, d *Desk) error {
	keys, err := d.Keys.ListKeys(ctx)
	if err != nil {
		return err
	}
	for _, k := range keys {
		d.Out.Line(strings.Join([]string{
			k.ID, k.Algorithm, d.Messages.T("cli.key_" + string(k.State)), moment(k.CreatedAt), moment(k.Since),
		}, "\t"))
	}
	return nil
}

// RotateKey publishes a new signing key.
type RotateKey struct {
	// Now has it sign at once.
	Now bool `json:"now"`
}

// Name implements Command.
func (RotateKey) Name() string { return "keys rotate" }

// Run implements Command.
func (c RotateKey) Run(ctx context.Context, d *Desk) error {
	k, err := d.Keys.RotateKey(ctx, c.Now)
	if err != nil {
		return d.unchanged(err)
	}
	d.successor(k)
	return nil
}

// RetireKey retires a signing key.
type RetireKey struct {
	ID string `json:"id"`
	// Now withdraws it: nothing it signed is believed any more.
	Now bool `json:"now"`
}

// Name implements Command.
func (RetireKey) Name() string { return "keys retire" }

// Run implements Command.
func (c RetireKey) Run(ctx context.Context, d *Desk) error {
	k, err := d.Keys.RetireKey(ctx, c.ID, c.Now)
	if marquee.IsCode(err, marquee.CodeNotFound) {
		d.note("cli.no_key", "ID", clean(c.ID))
		return ErrSaid
	}
	if err != nil {
		return d.unchanged(err)
	}
	id := "cli.key_was_retired"
	if c.Now {
		id = "cli.key_was_withdrawn"
	}
	d.say(id, "ID", c.ID)
	if k.ID != "" {
		d.successor(k)
	}
	return nil
}

// successor says which key signs after a change.
func (d *Desk) successor(k auth.Key) {
	id := "cli.key_signs"
	if k.State == auth.KeyNext {
		id = "cli.key_will_sign"
	}
	d.say(id, "ID", k.ID, "At", moment(k.Since))
}

// unchanged says why the keys stay as they are, where err is one of those
// reasons.
func (d *Desk) unchanged(err error) error {
	for reason, id := range map[error]string{
		auth.ErrNextKey: "cli.next_key_there", auth.ErrLastKey: "cli.last_key", auth.ErrSecretSigns: "cli.secret_signs",
	} {
		if errors.Is(err, reason) {
			d.note(id)
			return ErrSaid
		}
	}
	return err
}

func moment(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}
