package web

import (
	"net/http"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

func codeField(m *lang.Messages) field {
	return field{Name: "code", Label: m.T("web.code"), Type: "text", Autocomplete: "one-time-code", Hint: m.T("web.code.hint"), Required: true}
}

func (s *server) showCode(w http.ResponseWriter, v *visit, page formPage, err error) error {
	page.Fields = []field{codeField(v.msgs)}
	return s.showForm(w, v, "code", v.msgs.T("web.code.title"), page, err)
}

// loginCode is the second step of a sign-in. When the attempt is over it
// leads back to the first.
func (s *server) loginCode(w http.ResponseWriter, v *visit) error {
	step := marquee.SecondStep{Token: v.PostForm.Get("attempt"), Code: v.PostForm.Get("code"),
		DeviceToken: v.deviceToken(s.deviceCookie()), Origin: v.origin()}
	next := v.PostForm.Get("next")
	if step.Code == "" { // costs no try
		err := marquee.Invalid(marquee.FieldError{Field: "code", Code: marquee.FieldRequired})
		return s.showCode(w, v, formPage{Attempt: step.Token, Next: next}, err)
	}
	cookie, device, err := s.Auth.LoginBrowserMFA(v.ctx(), step)
	switch {
	case err == nil:
		s.enter(w, v, cookie, device, localPath(next))
		return nil
	case marquee.IsCode(err, marquee.CodeAttemptOver):
		return s.showForm(w, v, "login", v.msgs.T("web.login"), formPage{Fields: loginFields(v.msgs, ""), Next: next}, err)
	}
	return s.showCode(w, v, formPage{Attempt: step.Token, Next: next}, err)
}
