package operator

import (
	"context"
	"errors"
	"time"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/catalog"
	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

// Command is one thing that an operator asks for. Its members are its
// arguments, and travel as JSON.
type Command interface {
	// Name is what was typed, without arguments: "user create".
	Name() string
	// Run does it and says so. A marquee.Error is told to the operator in his
	// language; ErrSaid means that Run has told everything already.
	Run(ctx context.Context, d *Desk) error
}

// ErrSaid is returned by a command that failed and has said why.
var ErrSaid = errors.New("operator: the command failed")

// Exit codes of a command.
const (
	ExitOK     = 0
	ExitFailed = 1
	ExitUsage  = 2
)

// Accounts is what commands do with people; auth.Service has it.
type Accounts interface {
	CreateUser(ctx context.Context, r marquee.Registration, superuser bool) (marquee.User, error)
	SetPassword(ctx context.Context, login, password string) error
	PasswordLink(ctx context.Context, login string) (token string, expires time.Time, err error)
	MFAOff(ctx context.Context, login string) (had bool, err error)
	SetActive(ctx context.Context, login string, active bool) error
	ListUsers(ctx context.Context, after string, limit int) ([]marquee.User, error)
	ImportAccounts(ctx context.Context, next func() (auth.ImportedAccount, error)) (auth.ImportReport, error)
}

// Films is what commands do with films; catalog.Service has it.
type Films interface {
	ImportFiles(ctx context.Context, files []catalog.ImportFile, hear catalog.Listener) error
}

// Output takes what a command says. It is used by one goroutine at a time.
type Output interface {
	// Line is part of the result.
	Line(text string)
	// Note is about the work: a warning, a row that was left out.
	Note(text string)
	// Progress replaces the progress shown before.
	Progress(p Progress)
}

// Progress says how far the work on one file, or on the films of one source, is.
type Progress struct {
	Name  string `json:"name"`
	Done  int64  `json:"done"`  // bytes read, or films saved
	Total int64  `json:"total"` // 0: unknown
	Films bool   `json:"films,omitempty"`
	Rows  int    `json:"rows"`
	// What has become of films so far.
	Added     int `json:"added"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
}

// Desk is what a command works with.
type Desk struct {
	Accounts Accounts
	Films    Films
	Keys     Keys
	People   People
	// PublicURL is where links begin, without a slash at the end.
	PublicURL string
	Messages  *lang.Messages
	Out       Output
}

// say writes a line of the result in the operator's language.
func (d *Desk) say(id string, pairs ...any) { d.Out.Line(d.Messages.T(id, pairs...)) }

// note writes a note in the operator's language.
func (d *Desk) note(id string, pairs ...any) { d.Out.Note(d.Messages.T(id, pairs...)) }

// unknown says of whom there is no account, where that is what err means.
func (d *Desk) unknown(login string, err error) error {
	if !marquee.IsCode(err, marquee.CodeNotFound) {
		return err
	}
	d.note("cli.no_account", "Name", clean(login))
	return ErrSaid
}

// Execute runs a command and returns its exit code, having said what failed.
func Execute(ctx context.Context, c Command, d *Desk) int {
	err := c.Run(ctx, d)
	switch {
	case err == nil:
		return ExitOK
	case ctx.Err() != nil: // whoever asked has gone, or knows
	case !errors.Is(err, ErrSaid):
		Explain(err, d.Messages, d.Out.Note)
	}
	return ExitFailed
}

// Explain tells an operator what an error means, one line for each field that
// was refused. He runs the server, so the cause inside may be told as well.
func Explain(err error, m *lang.Messages, write func(string)) {
	var e *marquee.Error
	if !errors.As(err, &e) {
		write(marquee.CleanText(err.Error(), 0))
		return
	}
	for _, f := range e.Fields {
		detail := m.T("field."+f.Code, "Limit", f.Limit)
		write(m.T("cli.field", "Field", f.Field, "Detail", detail))
	}
	if len(e.Fields) == 0 {
		write(m.T("error." + string(e.Code)))
	}
	if cause := e.Unwrap(); cause != nil {
		write(m.T("cli.cause", "Cause", marquee.CleanText(cause.Error(), 0)))
	}
}
