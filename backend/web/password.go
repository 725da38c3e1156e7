package web

import (
	"net/http"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

func (s *server) passwordFields(m *lang.Messages, username string) []field {
	return []field{
		{Name: "username", Label: m.T("web.username"), Type: "text", Value: username, Autocomplete: "username"},
		{Name: "password", Label: m.T("web.new_password"), Type: "password", Autocomplete: "new-password",
			Hint: s.passwordHint(m), Required: true},
		{Name: "repeat", Label: m.T("web.repeat"), Type: "password", Autocomplete: "new-password", Required: true},
	}
}

// showPassword shows the form behind an operator's one-use link. Looking does
// not spend it: programs that preview links look as well.
func (s *server) showPassword(w http.ResponseWriter, v *visit) error {
	user, err := s.Auth.PasswordLinkOwner(v.ctx(), v.PathValue("token"))
	if err != nil {
		return err
	}
	return s.showForm(w, v, "password", v.msgs.T("web.new_password"), formPage{Fields: s.passwordFields(v.msgs, user.Username)}, nil)
}

// setPassword spends the link; every session of the person ends with it.
func (s *server) setPassword(w http.ResponseWriter, v *visit) error {
	token, password := v.PathValue("token"), v.PostForm.Get("password")
	user, err := s.Auth.PasswordLinkOwner(v.ctx(), token)
	if err != nil {
		return err
	}
	if v.PostForm.Get("repeat") != password {
		err = marquee.Invalid(marquee.FieldError{Field: "repeat", Code: marquee.FieldMismatch})
	} else {
		err = s.Auth.UsePasswordLink(v.ctx(), token, password, v.origin())
	}
	if err != nil {
		page := formPage{Fields: s.passwordFields(v.msgs, user.Username)}
		return s.showForm(w, v, "password", v.msgs.T("web.new_password"), page, err)
	}
	http.Redirect(w, v.Request, "/login", http.StatusSeeOther)
	return nil
}
