package app

import (
	"context"

	"example.com/marquee/common/marquee"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// The actions of leaving for good.
const (
	actDelete    = "pages.action.delete"
	actDeleteNow = "pages.action.delete_now"
)

// goDelete asks for the page that deletes an account.
type goDelete struct{ user marquee.User }

type accountDeleted struct{ reply }

func (a api) deleteMe(gen int, password string) tea.Cmd {
	return a.call(gen, signDeadline, func(ctx context.Context) error {
		return a.personal.DeleteMe(ctx, marquee.Deletion{CurrentPassword: password})
	}, func(r reply) tea.Msg { return accountDeleted{r} })
}

// deletePage deletes the account once its name is typed and its password
// given: a key pressed by mistake must not be enough. It ends at the sign-in
// page.
type deletePage struct {
	api  api
	size Size
	form form
	gen  int
	busy bool
}

func newDelete(a api, user marquee.User) deletePage {
	return deletePage{api: a, form: form{
		fields: []field{
			newField("confirm_name", false, func(f form) *marquee.FieldError {
				if marquee.FoldName(f.value("confirm_name")) != marquee.FoldName(user.Username) {
					return &marquee.FieldError{Field: "confirm_name", Code: marquee.FieldMismatch}
				}
				return nil
			}),
			newField("current_password", true, func(f form) *marquee.FieldError {
				if f.value("current_password") == "" {
					return &marquee.FieldError{Field: "current_password", Code: marquee.FieldRequired}
				}
				return nil
			}),
		},
		actions: []string{actCancel, actDeleteNow},
	}}
}

func (p deletePage) init(env) (page, tea.Cmd)         { return p, nil }
func (p deletePage) setSize(size Size) page           { p.size = size; return p }
func (p deletePage) title(e env) string               { return e.say.T(actDelete) }
func (p deletePage) typing() bool                     { return p.form.onField() }
func (p deletePage) withForm(do func(form) form) page { p.form = do(p.form); return p }
func (p deletePage) keys(e env) []key.Binding {
	return []key.Binding{e.keys.submit, e.keys.next, e.keys.back, e.keys.previous}
}

func (p deletePage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return p.key(e, msg)
	case proved:
		return p.submit()
	case accountDeleted:
		if msg.gen != p.gen {
			return p, nil, nil
		}
		p.busy = false
		if msg.err == nil {
			return p, leave{"pages.notice.deleted"}, nil
		}
		if marquee.IsCode(msg.err, marquee.CodeWrongPassword) {
			p.form, _ = p.form.refuse([]marquee.FieldError{{Field: "current_password", Code: marquee.FieldWrong}})
			return p, clearError{}, nil
		}
		return p, failure(msg.err, "tui.again.enter"), nil
	}
	return p, nil, nil
}

func (p deletePage) key(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	switch k := e.keys; {
	case key.Matches(msg, k.back), key.Matches(msg, k.submit) && p.form.action() == actCancel:
		return p, goBack{}, nil
	case key.Matches(msg, k.submit) && p.form.action() == actDeleteNow:
		return p.submit()
	case key.Matches(msg, k.submit):
		p.form = p.form.move(1)
	default:
		p.form = p.form.press(k, msg)
	}
	return p, nil, nil
}

func (p deletePage) submit() (page, intent, tea.Cmd) {
	if p.busy {
		return p, nil, nil
	}
	var ok bool
	if p.form, ok = p.form.checkAll(); !ok {
		return p, clearError{}, nil
	}
	p.gen++
	p.busy = true
	return p, clearError{}, p.api.deleteMe(p.gen, marquee.NormalPassword(p.form.value("current_password")))
}

func (p deletePage) view(e env) string {
	return viewFormPage(e, p.size, "pages.delete.lead", p.form, p.busy)
}
