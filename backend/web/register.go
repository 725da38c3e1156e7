package web

import (
	"net/http"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

// formPage is a page of one form.
type formPage struct {
	Fields []field
	// Summary is what is wrong as a whole; "" if nothing or if the fields say it.
	Summary string
	Next    string
	Notice  string
}

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
	s.show(w, v, http.StatusOK, "register", v.msgs.T("web.register"), formPage{Fields: registerFields(v.msgs, "", "")})
	return nil
}

// register makes an account and signs it in.
func (s *server) register(w http.ResponseWriter, v *visit) error {
	r := marquee.Registration{
		Email: v.PostForm.Get("email"), Username: v.PostForm.Get("username"), Password: v.PostForm.Get("password"),
	}
	errs := fieldErrors(r.Validate(s.cfg.Passwords))
	if v.PostForm.Get("repeat") != r.Password {
		errs = append(errs, marquee.FieldError{Field: "repeat", Code: marquee.FieldMismatch})
	}
	if len(errs) == 0 {
		err := s.allow(v, "register")
		if err == nil {
			_, err = s.Auth.Register(v.ctx(), r)
		}
		if errs = fieldErrors(err); err != nil && errs == nil {
			return err
		}
	}
	if len(errs) > 0 {
		fields := registerFields(v.msgs, r.Email, r.Username)
		withErrors(v.msgs, fields, errs)
		s.show(w, v, http.StatusUnprocessableEntity, "register", v.msgs.T("web.register"),
			formPage{Fields: fields, Summary: v.msgs.T("error.invalid_input")})
		return nil
	}
	return s.open(w, v, marquee.Credentials{Login: r.Username, Password: r.Password}, "/films")
}
