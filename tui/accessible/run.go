package accessible

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
	"example.com/marquee/tui/prompt"
	"example.com/marquee/tui/theme"
	"example.com/marquee/tui/verb"
)

// Options are what the program needs from the one who starts it. All are
// required but Passwords and Zone.
type Options struct {
	Prompt   prompt.Prompt
	Service  verb.Service
	Devices  Devices
	Admin    marquee.AdminService
	Personal marquee.PersonalDataService
	Token    marquee.TokenHolder
	// WriteFile is that of app.Options.
	WriteFile func(path string, content func(io.Writer) error) (string, error)
	// Prover signs with the SSH keys of the person at this machine.
	Prover   marquee.KeyProver
	SignedIn func() bool
	Messages *lang.Messages
	// SetLanguage is told when the person picks a language, "en" or "ko".
	SetLanguage func(tag string)
	// Theme is that of the full screen, SetTheme told when the person picks one.
	Theme    theme.Name
	SetTheme func(theme.Name)
	// ServerName is said before somebody signs in.
	ServerName string
	Passwords  marquee.PasswordRules
	Zone       *time.Location // nil is UTC
}

// Devices signs in by a session elsewhere, and lets others in.
type Devices interface {
	// AskDevice is that of marquee.DeviceService.
	AskDevice(ctx context.Context, o marquee.Origin) (marquee.DeviceAuthorization, error)
	// AwaitDevice waits until somebody has answered, a server that is away
	// included: the errors of marquee.DeviceService.LoginDevice, but none that
	// passes.
	AwaitDevice(ctx context.Context, d marquee.DeviceAuthorization) (marquee.Tokens, error)
	// DeviceRequest and AnswerDevice are those of marquee.DeviceService.
	DeviceRequest(ctx context.Context, userCode string, o marquee.Origin) (marquee.DeviceRequest, error)
	AnswerDevice(ctx context.Context, userCode string, approve bool, o marquee.Origin) error
}

// program is one run.
type program struct {
	Options
	ctx context.Context
	out io.Writer
}

// errBack leads out of a menu.
var errBack = errors.New("back")

// Run speaks with the person until he quits, his input ends or ctx does,
// whose error it then returns.
func Run(ctx context.Context, o Options) error {
	p := &program{Options: o, ctx: ctx, out: o.Prompt.Out}
	p.line("accessible.welcome", "Server", cells.Clean(o.ServerName))
	for {
		menu := p.guest
		if o.SignedIn() {
			menu = p.member
		}
		if err := p.menu(menu); err != nil {
			return ended(err)
		}
	}
}

// ended makes a quiet end of having quit and of input that is over.
func ended(err error) error {
	if errors.Is(err, errBack) || errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// say is the sentence of an id.
func (p *program) say(id string, pairs ...any) string { return p.Messages.T(id, pairs...) }

// line writes a sentence.
func (p *program) line(id string, pairs ...any) { p.text(p.say(id, pairs...)) }

func (p *program) text(text string) { fmt.Fprintln(p.out, text) }

// choice is one line of a menu.
type choice struct {
	label string
	do    func() error
}

// menu shows choices once and does what is picked. "0" leads back, an empty
// answer shows the choices again. What went wrong is said, and the program
// goes on; the end of the input and of ctx go up.
func (p *program) menu(choices func() (title, back string, list []choice)) error {
	title, back, list := choices()
	p.text(title)
	for i, c := range list {
		fmt.Fprintf(p.out, "%d. %s\n", i+1, c.label)
	}
	fmt.Fprintf(p.out, "0. %s\n", back)
	n, err := p.number(p.say("accessible.choice"), 0, len(list))
	switch {
	case err != nil:
		return err
	case n == 0:
		return errBack
	case n < 0:
		return nil
	}
	return p.heard(list[n-1].do())
}

// heard says what went wrong, unless it ends the program.
func (p *program) heard(err error) error {
	switch {
	case err == nil, errors.Is(err, errBack):
		return nil
	case errors.Is(err, io.EOF), p.ctx.Err() != nil:
		return errors.Join(p.ctx.Err(), err)
	}
	p.text(p.say("accessible.error", "Text", cells.Clean(verb.Sentence(p.Messages, err))))
	return nil
}

// until shows a menu again and again until the person goes back, or is not
// signed in any more.
func (p *program) until(choices func() (string, string, []choice)) error {
	for {
		if err := p.menu(choices); err != nil || !p.SignedIn() {
			return err
		}
	}
}

// number asks for a number from least to most; -1 is an empty answer.
func (p *program) number(label string, least, most int) (int, error) {
	for {
		text, err := p.Prompt.Line(p.ctx, label)
		if err != nil {
			return 0, err
		}
		if text = strings.TrimSpace(text); text == "" {
			return -1, nil
		}
		n, rest := 0, ""
		if k, err := fmt.Sscanf(text, "%d%s", &n, &rest); (err == nil || k == 1) && rest == "" && n >= least && n <= most {
			return n, nil
		}
		p.line("accessible.number", "Least", least, "Most", most)
	}
}
