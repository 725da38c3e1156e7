package web

import (
	"net/http"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

// stepUpPage asks for the password again before something sensitive.
type stepUpPage struct {
	formPage
	Then string // what goes on afterwards, as changeFactor calls it
}

func (s *server) showStepUp(w http.ResponseWriter, v *visit, then string, err error) error {
	page := stepUpPage{Then: then}
	page.Fields = []field{{Name: "password", Label: v.msgs.T("web.password"), Type: "password", Autocomplete: "current-password", Required: true}}
	if v.user.MFAEnabled {
		page.Fields = append(page.Fields, codeField(v.msgs))
	}
	status, err := s.wrong(w, v, &page.formPage, err)
	if err != nil {
		return err
	}
	s.show(w, v, status, "stepup", v.msgs.T("web.stepup"), page)
	return nil
}

// stepUp takes the password and goes on with what it was asked for.
func (s *server) stepUp(w http.ResponseWriter, v *visit) error {
	then := v.PostForm.Get("then")
	if err := s.giveAgain(w, v, v.PostForm.Get("password"), v.PostForm.Get("code")); err != nil {
		return s.showStepUp(w, v, then, err)
	}
	if then == factorConfirm { // its page with the QR code is gone
		then = factorStart
	}
	return s.factor(w, v, then)
}

// giveAgain makes the sign-in of the session a recent one. The browser gets a
// new cookie with it: who had the one before gains nothing by it.
func (s *server) giveAgain(w http.ResponseWriter, v *visit, password, code string) error {
	cookie, err := s.Auth.StepUpBrowser(v.ctx(), v.cookie, marquee.StepUp{Password: password, Code: code, Origin: v.origin()})
	if err != nil {
		return err
	}
	v.cookie = cookie // forms of the page that follows are bound to it
	s.setCookie(w, s.sessionCookie(), cookie, s.cfg.SessionLife)
	return nil
}

// surely does what is sensitive. Where the sign-in was a while ago the
// password that the form holds, and its code, make it a recent one first, so
// that nobody types a form twice. A form that holds none gets a field for it
// by askAgain.
func (s *server) surely(w http.ResponseWriter, v *visit, do func() error) error {
	err := do()
	if !marquee.IsCode(err, marquee.CodeStepUpRequired) || !v.PostForm.Has("current_password") {
		return err
	}
	if err := s.giveAgain(w, v, v.PostForm.Get("current_password"), v.PostForm.Get("code")); err != nil {
		return err
	}
	return do()
}

// askAgain adds the fields for password and code to a form where err asks for
// them, or where they were there when it was sent.
func askAgain(v *visit, page *formPage, err error) {
	old := marquee.IsCode(err, marquee.CodeStepUpRequired)
	if (old || v.PostForm.Has("current_password")) && !page.has("current_password") {
		page.Fields = append(page.Fields, currentPassword(v.msgs))
	}
	wanted := old && v.user.MFAEnabled || v.PostForm.Has("code")
	for _, e := range fieldErrors(err) {
		wanted = wanted || e.Field == "code"
	}
	if wanted && !page.has("code") {
		page.Fields = append(page.Fields, codeField(v.msgs))
	}
}

func currentPassword(m *lang.Messages) field {
	return field{Name: "current_password", Label: m.T("web.current_password"), Type: "password", Autocomplete: "current-password", Required: true}
}
