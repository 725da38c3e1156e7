package app

import (
	"strings"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app/cells"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// The actions of the page that offers to link a key.
const (
	actNotNow = "tui.action.not_now"
	actLink   = "tui.action.link_key"
)

// linkKeyPage offers, right after a full sign-in, to link the key that
// somebody came with, so that it is enough the next time.
type linkKeyPage struct {
	api  api
	size Size
	form form
	gen  int
	busy bool
}

func newLinkKey(a api) linkKeyPage {
	f := form{fields: []field{newField("key_name", false, nil)}, actions: []string{actNotNow, actLink}, focus: 1}
	return linkKeyPage{api: a, form: f.with("key_name", cells.CleanLabel(a.visit.Type, marquee.KeyNameMax))}
}

func (p linkKeyPage) init(env) (page, tea.Cmd)         { return p, nil }
func (p linkKeyPage) setSize(size Size) page           { p.size = size; return p }
func (p linkKeyPage) title(e env) string               { return e.say.T("tui.title.link_key") }
func (p linkKeyPage) typing() bool                     { return p.form.onField() }
func (p linkKeyPage) withForm(do func(form) form) page { p.form = do(p.form); return p }
func (p linkKeyPage) keys(e env) []key.Binding {
	return []key.Binding{e.keys.submit, e.keys.next, e.keys.back, e.keys.previous}
}

// linked tells the root that the key is nobody's any more.
type linked struct{}

func (p linkKeyPage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return p.key(e, msg)
	case proved:
		return p.submit()
	case keyLinked:
		if msg.gen != p.gen {
			return p, nil, nil
		}
		p.busy = false
		if msg.err == nil {
			return p, linked{}, nil
		}
		var problems []marquee.FieldError
		for _, f := range fieldsOf(msg.err) {
			if f.Field == "name" {
				f.Field = "key_name"
			}
			problems = append(problems, f)
		}
		if f, here := p.form.refuse(problems); here {
			p.form = f
			return p, clearError{}, nil
		}
		return p, failure(msg.err, "tui.again.enter"), nil
	}
	return p, nil, nil
}

func (p linkKeyPage) key(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	switch k := e.keys; {
	case key.Matches(msg, k.back), key.Matches(msg, k.submit) && p.form.action() == actNotNow:
		return p, goBack{}, nil
	case key.Matches(msg, k.submit) && p.form.action() == actLink:
		return p.submit()
	case key.Matches(msg, k.submit):
		p.form = p.form.move(1)
	default:
		p.form = p.form.press(k, msg)
	}
	return p, nil, nil
}

func (p linkKeyPage) submit() (page, intent, tea.Cmd) {
	if p.busy {
		return p, nil, nil
	}
	name := strings.TrimSpace(p.form.value("key_name"))
	if name == "" {
		p.form.focus = 0
		return p, nil, nil
	}
	p.gen++
	p.busy = true
	return p, clearError{}, p.api.linkKey(p.gen, name)
}

func (p linkKeyPage) view(e env) string {
	width := max(1, min(p.size.Width-4, 60))
	var head []string
	add := func(text string, render func(...string) string) {
		for _, line := range cells.Wrap(text, width) {
			head = append(head, render(line))
		}
	}
	add(cells.Clean(p.api.visit.Type+" "+p.api.visit.Fingerprint), e.theme.Heading.Render)
	if p.size.Height >= 12 {
		head = append(head, "")
		add(e.say.T("tui.key.offer"), e.theme.Text.Render)
		head = append(head, "")
	}
	body := p.form.view(e, Size{width, max(1, p.size.Height-len(head))})
	if p.busy {
		body[len(body)-1] = "  " + e.theme.Faint.Render(e.say.T("tui.saving"))
	}
	return "  " + strings.Join(append(head, body...), "\n  ")
}
