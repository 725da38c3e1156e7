package app

import (
	"slices"
	"strings"

	"example.com/marquee/common/marquee"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// The values of the field that says whether a key replaces the code.
const (
	codeAsked    = "no"
	codeReplaced = "yes"
)

// newReplaces asks whether a key may replace the second factor, in words that
// say what that means.
func newReplaces(e env, replaces bool) field {
	value := codeAsked
	if replaces {
		value = codeReplaced
	}
	return newChoice("replaces_second_factor", value, []choice{
		{codeAsked, e.say.T("pages.keys.choice_asked")}, {codeReplaced, e.say.T("pages.keys.choice_replaced")},
	})
}

// editKeyPage changes what a linked key is called, where it is good from and
// whether it replaces the second factor.
type editKeyPage struct {
	api  api
	size Size
	was  marquee.SSHKey
	form form
	gen  int
	busy bool
}

func newEditKey(a api, e env, k marquee.SSHKey) editKeyPage {
	p := editKeyPage{api: a, was: k, form: form{
		fields:  []field{newField("key_name", false, nil), newReplaces(e, k.ReplacesSecondFactor), newField("key_from", false, nil)},
		actions: []string{actSave},
	}}
	p.form = p.form.with("key_name", k.Name).with("key_from", strings.Join(k.From, " "))
	return p
}

func (p editKeyPage) init(env) (page, tea.Cmd)         { return p, nil }
func (p editKeyPage) setSize(size Size) page           { p.size = size; return p }
func (p editKeyPage) title(e env) string               { return e.say.T("pages.title.edit_key") }
func (p editKeyPage) typing() bool                     { return p.form.onField() }
func (p editKeyPage) withForm(do func(form) form) page { p.form = do(p.form); return p }
func (p editKeyPage) keys(e env) []key.Binding {
	return []key.Binding{e.keys.submit, e.keys.next, e.keys.choose, e.keys.back, e.keys.previous}
}

func (p editKeyPage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.KeyMsg:
		return p.key(e, msg)
	case proved:
		return p.submit()
	case pickLanguage:
		p.form.fields = slices.Clone(p.form.fields)
		p.form.fields[1] = newReplaces(e, p.form.value("replaces_second_factor") == codeReplaced)
	case keySaved:
		if msg.gen != p.gen {
			return p, nil, nil
		}
		p.busy = false
		if msg.err == nil {
			return p, keyDone{e.say.T("pages.keys.changed")}, nil
		}
		if f, here := p.form.refuse(keyFields(msg.err)); here {
			p.form = f
			return p, clearError{}, nil
		}
		return p, failure(msg.err, "tui.again.enter"), nil
	}
	return p, nil, nil
}

// keyFields are the fields that err is about, as the forms of keys call them.
func keyFields(err error) (problems []marquee.FieldError) {
	for _, f := range fieldsOf(err) {
		switch f.Field {
		case "name", "from":
			f.Field = "key_" + f.Field
		}
		problems = append(problems, f)
	}
	switch {
	case marquee.IsCode(err, marquee.CodeWrongPassphrase):
		problems = append(problems, marquee.FieldError{Field: "passphrase", Code: fieldPassphrase})
	}
	return problems
}

func (p editKeyPage) key(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
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
	return p, nil, nil
}

// submit sends what is not as it was.
func (p editKeyPage) submit() (page, intent, tea.Cmd) {
	if p.busy {
		return p, nil, nil
	}
	var patch marquee.KeyPatch
	if name := marquee.NormalName(p.form.value("key_name")); name != p.was.Name {
		patch.Name = &name
	}
	if from := networks(p.form.value("key_from")); !slices.Equal(from, p.was.From) {
		patch.From = &from
	}
	if replaces := p.form.value("replaces_second_factor") == codeReplaced; replaces != p.was.ReplacesSecondFactor {
		patch.ReplacesSecondFactor = &replaces
	}
	if patch == (marquee.KeyPatch{}) {
		return p, goBack{}, nil
	}
	p.gen++
	p.busy = true
	return p, clearError{}, p.api.changeKey(p.gen, p.was.ID, patch)
}

// networks reads a list with spaces or commas between.
func networks(text string) []string {
	return append([]string{}, strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' })...)
}

func (p editKeyPage) view(e env) string {
	return viewFormPage(e, p.size, "pages.keys.edit_lead", p.form, p.busy)
}
