package web

import (
	"net/http"

	"example.com/marquee/common/marquee"
)

// sheet is a page of one form that differs from others by its words alone.
type sheet struct {
	formPage
	Action, Title, Lead, Submit string
	Danger                      bool // what cannot be taken back
}

// showSheet shows a form of the account with what err says is wrong with it.
// Password and code are asked for where the service wants them.
func (s *server) showSheet(w http.ResponseWriter, v *visit, page sheet, err error) error {
	askAgain(v, &page.formPage, err)
	if marquee.IsCode(err, marquee.CodeStepUpRequired) {
		page.Lead, err = v.msgs.T("web.stepup.lead"), nil
	}
	status, err := s.wrong(w, v, &page.formPage, err)
	if err != nil {
		return err
	}
	s.show(w, v, status, "sheet", page.Title, page)
	return nil
}

func (s *server) profileSheet(v *visit, username, email string) sheet {
	return sheet{
		Action: "/account/profile", Title: v.msgs.T("web.profile"), Lead: v.msgs.T("web.profile.lead"), Submit: v.msgs.T("web.save"),
		formPage: formPage{Fields: []field{
			{Name: "username", Label: v.msgs.T("web.username"), Type: "text", Value: username, Autocomplete: "username",
				Hint: v.msgs.T("web.username.hint"), Required: true},
			{Name: "email", Label: v.msgs.T("web.email"), Type: "email", Value: email, Autocomplete: "email", Required: true},
			{Name: "current_password", Label: v.msgs.T("web.current_password"), Type: "password", Autocomplete: "current-password",
				Hint: v.msgs.T("web.profile.password_hint")},
		}},
	}
}

func (s *server) showProfile(w http.ResponseWriter, v *visit) error {
	return s.showSheet(w, v, s.profileSheet(v, v.user.Username, v.user.Email), nil)
}

func (s *server) changeProfile(w http.ResponseWriter, v *visit) error {
	username, email := v.PostForm.Get("username"), v.PostForm.Get("email")
	err := s.surely(w, v, func() error {
		_, err := s.Auth.UpdateMe(v.ctx(), marquee.UserPatch{
			Username: &username, Email: &email, CurrentPassword: v.PostForm.Get("current_password"), Origin: v.origin(),
		})
		return err
	})
	if err != nil {
		return s.showSheet(w, v, s.profileSheet(v, username, email), err)
	}
	http.Redirect(w, v.Request, "/account", http.StatusSeeOther)
	return nil
}

func (s *server) passwordSheet(v *visit) sheet {
	page := sheet{
		Action: "/account/password", Title: v.msgs.T("web.change_password"), Lead: v.msgs.T("web.change_password.lead"),
		Submit: v.msgs.T("web.new_password.do"),
	}
	// The user name stands there for password managers, as passwordFields has it.
	page.Fields = append(s.passwordFields(v.msgs, v.user.Username), currentPassword(v.msgs))
	page.Fields[0].ReadOnly = true
	return page
}

func (s *server) showChangePassword(w http.ResponseWriter, v *visit) error {
	return s.showSheet(w, v, s.passwordSheet(v), nil)
}

func (s *server) changePassword(w http.ResponseWriter, v *visit) error {
	password := v.PostForm.Get("password")
	err := marquee.Invalid(marquee.FieldError{Field: "repeat", Code: marquee.FieldMismatch})
	if v.PostForm.Get("repeat") == password {
		err = s.surely(w, v, func() error {
			_, err := s.Auth.UpdateMe(v.ctx(), marquee.UserPatch{
				Password: &password, CurrentPassword: v.PostForm.Get("current_password"), Origin: v.origin(),
			})
			return err
		})
	}
	if err != nil {
		return s.showSheet(w, v, s.passwordSheet(v), err)
	}
	http.Redirect(w, v.Request, "/account", http.StatusSeeOther)
	return nil
}
