package app

import (
	"context"

	"example.com/marquee/common/marquee"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// The actions of the page that changes an account.
const (
	actProfile  = "pages.action.profile"
	actPassword = "pages.action.password"
	actSave     = "pages.action.save"
)

// goChange asks for the page that changes name and address or, with password
// set, the password.
type goChange struct {
	user     marquee.User
	password bool
}

type userUpdated struct {
	reply
	user marquee.User
}

func (a api) updateMe(gen int, patch marquee.UserPatch) tea.Cmd {
	var user marquee.User
	return a.call(gen, signDeadline, func(ctx context.Context) (err error) {
		user, err = a.auth.UpdateMe(ctx, patch)
		return err
	}, func(r reply) tea.Msg { return userUpdated{r, user} })
}

// changePage changes what the person is called, reached at, or signs in with.
type changePage struct {
	api      api
	size     Size
	user     marquee.User
	password bool // and nothing else
	form     form
	gen      int
	busy     bool
}

func newChange(a api, rules marquee.PasswordRules, want goChange) changePage {
	p := changePage{api: a, user: want.user, password: want.password}
	current := newField("current_password", true, nil)
	if want.password {
		p.form.fields = []field{current}
		p.form = p.form.withNewPassword("new_password", rules, func(form) []string { return []string{want.user.Username, want.user.Email} })
	} else {
		p.form.fields = []field{
			newField("username", false, func(f form) *marquee.FieldError { return marquee.CheckUsername(f.value("username")) }),
			newField("email", false, func(f form) *marquee.FieldError { return marquee.CheckEmail(f.value("email")) }),
			current,
		}
		p.form = p.form.with("username", want.user.Username).with("email", want.user.Email)
	}
	p.form.actions = []string{actSave}
	return p
}

func (p changePage) init(env) (page, tea.Cmd)         { return p, nil }
func (p changePage) setSize(size Size) page           { p.size = size; return p }
func (p changePage) typing() bool                     { return p.form.onField() }
func (p changePage) withForm(do func(form) form) page { p.form = do(p.form); return p }
func (p changePage) keys(e env) []key.Binding {
	return []key.Binding{e.keys.submit, e.keys.next, e.keys.back, e.keys.previous}
}

func (p changePage) title(e env) string {
	if p.password {
		return e.say.T(actPassword)
	}
	return e.say.T(actProfile)
}

func (p changePage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return p.key(e, msg)
	case measured:
		var cmd tea.Cmd
		p.form, cmd = p.form.measured(p.api, msg)
		return p, nil, cmd
	case proved:
		return p.submit()
	case userUpdated:
		if msg.gen != p.gen {
			return p, nil, nil
		}
		p.busy = false
		if msg.err != nil {
			return p.refused(msg.err)
		}
		return p, changed{msg.user, p.password}, nil
	}
	return p, nil, nil
}

// changed says that the account is as it was wanted; the page is done.
type changed struct {
	user     marquee.User
	password bool
}

// refused puts what the server said at its field.
func (p changePage) refused(err error) (page, intent, tea.Cmd) {
	var problems []marquee.FieldError
	for _, f := range fieldsOf(err) {
		if f.Field == "password" {
			f.Field = "new_password"
		}
		problems = append(problems, f)
	}
	if marquee.IsCode(err, marquee.CodeWrongPassword) {
		problems = []marquee.FieldError{{Field: "current_password", Code: marquee.FieldWrong}}
	}
	if f, here := p.form.refuse(problems); here {
		p.form = f
		return p, clearError{}, nil
	}
	return p, failure(err, "tui.again.enter"), nil
}

func (p changePage) key(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	switch k := e.keys; {
	case key.Matches(msg, k.back):
		return p, goBack{}, nil
	case key.Matches(msg, k.submit) && p.form.focus < len(p.form.fields)-1:
		p.form = p.form.move(1)
	case key.Matches(msg, k.submit):
		return p.submit()
	default:
		p.form = p.form.press(k, msg)
	}
	var cmd tea.Cmd
	p.form, cmd = p.form.measure(p.api)
	return p, nil, cmd
}

func (p changePage) submit() (page, intent, tea.Cmd) {
	if p.busy {
		return p, nil, nil
	}
	var ok bool
	if p.form, ok = p.form.checkAll(); !ok {
		return p, clearError{}, nil
	}
	patch := marquee.UserPatch{CurrentPassword: marquee.NormalPassword(p.form.value("current_password"))}
	if p.password {
		password := marquee.NormalPassword(p.form.value("new_password"))
		patch.Password = &password
	} else {
		if name := marquee.NormalName(p.form.value("username")); name != p.user.Username {
			patch.Username = &name
		}
		if email := marquee.NormalName(p.form.value("email")); email != p.user.Email {
			patch.Email = &email
		}
		if patch.Username == nil && patch.Email == nil {
			return p, goBack{}, nil
		}
	}
	if patch.CurrentPassword == "" && (patch.Password != nil || patch.Email != nil) {
		p.form, _ = p.form.refuse([]marquee.FieldError{{Field: "current_password", Code: marquee.FieldRequired}})
		return p, clearError{}, nil
	}
	p.gen++
	p.busy = true
	return p, clearError{}, p.api.updateMe(p.gen, patch)
}

func (p changePage) view(e env) string {
	lead := "pages.change.profile"
	if p.password {
		lead = "pages.change.password"
	}
	return viewFormPage(e, p.size, lead, p.form, p.busy)
}
