package web

import (
	"net/http"
	"time"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

type homePage struct{ SSH string }

// home shows the films to whoever is signed in, else what this is and how to
// connect.
func (s *server) home(w http.ResponseWriter, v *visit) error {
	if v.user != nil {
		http.Redirect(w, v.Request, "/films", http.StatusSeeOther)
		return nil
	}
	s.show(w, v, http.StatusOK, "home", v.msgs.T("web.home.title"), homePage{SSH: s.cfg.SSHCommand})
	return nil
}

const languageLife = 365 * 24 * time.Hour

// setLanguage keeps the visitor's choice and goes back to where he was.
func (s *server) setLanguage(w http.ResponseWriter, v *visit) error {
	tag := v.PostForm.Get("language")
	if tag != lang.English && tag != lang.Korean {
		return marquee.E(marquee.CodeMalformed)
	}
	s.setCookie(w, s.languageCookie(), tag, languageLife)
	http.Redirect(w, v.Request, localPath(v.PostForm.Get("next")), http.StatusSeeOther)
	return nil
}
