package app

import (
	"errors"
	"strings"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// The actions of the sign-in page.
const (
	actSignIn   = "tui.action.sign_in"
	actRegister = "tui.action.register"
	actLanguage = "tui.action.other_language"
	actRestart  = "tui.action.other_sign_in"
)

// signInPage asks who somebody is. As the lock it lies over the page where a
// session ended, says why, and leads back there.
type signInPage struct {
	api    api
	size   Size
	form   form
	server string
	reason string // why the lock is there; "" on the first page
	gen    int
	busy   bool
	// attempt is the token of a sign-in that waits for a code, whose form is
	// shown then; first keeps the form before it.
	attempt string
	first   form
	// trying: whether the key of an SSH visit is enough is being asked; slow
	// once that takes long; keyUnknown after it was nobody's.
	trying, slow, keyUnknown bool
	asked                    bool           // by the person, not by the program at its start
	byKey                    *keySignIn     // while the person signs in by an SSH key
	inside                   *elsewherePage // while a lock waits for a session elsewhere
}

func newSignIn(a api, server string) signInPage {
	f := form{
		fields:  []field{newField("login", false, nil), newField("password", true, nil)},
		actions: []string{actSignIn, actRegister, actLanguage},
	}
	f.actions = append(f.actions, otherWays(a, a.prover != nil)...)
	return signInPage{api: a, server: server, form: f}
}

// otherWays are the actions that sign in without a password; key says whether by
// an SSH key.
func otherWays(a api, key bool) (actions []string) {
	if a.devices != nil {
		actions = append(actions, actElsewhere)
	}
	if key {
		actions = append(actions, actSignInKey)
	}
	return actions
}

// newLock is the sign-in page over a page whose session ended.
func newLock(a api, login, reason string) signInPage {
	p := newSignIn(a, "")
	p.reason = reason
	p.form.actions = append([]string{actSignIn}, otherWays(a, a.prover != nil || a.visit.hasKey())...)
	if login != "" {
		p.form = p.form.with("login", login)
		p.form.focus = 1
	}
	return p
}

func (p signInPage) init(e env) (page, tea.Cmd) {
	if !p.trying {
		return p, nil
	}
	return p, tea.Batch(p.api.signInByKey(p.gen), after(e, p.api, slowAfter, p.gen, slowDue{}))
}

func (p signInPage) setSize(size Size) page { p.size = size; return p }

func (p signInPage) title(e env) string {
	if p.inside != nil {
		return p.inside.title(e)
	}
	return e.say.T("tui.title.sign_in")
}

func (p signInPage) keys(e env) []key.Binding {
	list := []key.Binding{e.keys.submit, e.keys.next, e.keys.previous}
	switch {
	case p.inside != nil:
		return p.inside.keys(e)
	case p.byKey != nil:
		return p.byKey.keys(e)
	case p.trying:
		return []key.Binding{e.keys.back}
	}
	if p.offersKey() {
		list = append(list, e.keys.signInKey)
	}
	if p.offersElsewhere() {
		list = append(list, e.keys.elsewhere)
	}
	return list
}

func (p signInPage) withForm(do func(form) form) page {
	switch {
	case p.inside != nil || p.trying:
	case p.byKey != nil:
		s := *p.byKey
		s.form = do(s.form)
		p.byKey = &s
	default:
		p.form = do(p.form)
	}
	return p
}

// deeper reports that esc leads back to the page's own beginning.
func (p signInPage) deeper() bool { return p.inside != nil || p.byKey != nil || p.attempt != "" }

func (p signInPage) typing() bool {
	if p.inside != nil {
		return p.inside.typing()
	}
	if p.byKey != nil {
		return p.byKey.sealed() && p.byKey.form.onField()
	}
	return p.trying || p.form.onField()
}

func (p signInPage) update(e env, msg tea.Msg) (page, intent, tea.Cmd) {
	if p.inside != nil {
		return p.insideLock(e, msg)
	}
	switch msg := msg.(type) {
	case tea.KeyMsg:
		if p.byKey != nil {
			return p.keyKey(e, msg)
		}
		return p.key(e, msg)
	case pointed:
		if p.byKey != nil && msg.index == p.byKey.picker.cursor {
			return p.keyKey(e, keyMsg(e.keys.submit.Keys()[0]))
		}
		if p.byKey != nil {
			s := *p.byKey
			s.picker.cursor = msg.index
			p.byKey = &s
		}
	case heldFound:
		return p.heldFound(msg)
	case signedIn:
		if msg.gen != p.gen {
			return p, nil, p.unwanted(msg.err)
		}
		p.busy = false
		if msg.err != nil {
			return p.refused(msg.err)
		}
		return p, enter{msg.user}, nil
	case keyTried:
		return p.keyAnswered(e, msg)
	case letIn:
		return p, nil, p.unwanted(msg.err) // of a code that was left
	case delayed:
		p.slow = p.slow || msg.gen == p.gen
	}
	return p, nil, nil
}

// unwanted ends a session that was opened when the person had gone back: he has
// not signed in. While another sign-in is under way, that takes its place.
func (p signInPage) unwanted(err error) tea.Cmd {
	if err != nil || p.busy {
		return nil
	}
	return p.api.signOut(p.gen, marquee.LogoutLocal)
}

// refused asks for the code where that is what is missing, and begins anew
// when the time or the tries for it are used up.
func (p signInPage) refused(err error) (page, intent, tea.Cmd) {
	if p.byKey != nil {
		var asked bool
		if p, asked = p.keyRefused(err); asked {
			return p, clearError{}, nil
		}
	}
	var e *marquee.Error
	switch {
	case errors.As(err, &e) && e.Code == marquee.CodeMFARequired && e.MFAToken != "":
		p.attempt, p.first = e.MFAToken, p.form
		p.form = form{fields: []field{newField("code", false, nil)}, actions: []string{actSignIn, actRestart}}
		return p, clearError{}, nil
	case marquee.IsCode(err, marquee.CodeWrongCode):
		p.form = p.form.with("code", "")
		p.form, _ = p.form.refuse([]marquee.FieldError{{Field: "code", Code: marquee.FieldWrongCode}})
		return p, clearError{}, nil
	case marquee.IsCode(err, marquee.CodeAttemptOver):
		return p.restart(), showError{err, ""}, nil
	}
	return p, showError{err, "tui.again.enter"}, nil
}

// restart goes back from the code to name and password.
func (p signInPage) restart() signInPage {
	p.gen++ // an answer that is still under way is nobody's
	p.busy, p.attempt = false, ""
	p.form = p.first.with("password", "")
	p.form.focus = 1
	return p
}

func (p signInPage) key(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	switch {
	case p.trying && key.Matches(msg, e.keys.back) && p.asked:
		p.gen++ // an answer that is still under way is nobody's
		p.trying = false
	case p.trying: // there is nothing to type into
	case key.Matches(msg, e.keys.submit):
		return p.submit(e)
	case key.Matches(msg, e.keys.elsewhere) && p.offersElsewhere():
		return p.askElsewhere()
	case key.Matches(msg, e.keys.signInKey):
		return p.pickKey(e)
	case key.Matches(msg, e.keys.back) && p.attempt != "":
		return p.restart(), clearError{}, nil
	case key.Matches(msg, e.keys.back):
		return p, goBack{}, nil
	default:
		p.form = p.form.press(e.keys, msg)
	}
	return p, nil, nil
}

func (p signInPage) submit(e env) (page, intent, tea.Cmd) {
	switch action := p.form.action(); {
	case action == actRegister:
		return p, goRegister{}, nil
	case action == actSignInKey:
		return p.pickKey(e)
	case action == actLanguage:
		return p, pickLanguage{otherLanguage(e)}, nil
	case action == actElsewhere:
		return p.askElsewhere()
	case action == actRestart:
		return p.restart(), clearError{}, nil
	case p.busy:
		return p, nil, nil
	case p.attempt != "":
		return p.submitCode()
	}
	login, password := strings.TrimSpace(p.form.value("login")), p.form.value("password")
	if login == "" {
		p.form.focus = 0
		return p, nil, nil
	}
	if password == "" {
		p.form.focus = 1
		return p, nil, nil
	}
	p.gen++
	p.busy = true
	return p, clearError{}, p.api.signIn(p.gen, login, marquee.NormalPassword(password))
}

func (p signInPage) submitCode() (page, intent, tea.Cmd) {
	code := strings.TrimSpace(p.form.value("code"))
	if code == "" {
		p.form.focus = 0
		return p, nil, nil
	}
	p.gen++
	p.busy = true
	return p, clearError{}, p.api.finishSignIn(p.gen, p.attempt, code)
}

// otherLanguage is the one that is not spoken now.
func otherLanguage(e env) string {
	if e.say.Tag() == lang.Korean {
		return lang.English
	}
	return lang.Korean
}
