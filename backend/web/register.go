package web

import (
	"net/http"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

func registerFields(m *lang.Messages, email, username string) []field {
	return []field{
		{Name: "email", Label: m.T("web.email"), Type: "email", Value: email, Autocomplete: "email", Required: true},
		{Name: "username", Label: m.T("web.username"), Type: "text", Value: username, Autocomplete: "username",
			Hint: m.T("web.username.hint"), Required: true},
		{Name: "password", Label: m.T("web.password"), Type: "password", Autocomplete: "new-password",
			Hint: m.T("web.password.hint"), Required: true},
		{Name: "repeat", Label: m.T("web.repeat"), Type: "password", Autocomplete: "new-password", Required: true},
	}
}

func (s *server) showRegister(w http.ResponseWriter, v *visit) error {
	return s.showForm(w, v, "register", v.msgs.T("web.register"), formPage{Fields: registerFields(v.msgs, "", "")}, nil)
}

// register makes an account and signs it in.
func (s *server) register(w http.ResponseWriter, v *visit) error {
	r := marquee.Registration{
		Email: v.PostForm.Get("email"), Username: v.PostForm.Get("username"), Password: v.PostForm.Get("password"),
		Origin: v.origin(),
	}
	if err := s.makeAccount(v, r); err != nil {
		page := formPage{Fields: registerFields(v.msgs, r.Email, r.Username)}
		return s.showForm(w, v, "register", v.msgs.T("web.register"), page, err)
	}
	return s.open(w, v, marquee.Credentials{Login: r.Username, Password: r.Password}, "/films")
}

func (s *server) makeAccount(v *visit, r marquee.Registration) error {
	errs := fieldErrors(r.Validate(marquee.PasswordRules{}))
	if v.PostForm.Get("repeat") != r.Password {
		errs = append(errs, marquee.FieldError{Field: "repeat", Code: marquee.FieldMismatch})
	}
	if err := marquee.Invalid(errs...); err != nil {
		return err
	}
	_, err := s.Auth.Register(v.ctx(), r)
	return err
}
