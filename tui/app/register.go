package app

import (
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

const actCreate = "tui.action.create"

// registerPage makes an account and signs in with it. Each field is checked
// as it is left, by the rules that the server has too.
type registerPage struct {
	api  api
	size Size
	form form
	gen  int
	busy bool
}

func newRegister(a api, rules marquee.PasswordRules) registerPage {
	f := form{
		fields: []field{
			newField("username", false, func(f form) *marquee.FieldError {
				return marquee.CheckUsername(f.value("username"))
			}),
			newField("email", false, func(f form) *marquee.FieldError {
				return marquee.CheckEmail(f.value("email"))
			}),
		},
		actions: []string{actCreate},
	}
	f = f.withNewPassword("password", rules, func(f form) []string { return []string{f.value("username"), f.value("email")} })
	return registerPage{api: a, form: f}
}

func (p registerPage) init(env) (page, tea.Cmd)         { return p, nil }
func (p registerPage) setSize(size Size) page           { p.size = size; return p }
func (p registerPage) title(e env) string               { return e.say.T("tui.title.register") }
func (p registerPage) typing() bool                     { return p.form.onField() }
func (p registerPage) withForm(do func(form) form) page { p.form = do(p.form); return p }
func (p registerPage) keys(e env) []key.Binding {
	return []key.Binding{e.keys.submit, e.keys.next, e.keys.back, e.keys.previous}
}

func (p registerPage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return p.key(e, msg)
	case measured:
		var cmd tea.Cmd
		p.form, cmd = p.form.measured(p.api, msg)
		return p, nil, cmd
	case registered:
		if msg.gen != p.gen {
			return p, nil, nil
		}
		if msg.err != nil {
			return p.refused(msg.err)
		}
		return p, nil, p.api.signIn(p.gen, p.form.value("username"), marquee.NormalPassword(p.form.value("password")))
	case signedIn:
		if msg.gen != p.gen {
			return p, nil, nil
		}
		p.busy = false
		if msg.err != nil {
			return p, showError{msg.err, "tui.again.made_sign_in"}, nil
		}
		return p, enter{msg.user}, nil
	}
	return p, nil, nil
}

// refused puts what the server said at the fields, or shows it as an error.
func (p registerPage) refused(err error) (page, intent, tea.Cmd) {
	p.busy = false
	var here bool
	p.form, here = p.form.refuse(fieldsOf(err))
	if here {
		return p, nil, nil
	}
	return p, showError{err, "tui.again.enter"}, nil
}

func (p registerPage) key(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	switch {
	case key.Matches(msg, e.keys.back):
		return p, goBack{}, nil
	case key.Matches(msg, e.keys.submit) && p.form.focus < len(p.form.fields)-1:
		p.form = p.form.move(1)
	case key.Matches(msg, e.keys.submit):
		return p.submit()
	default:
		p.form = p.form.press(e.keys, msg)
	}
	var cmd tea.Cmd
	p.form, cmd = p.form.measure(p.api)
	return p, nil, cmd
}

func (p registerPage) submit() (page, intent, tea.Cmd) {
	if p.busy {
		return p, nil, nil
	}
	var ok bool
	if p.form, ok = p.form.checkAll(); !ok {
		return p, clearError{}, nil
	}
	p.gen++
	p.busy = true
	return p, clearError{}, p.api.register(p.gen, marquee.Registration{
		Email:    marquee.NormalName(p.form.value("email")),
		Username: marquee.NormalName(p.form.value("username")),
		Password: marquee.NormalPassword(p.form.value("password")),
	})
}

func (p registerPage) view(e env) string {
	width := min(p.size.Width-4, 60)
	var head []string
	if p.size.Height >= 16 {
		head = []string{e.theme.Heading.Render(cells.Truncate(e.say.T("tui.register.heading"), width)), ""}
	}
	body := p.form.view(e, Size{width, max(1, p.size.Height-len(head))})
	if p.busy {
		body[len(body)-1] = "  " + e.theme.Faint.Render(e.say.T("tui.registering"))
	}
	return middle(append(head, body...), width, p.size)
}
