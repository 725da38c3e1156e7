package web

import (
	"net/http"
	"net/url"
	"strings"

	"example.com/marquee/common/marquee"
)

// devicePage asks for the code that a device shows or, once there is one,
// whether to let that device in.
type devicePage struct {
	formPage
	Request *marquee.DeviceRequest
	Done    string // what became of it
}

func (s *server) deviceCodeField(v *visit, code string) field {
	return field{Name: "code", Label: v.msgs.T("web.device.code"), Type: "text", Value: code, Autocomplete: "off",
		Hint: v.msgs.T("web.device.code_hint"), Required: true}
}

// showDevice shows who asks by a code (RFC 8628 section 3.3).
func (s *server) showDevice(w http.ResponseWriter, v *visit) error {
	code := v.URL.Query().Get("code")
	if code == "" {
		return s.askForCode(w, v, "", nil)
	}
	return s.showRequest(w, v, code, devicePage{}, nil)
}

func (s *server) askForCode(w http.ResponseWriter, v *visit, code string, err error) error {
	page := devicePage{formPage: formPage{Fields: []field{s.deviceCodeField(v, code)}}}
	status, err := s.wrong(w, v, &page.formPage, err)
	if err != nil {
		return err
	}
	s.show(w, v, status, "device", v.msgs.T("web.device"), page)
	return nil
}

// showRequest shows the device of a code, with what err says is wrong with the
// answer.
func (s *server) showRequest(w http.ResponseWriter, v *visit, code string, page devicePage, err error) error {
	request, bad := s.Auth.DeviceRequest(v.ctx(), code, v.origin())
	if marquee.IsCode(bad, marquee.CodeNotFound) {
		return s.askForCode(w, v, code, marquee.Invalid(marquee.FieldError{Field: "code", Code: marquee.FieldNoDevice}))
	}
	if bad != nil {
		return s.askForCode(w, v, code, bad)
	}
	page.Request = &request
	status, err := s.wrong(w, v, &page.formPage, err)
	if err != nil {
		return err
	}
	s.show(w, v, status, "device", v.msgs.T("web.device"), page)
	return nil
}

// answerDevice lets the device in or refuses it. Where the sign-in was a while
// ago the page asks for the password as well.
func (s *server) answerDevice(w http.ResponseWriter, v *visit) error {
	code, approve := v.PostForm.Get("user_code"), v.PostForm.Get("answer") == "approve"
	answer := func() error { return s.Auth.AnswerDevice(v.ctx(), code, approve, v.origin()) }
	err := answer()
	asked := v.PostForm.Has("current_password")
	if asked && marquee.IsCode(err, marquee.CodeStepUpRequired) {
		if err = s.giveAgain(w, v, v.PostForm.Get("current_password"), v.PostForm.Get("code")); err == nil {
			err = answer()
		}
	}
	switch {
	case err == nil:
		done := "web.device.refused"
		if approve {
			done = "web.device.approved"
		}
		s.show(w, v, http.StatusOK, "device", v.msgs.T("web.device"), devicePage{Done: v.msgs.T(done)})
		return nil
	case marquee.IsCode(err, marquee.CodeNotFound):
		return s.askForCode(w, v, code, marquee.Invalid(marquee.FieldError{Field: "code", Code: marquee.FieldNoDevice}))
	}
	var page devicePage
	if asked || marquee.IsCode(err, marquee.CodeStepUpRequired) {
		page.Fields = []field{{Name: "current_password", Label: v.msgs.T("web.current_password"), Type: "password", Autocomplete: "current-password", Required: true}}
		if v.user.MFAEnabled {
			page.Fields = append(page.Fields, codeField(v.msgs))
		}
	}
	if marquee.IsCode(err, marquee.CodeStepUpRequired) {
		err = nil
	}
	return s.showRequest(w, v, code, page, err)
}

// waitingPage is a browser that asks to be let in itself.
type waitingPage struct {
	marquee.DeviceAuthorization
	Approved bool
	Next     string
}

// askDevice lets the browser ask to be let in by a session elsewhere.
func (s *server) askDevice(w http.ResponseWriter, v *visit) error {
	next := v.PostForm.Get("next")
	d, err := s.Auth.AskDevice(v.ctx(), v.origin())
	if err != nil {
		return s.showForm(w, v, "login", v.msgs.T("web.login"), formPage{Fields: loginFields(v.msgs, ""), Next: next}, err)
	}
	s.setCookie(w, s.askingCookie(), strings.Join([]string{d.DeviceCode, d.UserCode, d.Number}, "."), askingLife)
	http.Redirect(w, v.Request, waitingAt(next), http.StatusSeeOther)
	return nil
}

// waitingAt is where a browser waits that wants to go to next.
func waitingAt(next string) string {
	if next == "" {
		return "/login/device"
	}
	return "/login/device?" + url.Values{"next": {next}}.Encode()
}

// waitForDevice shows the code, and whether somebody has answered.
func (s *server) waitForDevice(w http.ResponseWriter, v *visit) error {
	d, ok := v.asking(s.askingCookie())
	if !ok {
		http.Redirect(w, v.Request, "/login", http.StatusSeeOther)
		return nil
	}
	page := waitingPage{DeviceAuthorization: d, Next: v.URL.Query().Get("next")}
	page.VerificationURI = "/device"
	if s.cfg.PublicURL != nil {
		page.VerificationURI = s.cfg.PublicURL.JoinPath("device").String()
	}
	switch err := s.Auth.DeviceAnswered(v.ctx(), d.DeviceCode); {
	case err == nil:
		page.Approved = true
	case marquee.IsCode(err, marquee.CodeAuthorizationPending), marquee.IsCode(err, marquee.CodeSlowDown):
		// Pages do without scripts; this one looks again by itself.
		w.Header().Set("Refresh", "3")
	default:
		return s.askingOver(w, v, err)
	}
	s.show(w, v, http.StatusOK, "waiting", v.msgs.T("web.device.ask"), page)
	return nil
}

// enterByDevice opens the session that was approved.
func (s *server) enterByDevice(w http.ResponseWriter, v *visit) error {
	d, ok := v.asking(s.askingCookie())
	if !ok {
		http.Redirect(w, v.Request, "/login", http.StatusSeeOther)
		return nil
	}
	next := v.PostForm.Get("next")
	cookie, err := s.Auth.LoginBrowserDevice(v.ctx(), d.DeviceCode, v.origin())
	switch {
	case err == nil:
		s.dropCookie(w, s.askingCookie())
		s.enter(w, v, cookie, "", localPath(next))
		return nil
	case marquee.IsCode(err, marquee.CodeAuthorizationPending), marquee.IsCode(err, marquee.CodeSlowDown):
		http.Redirect(w, v.Request, waitingAt(next), http.StatusSeeOther)
		return nil
	}
	return s.askingOver(w, v, err)
}

// askingOver leads back to the sign-in with why nobody is let in.
func (s *server) askingOver(w http.ResponseWriter, v *visit, err error) error {
	s.dropCookie(w, s.askingCookie())
	return s.showForm(w, v, "login", v.msgs.T("web.login"), formPage{Fields: loginFields(v.msgs, ""), Next: v.FormValue("next")}, err)
}

// asking is what the browser asked for, as its cookie has it.
func (v *visit) asking(cookie string) (d marquee.DeviceAuthorization, ok bool) {
	c, err := v.Cookie(cookie)
	if err != nil {
		return d, false
	}
	parts := strings.Split(c.Value, ".")
	if len(parts) != 3 {
		return d, false
	}
	return marquee.DeviceAuthorization{DeviceCode: parts[0], UserCode: parts[1], Number: parts[2]}, true
}
