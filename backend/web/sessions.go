package web

import (
	"net/http"

	"example.com/marquee/common/marquee"
)

type sessionsPage struct {
	Sessions []marquee.Session
	Others   bool
}

// showSessions shows where the person is signed in.
func (s *server) showSessions(w http.ResponseWriter, v *visit) error {
	sessions, err := s.Auth.Sessions(v.ctx())
	if err != nil {
		return err
	}
	s.show(w, v, http.StatusOK, "sessions", v.msgs.T("web.sessions"),
		sessionsPage{Sessions: sessions, Others: len(sessions) > 1})
	return nil
}

func (s *server) endSession(w http.ResponseWriter, v *visit) error {
	// One that ended meanwhile is what the person wanted.
	if err := s.Auth.EndSession(v.ctx(), v.PathValue("id")); err != nil && !marquee.IsCode(err, marquee.CodeNotFound) {
		return err
	}
	http.Redirect(w, v.Request, "/account/sessions", http.StatusSeeOther)
	return nil
}

func (s *server) endOthers(w http.ResponseWriter, v *visit) error {
	if err := s.Auth.Logout(v.ctx(), marquee.LogoutOthers); err != nil {
		return err
	}
	http.Redirect(w, v.Request, "/account/sessions", http.StatusSeeOther)
	return nil
}
