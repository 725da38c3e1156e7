package web

import (
	"errors"
	"net/http"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

func loginFields(m *lang.Messages, login string) []field {
	return []field{
		{Name: "username", Label: m.T("web.login_name"), Type: "text", Value: login, Autocomplete: "username", Required: true},
		{Name: "password", Label: m.T("web.password"), Type: "password", Autocomplete: "current-password", Required: true},
	}
}

func (s *server) showLogin(w http.ResponseWriter, v *visit) error {
	next := v.URL.Query().Get("next")
	if v.user != nil {
		http.Redirect(w, v.Request, localPath(next), http.StatusSeeOther)
		return nil
	}
	notes, err := s.whySignedOut(v)
	if err != nil {
		return err
	}
	page := formPage{Fields: loginFields(v.msgs, ""), Next: next, Notes: notes}
	return s.showForm(w, v, "login", v.msgs.T("web.login"), page, nil)
}

// whySignedOut says why somebody who was signed in is so no more.
func (s *server) whySignedOut(v *visit) (notes []string, _ error) {
	if v.dead != "" {
		reason, err := s.Auth.EndOfBrowser(v.ctx(), v.dead)
		switch {
		case err == nil && reason == "":
			notes = append(notes, v.msgs.T("web.signed_out.idle"))
		case err == nil:
			note, known := v.msgs.Find("pages.ended." + reason)
			if !known {
				note = v.msgs.T("error.invalid_token")
			}
			notes = append(notes, note)
		case !marquee.IsCode(err, marquee.CodeNotFound):
			return nil, err
		}
	}
	if v.URL.Query().Has("unsaved") {
		notes = append(notes, v.msgs.T("web.signed_out.unsaved"))
	}
	return notes, nil
}

// login opens a session. Why a sign-in was refused is never said.
func (s *server) login(w http.ResponseWriter, v *visit) error {
	c := marquee.Credentials{Login: v.PostForm.Get("username"), Password: v.PostForm.Get("password")}
	next := v.PostForm.Get("next")
	err := s.open(w, v, c, localPath(next))
	var e *marquee.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e) && e.Code == marquee.CodeMFARequired:
		return s.showCode(w, v, formPage{Attempt: e.MFAToken, Next: next}, nil)
	}
	return s.showForm(w, v, "login", v.msgs.T("web.login"), formPage{Fields: loginFields(v.msgs, c.Login), Next: next}, err)
}

// open signs in and goes on. The cookie is always a new one, so that nobody can
// plant his own.
func (s *server) open(w http.ResponseWriter, v *visit, c marquee.Credentials, next string) error {
	c.Origin, c.DeviceToken = v.origin(), v.deviceToken(s.deviceCookie())
	cookie, device, err := s.Auth.LoginBrowser(v.ctx(), c)
	if err != nil {
		return err
	}
	s.enter(w, v, cookie, device, next)
	return nil
}

// enter gives the browser the cookie of a session that was just opened, and
// ends the one that it had: whoever is refused keeps that. Where the end fails
// the sign-in stands; the list of sessions can show the old one still.
func (s *server) enter(w http.ResponseWriter, v *visit, cookie, device, next string) {
	if v.user != nil {
		if err := s.Auth.Logout(v.ctx(), marquee.LogoutLocal); err != nil {
			s.Log.Warn("the session before a sign-in could not be ended", "error", err)
		}
	}
	s.setCookie(w, s.sessionCookie(), cookie, s.cfg.SessionLife)
	if device != "" {
		s.setCookie(w, s.deviceCookie(), device, s.cfg.DeviceLife)
	}
	s.dropCookie(w, s.visitorCookie())
	http.Redirect(w, v.Request, next, http.StatusSeeOther)
}

// logout ends the session and has the browser forget what it knows of us.
func (s *server) logout(w http.ResponseWriter, v *visit) error {
	if v.user != nil { // else another window has done so
		if err := s.Auth.Logout(v.ctx(), marquee.LogoutLocal); err != nil {
			return err
		}
	}
	s.dropCookie(w, s.sessionCookie())
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	http.Redirect(w, v.Request, "/", http.StatusSeeOther)
	return nil
}
