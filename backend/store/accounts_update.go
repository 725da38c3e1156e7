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
		others := 0
		if row, others, err = s.lockForPatch(ctx, tx, id, p); err != nil {
			return err
		}
		if err := s.stillActs(ctx, tx); err != nil {
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
		if p.AdminID != "" && others == 0 && before.leads() && !row.leads() {
			return marquee.E(marquee.CodeLastSuperuser)
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
	return append(events, auth.StateChanges(before.account(), after.account())...)
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

// lockForPatch is lockUser or, for a change by a superuser, lockPeople.
func (s *Store) lockForPatch(ctx context.Context, tx bun.Tx, id string, p auth.AccountPatch) (row userRow, others int, err error) {
	if p.AdminID == "" {
		row, err = s.lockUser(ctx, tx, id)
		return row, 0, err
	}
	rows, err := s.lockPeople(ctx, tx, id, p.AdminID)
	if err != nil {
		return row, 0, err
	}
	if admin, ok := rows[p.AdminID]; !ok || !admin.leads() {
		return row, 0, marquee.E(marquee.CodeForbidden)
	}
	row, ok := rows[id]
	if !ok {
		return row, 0, marquee.E(marquee.CodeNotFound)
	}
	return row, leadersBut(rows, id), nil
}

// lockPeople reads some accounts and all of superusers and holds them, each
// transaction in the same order: of two who would take the last place from
// each other the second sees what the first did.
func (s *Store) lockPeople(ctx context.Context, tx bun.Tx, ids ...string) (map[string]userRow, error) {
	var rows []userRow
	err := s.lockRow(tx.NewSelect().Model(&rows).Where("u.is_superuser OR u.id IN (?)", bun.List(ids)).Order("u.id")).Scan(ctx)
	people := make(map[string]userRow, len(rows))
	for _, r := range rows {
		people[r.ID] = r
	}
	return people, err
}

// leads reports an active superuser.
func (r userRow) leads() bool { return r.IsActive && r.IsSuperuser }

// leadersBut counts active superusers without one account.
func leadersBut(rows map[string]userRow, id string) (n int) {
	for _, r := range rows {
		if r.leads() && r.ID != id {
			n++
		}
	}
	return n
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
