package app

import (
	"strings"

	"example.com/marquee/common/marquee"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// The actions of the second factor's page.
const (
	actFactorOn  = "tui.action.factor_on"
	actFactorOff = "tui.action.factor_off"
	actNewCodes  = "tui.action.new_codes"
	actConfirm   = "tui.action.confirm"
	actGoOn      = "tui.action.go_on"
	actCancel    = "tui.action.cancel"
	actKept      = "tui.action.codes_kept"
)

// factorStage is what the page asks for now.
type factorStage int

const (
	factorOverview factorStage = iota // what to do
	factorProve                       // the password again, before it goes on
	factorEnrol                       // the first code of a new secret
	factorSure                        // whether to turn it off
	factorKeep                        // recovery codes, shown once
)

// factorChanged tells the other pages that the second factor is on or off, or
// has other codes.
type factorChanged struct{}

// factorPage turns the second factor on and off and makes recovery codes.
type factorPage struct {
	api    api
	size   Size
	user   marquee.User
	stage  factorStage
	form   form
	secret marquee.TOTPSecret
	codes  []string
	then   func(factorPage) (factorPage, tea.Cmd) // what goes on after factorProve
	gen    int
	busy   bool
}

func newFactor(a api, user marquee.User) factorPage {
	return factorPage{api: a, user: user}.overview()
}

func (p factorPage) init(env) (page, tea.Cmd)         { return p, nil }
func (p factorPage) setSize(size Size) page           { p.size = size; return p }
func (p factorPage) title(e env) string               { return e.say.T("tui.title.factor") }
func (p factorPage) typing() bool                     { return p.form.onField() }
func (p factorPage) withForm(do func(form) form) page { p.form = do(p.form); return p }
func (p factorPage) keys(e env) []key.Binding {
	return []key.Binding{e.keys.submit, e.keys.next, e.keys.back, e.keys.previous}
}

// overview is where the page begins and where esc leads.
func (p factorPage) overview() factorPage {
	p.gen++ // an answer that is still under way is of a step that was left
	p.stage, p.busy, p.secret, p.codes = factorOverview, false, marquee.TOTPSecret{}, nil
	p.form = form{actions: []string{actFactorOn}}
	if p.user.MFAEnabled {
		p.form.actions = []string{actNewCodes, actFactorOff}
	}
	return p
}

func (p factorPage) to(stage factorStage, f form) factorPage {
	p.stage, p.form, p.busy = stage, f, false
	return p
}

func (p factorPage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	if k, ok := msg.(tea.KeyMsg); ok {
		return p.key(e, k)
	}
	a, ok := msg.(answer)
	if !ok || a.head().gen != p.gen {
		return p, nil, nil
	}
	p.busy = false
	if err := a.head().err; err != nil {
		return p.refused(err)
	}
	switch msg := msg.(type) {
	case factorStarted:
		p.secret = msg.secret
		return p.to(factorEnrol, form{fields: []field{newField("code", false, nil)}, actions: []string{actConfirm}}), clearError{}, nil
	case codesMade:
		p.codes, p.secret = msg.codes, marquee.TOTPSecret{}
		p.user.MFAEnabled, p.user.RecoveryCodesLeft = true, len(msg.codes)
		return p.to(factorKeep, form{actions: []string{actKept}}), tellOthers{factorChanged{}}, nil
	case factorEnded:
		p.user.MFAEnabled, p.user.RecoveryCodesLeft = false, 0
		return p.overview(), tellOthers{factorChanged{}}, nil
	case steppedUp:
		next, cmd := p.then(p.overview())
		return next, clearError{}, cmd
	}
	return p, nil, nil
}

// refused asks for the password where the sign-in is too old, and puts what
// is wrong at its field.
func (p factorPage) refused(err error) (page, intent, tea.Cmd) {
	if marquee.IsCode(err, marquee.CodeStepUpRequired) {
		f := form{fields: []field{newField("password", true, nil)}, actions: []string{actGoOn, actCancel}}
		if p.user.MFAEnabled {
			f.fields = append(f.fields, newField("code", false, nil))
		}
		return p.to(factorProve, f), clearError{}, nil
	}
	problems := fieldsOf(err)
	if marquee.IsCode(err, marquee.CodeWrongPassword) {
		problems = []marquee.FieldError{{Field: "password", Code: marquee.FieldWrong}}
	}
	if f, here := p.form.refuse(problems); here {
		p.form = f
		return p, clearError{}, nil
	}
	return p, showError{err, "tui.again.enter"}, nil
}

func (p factorPage) key(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	switch k := e.keys; {
	case key.Matches(msg, k.back) && (p.stage == factorOverview || p.stage == factorKeep):
		return p, goBack{}, nil
	case key.Matches(msg, k.back):
		return p.overview(), clearError{}, nil
	case key.Matches(msg, k.submit):
		return p.submit()
	default:
		p.form = p.form.press(k, msg)
	}
	return p, nil, nil
}

func (p factorPage) submit() (page, intent, tea.Cmd) {
	action := p.form.action()
	switch {
	case p.busy:
		return p, nil, nil
	case action == actKept, action == actCancel:
		return p.overview(), clearError{}, nil
	case action == actFactorOff && p.stage == factorOverview:
		return p.to(factorSure, form{actions: []string{actCancel, actFactorOff}}), clearError{}, nil
	}
	var do func(factorPage) (factorPage, tea.Cmd)
	switch {
	case action == actFactorOn:
		do = func(p factorPage) (factorPage, tea.Cmd) { return p.ask(), p.api.startFactor(p.gen + 1) }
	case action == actNewCodes:
		do = func(p factorPage) (factorPage, tea.Cmd) { return p.ask(), p.api.renewCodes(p.gen + 1) }
	case action == actFactorOff:
		do = func(p factorPage) (factorPage, tea.Cmd) { return p.ask(), p.api.endFactor(p.gen + 1) }
	default:
		return p.submitForm()
	}
	p.then = do
	next, cmd := do(p)
	return next, clearError{}, cmd
}

// ask numbers the next request.
func (p factorPage) ask() factorPage {
	p.gen++
	p.busy = true
	return p
}

// submitForm sends what was typed, or moves on to what is still empty.
func (p factorPage) submitForm() (page, intent, tea.Cmd) {
	for i, fd := range p.form.fields {
		if fd.input.Value() == "" {
			p.form.focus = i
			return p, nil, nil
		}
	}
	code := strings.TrimSpace(p.form.value("code"))
	p = p.ask()
	if p.stage == factorProve {
		return p, clearError{}, p.api.stepUp(p.gen, marquee.NormalPassword(p.form.value("password")), code)
	}
	// A secret that was left too long begins anew once the password is given.
	p.then = func(p factorPage) (factorPage, tea.Cmd) { return p.ask(), p.api.startFactor(p.gen + 1) }
	return p, clearError{}, p.api.confirmFactor(p.gen, marquee.FirstCode{Secret: p.secret.Secret, Code: code})
}
