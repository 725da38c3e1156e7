package web

import "net/http"

type accountPage struct {
	Sessions int
}

// account shows who is signed in, and the way to everything that is his.
func (s *server) account(w http.ResponseWriter, v *visit) error {
	sessions, err := s.Auth.Sessions(v.ctx())
	if err != nil {
		return err
	}
	s.show(w, v, http.StatusOK, "account", v.msgs.T("web.account"), accountPage{Sessions: len(sessions)})
	return nil
}
