package web

import (
	"net/http"

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
	s.setCookie(w, s.sessionCookie(), cookie, cookieLife)
	return nil
}
