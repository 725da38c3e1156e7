package app

import (
	"strings"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// goProve asks for the password again, for the page that asks.
type goProve struct{}

// proved tells a page that what it was refused for want of a recent sign-in
// may be asked for again.
type proved struct{}

// failure is what a page does about an error: an old sign-in is renewed by
// the password, anything else is shown.
func failure(err error, again string) intent {
	if marquee.IsCode(err, marquee.CodeStepUpRequired) {
		return goProve{}
	}
	return showError{err, again}
}

// provePage asks for the password, and the code where there is a second
// factor, and goes back to who asked.
type provePage struct {
	api  api
	size Size
	form form
	ask  int // the page that asked
	gen  int
	busy bool
}

func newProve(a api, factor bool, asked int) provePage {
	f := form{fields: []field{newField("password", true, nil)}, actions: []string{actGoOn}}
	if factor {
		f.fields = append(f.fields, newField("code", false, nil))
	}
	return provePage{api: a, form: f, ask: asked}
}

func (p provePage) init(env) (page, tea.Cmd)         { return p, nil }
func (p provePage) setSize(size Size) page           { p.size = size; return p }
func (p provePage) title(e env) string               { return e.say.T("pages.title.prove") }
func (p provePage) typing() bool                     { return p.form.onField() }
func (p provePage) withForm(do func(form) form) page { p.form = do(p.form); return p }
func (p provePage) keys(e env) []key.Binding {
	return []key.Binding{e.keys.submit, e.keys.next, e.keys.back, e.keys.previous}
}

// hasProved asks the root to go back and tell.
type hasProved struct{ to int }

func (p provePage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return p.key(e, msg)
	case steppedUp:
		if msg.gen != p.gen {
			return p, nil, nil
		}
		p.busy = false
		if msg.err == nil {
			return p, hasProved{p.ask}, nil
		}
		problems := fieldsOf(msg.err)
		if marquee.IsCode(msg.err, marquee.CodeWrongPassword) {
			problems = []marquee.FieldError{{Field: "password", Code: marquee.FieldWrong}}
		}
		if f, here := p.form.refuse(problems); here {
			p.form = f
			return p, clearError{}, nil
		}
		return p, showError{msg.err, "tui.again.enter"}, nil
	}
	return p, nil, nil
}

func (p provePage) key(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	switch k := e.keys; {
	case key.Matches(msg, k.back):
		return p, goBack{}, nil
	case key.Matches(msg, k.submit):
		return p.submit()
	default:
		p.form = p.form.press(k, msg)
	}
	return p, nil, nil
}

func (p provePage) submit() (page, intent, tea.Cmd) {
	if p.busy {
		return p, nil, nil
	}
	for i, fd := range p.form.fields {
		if fd.value() == "" {
			p.form.focus = i
			return p, nil, nil
		}
	}
	p.gen++
	p.busy = true
	return p, clearError{}, p.api.stepUp(p.gen, marquee.NormalPassword(p.form.value("password")), strings.TrimSpace(p.form.value("code")))
}

func (p provePage) view(e env) string {
	return viewFormPage(e, p.size, "tui.factor.prove", p.form, p.busy)
}

// viewFormPage draws a sentence and a form below it.
func viewFormPage(e env, size Size, lead string, f form, busy bool) string {
	width := max(1, min(size.Width-4, 60))
	var head []string
	if size.Height >= 2*len(f.fields)+6 {
		for _, line := range cells.Wrap(e.say.T(lead), width) {
			head = append(head, e.theme.Text.Render(line))
		}
		head = append(head, "")
	}
	body := f.view(e, Size{width, max(1, size.Height-len(head))})
	if busy {
		body[len(body)-1] = "  " + e.theme.Faint.Render(e.say.T("tui.saving"))
	}
	return "  " + strings.Join(append(head, body...), "\n  ")
}
