package web

import (
	"net/http"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

func (s *server) registerFields(v *visit, email, username string) []field {
	m := v.msgs
	return []field{
		{Name: "email", Label: m.T("web.email"), Type: "email", Value: email, Autocomplete: "email", Required: true},
		{Name: "username", Label: m.T("web.username"), Type: "text", Value: username, Autocomplete: "username",
			Hint: m.T("web.username.hint"), Required: true},
		{Name: "password", Label: m.T("web.password"), Type: "password", Autocomplete: "new-password",
			Hint: s.passwordHint(m), Required: true},
		{Name: "repeat", Label: m.T("web.repeat"), Type: "password", Autocomplete: "new-password", Required: true},
	}
}

func (s *server) showRegister(w http.ResponseWriter, v *visit) error {
	next := v.URL.Query().Get("next")
	if v.user != nil {
		http.Redirect(w, v.Request, localPath(next), http.StatusSeeOther)
		return nil
	}
	page := formPage{Fields: s.registerFields(v, "", ""), Next: next}
	return s.showForm(w, v, "register", v.msgs.T("web.register"), page, nil)
}

func (s *server) passwordHint(m *lang.Messages) string {
	return m.T("web.password.hint", "Limit", max(s.cfg.Passwords.Min, marquee.PasswordMin))
}

// register makes an account and signs it in.
func (s *server) register(w http.ResponseWriter, v *visit) error {
	r := marquee.Registration{
		Email: v.PostForm.Get("email"), Username: v.PostForm.Get("username"), Password: v.PostForm.Get("password"),
		Origin: v.origin(),
	}
	next := v.PostForm.Get("next")
	if err := s.makeAccount(v, r); err != nil {
		page := formPage{Fields: s.registerFields(v, r.Email, r.Username), Next: next}
		return s.showForm(w, v, "register", v.msgs.T("web.register"), page, err)
	}
	return s.open(w, v, marquee.Credentials{Login: r.Username, Password: r.Password}, localPath(next))
}

func (s *server) makeAccount(v *visit, r marquee.Registration) error {
	errs := fieldErrors(r.Validate(s.cfg.Passwords))
	if v.PostForm.Get("repeat") != r.Password {
		errs = append(errs, marquee.FieldError{Field: "repeat", Code: marquee.FieldMismatch})
	}
	if err := marquee.Invalid(errs...); err != nil {
		return err
	}
	_, err := s.Auth.Register(v.ctx(), r)
	return err
}
