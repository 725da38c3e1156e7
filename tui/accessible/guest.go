package accessible

import (
	"errors"
	"strconv"
	"strings"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
	"example.com/marquee/tui/verb"
)

// guest is the menu of who is not signed in.
func (p *program) guest() (string, string, []choice) {
	return p.say("accessible.guest"), p.say("accessible.quit"), []choice{
		{p.say("tui.action.sign_in"), p.signIn},
		{p.say("tui.action.register"), p.register},
		{p.say("tui.action.elsewhere"), p.signInElsewhere},
		{p.say("pages.action.sign_in_key"), p.keySignIn},
		{p.say("tui.action.other_language"), p.otherLanguage},
	}
}

func (p *program) signIn() error {
	login, err := p.Prompt.Line(p.ctx, p.say("tui.field.login"))
	if err != nil {
		return err
	}
	password, err := p.Prompt.Secret(p.ctx, p.say("tui.field.password"))
	if err != nil {
		return err
	}
	return p.signInAs(login, password)
}

// signInElsewhere waits until a session elsewhere lets this one in.
func (p *program) signInElsewhere() error {
	d, err := p.Devices.AskDevice(p.ctx, marquee.Origin{})
	if err != nil {
		return err
	}
	p.line("command.approve_at", "Address", cells.CleanLabel(d.VerificationURI, 300), "Code", cells.CleanLabel(d.UserCode, 16), "Number", cells.CleanLabel(d.Number, 16))
	p.line("accessible.approve_waiting", "Minutes", d.ExpiresIn/60)
	if _, err := p.Devices.AwaitDevice(p.ctx, d); err != nil {
		return err
	}
	return p.welcome()
}

// signInAs signs in with the code of the second factor where one is set.
func (p *program) signInAs(login, password string) error {
	p.line("tui.signing_in")
	_, err := p.Service.Login(p.ctx, marquee.Credentials{Login: login, Password: password})
	return p.signedIn(err)
}

// signedIn goes on after the first step of a sign-in, whatever that was.
func (p *program) signedIn(err error) error {
	var e *marquee.Error
	if errors.As(err, &e) && e.Code == marquee.CodeMFARequired {
		err = p.secondStep(e.MFAToken)
	}
	if err != nil {
		return err
	}
	return p.welcome()
}

// welcome says who has signed in.
func (p *program) welcome() error {
	user, err := p.Service.Me(p.ctx)
	if err != nil {
		return err
	}
	p.line("command.signed_in", "Name", cells.Clean(user.Username))
	return nil
}

// secondStep asks for codes as long as the server takes them.
func (p *program) secondStep(token string) error {
	p.line("accessible.leave")
	for {
		code, err := p.askCode()
		if err != nil {
			return err
		}
		_, err = p.Service.LoginMFA(p.ctx, marquee.SecondStep{Token: token, Code: code})
		if !marquee.IsCode(err, marquee.CodeWrongCode) {
			return err
		}
		p.text(cells.Clean(verb.Sentence(p.Messages, err)))
	}
}

func (p *program) askCode() (string, error) {
	p.line("tui.code.hint")
	return p.orBack(p.Prompt.Line(p.ctx, p.say("tui.field.code")))
}

// orBack leads back on an empty answer: where the same is asked until the answer
// is good, there must be another way out.
func (p *program) orBack(text string, err error) (string, error) {
	if err == nil && strings.TrimSpace(text) == "" {
		err = errBack
	}
	return text, err
}

// register asks for each field until the rules take it, makes the account and
// signs in.
func (p *program) register() error {
	var r marquee.Registration
	var err error
	p.line("accessible.leave")
	if r.Username, err = p.field("username", marquee.CheckUsername); err != nil {
		return err
	}
	if r.Email, err = p.field("email", marquee.CheckEmail); err != nil {
		return err
	}
	if r.Password, err = p.newPassword(r.Username, r.Email); err != nil {
		return err
	}
	p.line("tui.registering")
	if _, err := p.Service.Register(p.ctx, r); err != nil {
		return err
	}
	return p.signInAs(r.Username, r.Password)
}

// field asks for one field until check takes it.
func (p *program) field(name string, check func(string) *marquee.FieldError) (string, error) {
	for {
		text, err := p.orBack(p.Prompt.Line(p.ctx, p.say("tui.field."+name)))
		if err != nil {
			return "", err
		}
		wrong := check(text)
		if wrong == nil {
			return text, nil
		}
		p.wrong(*wrong)
	}
}

func (p *program) wrong(f marquee.FieldError) { p.text(p.problem(f)) }

func (p *program) problem(f marquee.FieldError) string {
	return p.say("field."+f.Code, "Limit", f.Limit)
}

// newPassword asks twice for a password that the rules take. The server judges
// it once more. What is wrong is said with the next question, when nothing that
// is typed shows any more: whoever hears it may type at once.
func (p *program) newPassword(own ...string) (string, error) {
	wrong := ""
	for {
		password, err := p.orBack(p.Prompt.Secret(p.ctx, wrong+p.say("accessible.new_password")))
		if err != nil {
			return "", err
		}
		s := p.Passwords.Measure(password, own...)
		if s.Level > 0 {
			p.line("strength.is", "Word", p.say("strength."+strconv.Itoa(int(s.Level))), "Level", int(s.Level), "Most", int(marquee.Strong))
		}
		if s.Problem != nil {
			wrong = p.problem(*s.Problem) + "\n"
			continue
		}
		again, err := p.Prompt.Secret(p.ctx, p.say("tui.field.repeat"))
		if err != nil {
			return "", err
		}
		if again == password {
			return password, nil
		}
		wrong = p.problem(marquee.FieldError{Code: marquee.FieldMismatch}) + "\n"
	}
}

func (p *program) otherLanguage() error {
	tag := lang.Korean
	if p.Messages.Tag() == lang.Korean {
		tag = lang.English
	}
	p.Messages = lang.In(tag)
	p.SetLanguage(tag)
	return nil
}
