package app

import (
	"strings"

	"example.com/marquee/common/marquee"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// actSignInKey signs in by an SSH key of this machine.
const actSignInKey = "pages.action.sign_in_key"

// keySignIn is the part of signing in that asks which key, and for its
// passphrase.
type keySignIn struct {
	picker keyPicker
	form   form // the passphrase of the key under the cursor; empty until one is needed
}

func (s keySignIn) sealed() bool { return len(s.form.fields) > 0 }

// offersKey reports whether an SSH key may sign in here: one of this machine or,
// over SSH, the one that was come with.
func (p signInPage) offersKey() bool {
	return p.attempt == "" && (p.api.prover != nil || p.api.visit.hasKey() && !p.keyUnknown)
}

// pickKey begins to ask which key.
func (p signInPage) pickKey(e env) (page, intent, tea.Cmd) {
	if p.busy || !p.offersKey() {
		return p, nil, nil
	}
	if p.api.prover == nil {
		p.gen++
		p.asked, p.slow = true, false
		next, cmd := p.tryKey().init(e)
		return next, clearError{}, cmd
	}
	p.gen++
	p.byKey = &keySignIn{}
	return p, clearError{}, p.api.findHeld(p.gen)
}

// leaveKeys goes back to name and password.
func (p signInPage) leaveKeys() signInPage {
	p.gen++ // an answer that is still under way is nobody's
	p.busy, p.byKey = false, nil
	return p
}

func (p signInPage) heldFound(msg heldFound) (page, intent, tea.Cmd) {
	if msg.gen != p.gen || p.byKey == nil {
		return p, nil, nil
	}
	if msg.err != nil {
		return p.leaveKeys(), showError{msg.err, ""}, nil
	}
	p.byKey = &keySignIn{picker: keyPicker{keys: msg.keys, loaded: true}}
	return p, nil, nil
}

// keyRefused asks for the passphrase where one is missing. It reports whether
// there is nothing else to be said.
func (p signInPage) keyRefused(err error) (signInPage, bool) {
	s := *p.byKey
	switch marquee.ErrorCode(err) {
	case marquee.CodePassphraseNeeded:
		s.form = form{fields: []field{newField("passphrase", true, nil)}, actions: []string{actSignIn}}
	case marquee.CodeWrongPassphrase:
		s.form, _ = s.form.with("passphrase", "").refuse([]marquee.FieldError{{Field: "passphrase", Code: fieldPassphrase}})
	case marquee.CodeMFARequired, marquee.CodeAttemptOver:
		return p.leaveKeys(), false
	default:
		return p, false
	}
	p.byKey = &s
	return p, true
}

func (p signInPage) keyKey(e env, msg tea.KeyMsg) (page, intent, tea.Cmd) {
	s := *p.byKey
	k, chosen := s.picker.chosen()
	switch {
	case key.Matches(msg, e.keys.back) && s.sealed() && !p.busy:
		s.form = form{}
		p.byKey = &s
		return p, clearError{}, nil
	case key.Matches(msg, e.keys.back):
		return p.leaveKeys(), clearError{}, nil
	case p.busy:
		return p, nil, nil
	case key.Matches(msg, e.keys.submit) && chosen && !(s.sealed() && s.form.value("passphrase") == ""):
		p.gen++
		p.busy = true
		return p, clearError{}, p.api.signInByHeld(p.gen, k, s.form.value("passphrase"))
	case !s.sealed():
		s.picker = s.picker.move(e, msg)
	default:
		s.form = s.form.press(e.keys, msg)
	}
	p.byKey = &s
	return p, nil, nil
}

func (s keySignIn) keys(e env) []key.Binding {
	if s.sealed() {
		return []key.Binding{e.keys.submit, e.keys.back}
	}
	return []key.Binding{e.keys.submit, e.keys.back, e.keys.up, e.keys.down}
}

// viewKeys draws what takes the place of name and password.
func (p signInPage) viewKeys(e env, size Size) []string {
	s := *p.byKey
	var body []string
	if s.sealed() {
		k, _ := s.picker.chosen()
		body = append([]string{"  " + e.theme.Text.Render(heldName(e, k))}, s.form.view(e, Size{size.Width, max(1, size.Height-1)})...)
	} else {
		body = append([]string{"  " + e.theme.Text.Render(e.say.T("pages.keys.which"))}, s.picker.view(e, Size{size.Width, max(1, size.Height-1)})...)
	}
	if p.busy {
		waiting := "tui.signing_in"
		if k, _ := s.picker.chosen(); strings.HasPrefix(k.Type, "sk-") {
			waiting = "keys.touch"
		}
		body[len(body)-1] = "  " + e.theme.Faint.Render(e.say.T(waiting))
	}
	return body[:min(len(body), max(1, size.Height))]
}
