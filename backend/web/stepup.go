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
	err := s.Auth.StepUp(v.ctx(), marquee.StepUp{
		Password: v.PostForm.Get("password"), Code: v.PostForm.Get("code"), Origin: v.origin(),
	})
	if err != nil {
		return s.showStepUp(w, v, then, err)
	}
	if then == factorConfirm { // its page with the QR code is gone
		then = factorStart
	}
	return s.factor(w, v, then)
}
