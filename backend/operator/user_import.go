package operator

import (
	"context"

	"example.com/marquee/backend/auth"
)

// People opens another system's people; store.ArticleUsers does. done is to be
// called in the end.
type People func(ctx context.Context, url, password string) (next func() (auth.ImportedAccount, error), done func(), err error)

// ImportUsers copies people out of the article's database: they sign in with
// their old passwords.
type ImportUsers struct {
	From string `json:"from"` // postgres://...
	// Password goes with From; "" leaves it to From.
	Password string `json:"password"`
}

// Name implements Command.
func (ImportUsers) Name() string { return "user import" }

// Run implements Command. People who could not be imported are listed and fail
// the command; what was imported stays.
func (c ImportUsers) Run(ctx context.Context, d *Desk) error {
	next, done, err := d.People(ctx, c.From, c.Password)
	if err != nil {
		return err
	}
	defer done()
	r, err := d.Accounts.ImportAccounts(ctx, next)
	d.list("cli.person_unusual", r.Unusual)
	d.list("cli.person_no_password", r.WithoutPassword)
	d.list("cli.person_refused", r.Refused)
	d.say("cli.people_imported", "Imported", r.Imported, "Present", r.Present, "Unusual", len(r.Unusual),
		"WithoutPassword", len(r.WithoutPassword), "Refused", len(r.Refused))
	if err == nil && len(r.Refused) > 0 {
		return ErrSaid
	}
	return err
}

func (d *Desk) list(id string, people []auth.ImportNote) {
	for _, p := range people {
		why := ""
		switch {
		case p.With != "":
			why = d.Messages.T("cli.name_of", "Field", p.Field, "Name", clean(p.With))
		case p.Code != "":
			why = p.Field + " " + p.Code
		}
		d.note(id, "ID", clean(p.SourceID), "Name", clean(p.Username), "Email", clean(p.Email), "Why", why)
	}
}
