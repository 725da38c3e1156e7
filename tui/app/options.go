package app

import (
	"context"
	"io"
	"iter"
	"math/rand/v2"
	"time"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/theme"
	tea "github.com/charmbracelet/bubbletea"
)

// Size is the size of a terminal in cells.
type Size struct{ Width, Height int }

// Options are what the program needs from the one who starts it. Auth,
// Movies, SignedIn, Messages and Theme are required.
type Options struct {
	// Context ends with the terminal; nil never ends. Every call of the API
	// ends with it.
	Context context.Context
	Auth    marquee.AuthService
	Movies  marquee.MovieService
	// Account is the account as a whole, Token the token that is held, Admin
	// the accounts of others, Devices lets one session open another; nil leaves
	// out the pages that need it.
	Account marquee.AccountService
	Token   marquee.TokenHolder
	Admin   marquee.AdminService
	Devices marquee.DeviceService
	// Personal exports and deletes the account; nil leaves that out.
	Personal marquee.PersonalDataService
	// WriteFile makes a file of what content yields, on the person's own
	// machine and for his eyes alone, and returns where it is. Where there is no
	// place for it, or something is there already, it is CodeInvalid on field
	// file, before content is asked; nothing is left of a file that is not whole.
	// It runs as a command. nil where the person is elsewhere.
	WriteFile func(path string, content func(io.Writer) error) (string, error)
	// SSHKeys are the account's; nil leaves their page out. Prover signs
	// with those of the person at this machine, and is nil where the person is
	// elsewhere: nothing may read this machine's keys for him. Origin is the
	// server as it is dialled, which a key that signs elsewhere has to name.
	SSHKeys marquee.KeyService
	Prover  marquee.KeyProver
	Origin  string
	// Events yields what happens to the signed-in account until its context
	// ends; nil never tells.
	Events func(context.Context) iter.Seq[marquee.LiveEvent]
	// SignedIn tells whether credentials are held. It runs as a command.
	SignedIn func() bool
	Messages *lang.Messages
	Theme    theme.Theme
	// ServerName is shown on the sign-in page and the account page.
	ServerName string
	// Visit is set over SSH.
	Visit *Visit
	// Remote says that the terminal is not on this machine (SSH): nothing may
	// read this machine's clipboard.
	Remote bool
	// Suspends: the person started the program from a shell of this machine that
	// takes the terminal while the program waits.
	Suspends bool
	// InitialSize is drawn for until the terminal says its size; zero draws
	// nothing until then.
	InitialSize Size
	// Passwords are the bounds of a new password, as the server has them.
	Passwords marquee.PasswordRules
	// SetLanguage is told when the person picks a language, "en" or "ko", so
	// that the server speaks it too. It runs as a command; nil tells nobody.
	SetLanguage func(tag string)
	// Keep is told what the person chose, one of the settings here, for the
	// next start. It runs as a command; nil keeps nothing.
	Keep func(setting string, value any) error
	// Keys are the keys of actions that have others than usual, as CheckKeys
	// accepts them.
	Keys map[string][]string
	// NoLinks: the terminal knows no hyperlinks (see KnowsLinks).
	NoLinks bool
	// NoMouse leaves the mouse to the terminal until the person wants it.
	NoMouse bool
	// Problems are shown with the first page; each may be Spoken.
	Problems []error
	// Seen is the top of the film list as it was seen last, shown dimmed until
	// the server's answer comes; the empty page shows nothing. Remember is told
	// each such answer and runs as a command; nil keeps nothing.
	Seen     marquee.Page[marquee.Movie]
	Remember func(language string, top marquee.Page[marquee.Movie])
	// AskBackground writes background.Question to the terminal. It runs as a
	// command; nil asks nothing. The answer comes as a BackgroundMsg.
	AskBackground func()

	Now    func() time.Time                                     // nil: time.Now
	Tick   func(time.Duration, func(time.Time) tea.Msg) tea.Cmd // nil: tea.Tick
	Jitter func() float64                                       // 0 to 1; nil: random
}

func (o Options) withDefaults() Options {
	if o.Context == nil {
		o.Context = context.Background()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Tick == nil {
		o.Tick = tea.Tick
	}
	if o.Jitter == nil {
		o.Jitter = rand.Float64
	}
	return o
}

// BackgroundMsg says what the terminal answered about its background.
type BackgroundMsg struct{ Dark bool }

// Spoken is an error that says itself in a language.
type Spoken interface {
	error
	In(say *lang.Messages) string
}

// NoticeMsg shows a sentence from outside the program, such as that the
// server is about to stop. It stays until the next key.
type NoticeMsg struct{ Text string }
