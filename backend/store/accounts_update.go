package store

import (
	"context"

	"github.com/uptrace/bun"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

// UpdateAccount changes an account and, with an EndReason, ends its sessions
// in the same transaction, which locks the user row first: a sign-in that
// verified the old password either comes before and is ended, or after and
// sees the new one.
func (s *Store) UpdateAccount(ctx context.Context, id string, p auth.AccountPatch) (auth.Account, []string, error) {
	const op = "update account"
	var row userRow
	var ended []string
	err := s.inTx(ctx, op, func(ctx context.Context, tx bun.Tx) error {
		var err error
		if row, err = s.lockUser(ctx, tx, id); err != nil {
			return err
		}
		if p.IfHash != nil && *p.IfHash != row.PasswordHash {
			return marquee.E(marquee.CodeWrongPassword)
		}
		before := row
		patch(&row, p)
		if err := row.check(); err != nil {
			return err
		}
		now, err := s.nowIn(ctx, tx)
		if err != nil {
			return err
		}
		row.UpdatedAt = micros(now)
		if _, err := tx.NewUpdate().Model(&row).ExcludeColumn("id", "created_at").WherePK().Exec(ctx); err != nil {
			return taken(op, err)
		}
		if p.PasswordHash != nil {
			// A link made for the old password must not undo the new one.
			if _, err := tx.NewDelete().Model((*passwordLinkRow)(nil)).Where("user_id = ?", id).Exec(ctx); err != nil {
				return err
			}
		}
		if err := s.record(ctx, tx, changesOf(before, row, p)...); err != nil || p.EndReason == "" {
			return err
		}
		ended, err = s.endAll(ctx, tx, id, p.KeepSession, p.EndReason)
		return err
	})
	if err != nil {
		return auth.Account{}, nil, s.whichTaken(ctx, err, id, row)
	}
	return row.account(), ended, nil
}

// changesOf is what a change of an account is to be recorded as.
func changesOf(before, after userRow, p auth.AccountPatch) (events []auth.Event) {
	add := func(happened bool, kind string) {
		if happened {
			events = append(events, auth.Event{Kind: kind, UserID: after.ID})
		}
	}
	add(p.PasswordHash != nil, auth.EventPasswordChanged)
	add(before.Username != after.Username || before.Email != after.Email, auth.EventAccountChanged)
	add(before.IsActive && !after.IsActive, auth.EventDisabled)
	add(!before.IsActive && after.IsActive, auth.EventEnabled)
	add(!before.IsSuperuser && after.IsSuperuser, auth.EventSuperuser)
	add(before.IsSuperuser && !after.IsSuperuser, auth.EventNoSuperuser)
	return events
}

func patch(row *userRow, p auth.AccountPatch) {
	if p.Email != nil {
		row.Email, row.EmailFolded = marquee.NormalName(*p.Email), marquee.FoldName(*p.Email)
	}
	if p.Username != nil {
		row.Username, row.UsernameFolded = marquee.NormalName(*p.Username), marquee.FoldName(*p.Username)
	}
	if p.PasswordHash != nil {
		row.PasswordHash = *p.PasswordHash
	}
	if p.IsActive != nil {
		row.IsActive = *p.IsActive
	}
	if p.IsSuperuser != nil {
		row.IsSuperuser = *p.IsSuperuser
	}
}

// lockUser reads a user and keeps others from changing him until the end of
// the transaction. CodeNotFound.
func (s *Store) lockUser(ctx context.Context, tx bun.Tx, id string) (userRow, error) {
	var row userRow
	if !storable(id) {
		return row, marquee.E(marquee.CodeNotFound)
	}
	err := s.lockRow(tx.NewSelect().Model(&row).Where("id = ?", id)).Scan(ctx)
	return row, err
}

// taken turns a violated unique constraint of users into its code. SQLite does
// not name the constraint: whichTaken looks, after the transaction.
func taken(op string, err error) error {
	constraint, unique := isUnique(err)
	switch {
	case !unique:
		return err
	case constraint == "users_email_key":
		return marquee.Wrap(marquee.CodeEmailTaken, op, err)
	}
	return marquee.Wrap(marquee.CodeUsernameTaken, op, err)
}

func (s *Store) whichTaken(ctx context.Context, err error, id string, row userRow) error {
	if s.onPostgres() || !marquee.IsCode(err, marquee.CodeUsernameTaken) {
		return err
	}
	named, readErr := s.reader.NewSelect().Model((*userRow)(nil)).
		Where("username_folded = ? AND id <> ?", row.UsernameFolded, id).Exists(ctx)
	if readErr == nil && !named {
		return marquee.Wrap(marquee.CodeEmailTaken, "update account", err)
	}
	return err
}
