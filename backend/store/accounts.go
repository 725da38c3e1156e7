package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
)

var _ auth.Accounts = (*Store)(nil)

type userRow struct {
	bun.BaseModel `bun:"table:users,alias:u"`

	ID             string `bun:"id,pk"`
	Username       string `bun:"username"`
	UsernameFolded string `bun:"username_folded"`
	Email          string `bun:"email"`
	EmailFolded    string `bun:"email_folded"`
	PasswordHash   string `bun:"password_hash"`
	IsActive       bool   `bun:"is_active"`
	IsSuperuser    bool   `bun:"is_superuser"`
	CreatedAt      int64  `bun:"created_at"`
	UpdatedAt      int64  `bun:"updated_at"`
	TOTPSecret     []byte `bun:"totp_secret"`
	TOTPPending    []byte `bun:"totp_pending"`
	TOTPStep       int64  `bun:"totp_step"`
}

func (r userRow) account() auth.Account {
	return auth.Account{
		User: marquee.User{
			ID: r.ID, Username: r.Username, Email: r.Email, IsActive: r.IsActive, IsSuperuser: r.IsSuperuser,
			CreatedAt: timeOf(r.CreatedAt), UpdatedAt: timeOf(r.UpdatedAt),
			MFAEnabled: r.TOTPSecret != nil,
		},
		PasswordHash: r.PasswordHash, TOTP: r.TOTPSecret, TOTPPending: r.TOTPPending,
	}
}

// check refuses text that no database can keep, whoever let it through.
func (r userRow) check() error {
	var fields []marquee.FieldError
	if !storable(r.Username) {
		fields = append(fields, marquee.FieldError{Field: "username", Code: marquee.FieldCharacters})
	}
	if !storable(r.Email) {
		fields = append(fields, marquee.FieldError{Field: "email", Code: marquee.FieldCharacters})
	}
	return marquee.Invalid(fields...)
}

// CreateAccount keeps a new account. An empty id is made here; a zero
// CreatedAt is now. CodeUsernameTaken, CodeEmailTaken.
func (s *Store) CreateAccount(ctx context.Context, a auth.Account) (auth.Account, error) {
	const op = "create account"
	if a.ID == "" {
		id, err := uuid.NewV7()
		if err != nil {
			return auth.Account{}, s.fail(op, err)
		}
		a.ID = id.String()
	}
	var row userRow
	err := s.inTx(ctx, op, func(ctx context.Context, tx bun.Tx) error {
		now, err := s.nowIn(ctx, tx)
		if err != nil {
			return err
		}
		row = userRow{
			ID: a.ID, Username: marquee.NormalName(a.Username), UsernameFolded: marquee.FoldName(a.Username),
			Email: marquee.NormalName(a.Email), EmailFolded: marquee.FoldName(a.Email),
			PasswordHash: a.PasswordHash, IsActive: a.IsActive, IsSuperuser: a.IsSuperuser,
			CreatedAt: micros(orNow(a.CreatedAt, now)), UpdatedAt: micros(orNow(a.UpdatedAt, now)),
		}
		if err := row.check(); err != nil {
			return err
		}
		_, err = tx.NewInsert().Model(&row).Exec(ctx)
		return taken(op, err)
	})
	if err != nil {
		return auth.Account{}, s.whichTaken(ctx, err, "", row)
	}
	return row.account(), nil
}

func orNow(t, now time.Time) time.Time {
	if t.IsZero() {
		return now
	}
	return t
}

// AccountByLogin finds an account by user name or address. An address wins
// over an imported user name that looks like one.
func (s *Store) AccountByLogin(ctx context.Context, login string) (auth.Account, error) {
	const op = "find account"
	folded := marquee.FoldName(login)
	if folded == "" || !storable(folded) {
		return auth.Account{}, marquee.E(marquee.CodeNotFound)
	}
	var rows []userRow
	err := s.reader.NewSelect().Model(&rows).
		Where("username_folded = ? OR email_folded = ?", folded, folded).Scan(ctx)
	switch {
	case err != nil:
		return auth.Account{}, s.fail(op, err)
	case len(rows) == 0:
		return auth.Account{}, marquee.E(marquee.CodeNotFound)
	case len(rows) > 1 && rows[1].EmailFolded == folded:
		return rows[1].account(), nil
	}
	return rows[0].account(), nil
}

// AccountByID finds an account. CodeNotFound.
//
// Almost every request asks this, so the id is a parameter: bun would write it
// into the text, and Postgres would parse and plan it anew for each person.
func (s *Store) AccountByID(ctx context.Context, id string) (auth.Account, error) {
	const op = "find account"
	if !storable(id) {
		return auth.Account{}, marquee.E(marquee.CodeNotFound)
	}
	rows, err := s.reader.DB.QueryContext(ctx, s.accountByID, id)
	if err != nil {
		return auth.Account{}, s.fail(op, err)
	}
	var found []userRow
	if err := s.reader.ScanRows(ctx, rows, &found); err != nil {
		return auth.Account{}, s.fail(op, err)
	}
	if len(found) == 0 {
		return auth.Account{}, marquee.E(marquee.CodeNotFound)
	}
	return found[0].account(), nil
}

// accountByID is the text of the query. Both databases know $1.
func accountByID(db *bun.DB) string {
	return db.NewSelect().Model((*userRow)(nil)).Where("id = $1").String()
}

// RehashPassword replaces the hash if it is still old.
func (s *Store) RehashPassword(ctx context.Context, id, old, new string) error {
	_, err := s.db.NewUpdate().Model((*userRow)(nil)).Set("password_hash = ?", new).
		Where("id = ? AND password_hash = ?", id, old).Exec(ctx)
	return s.fail("rehash password", err)
}
