package web

import (
	"net/http"

	"example.com/marquee/common/marquee"
)

func (s *server) deleteSheet(v *visit) sheet {
	return sheet{
		Action: "/account/delete", Title: v.msgs.T("web.delete"), Lead: v.msgs.T("web.delete.lead"), Submit: v.msgs.T("web.delete.do"), Danger: true,
		formPage: formPage{Fields: []field{
			currentPassword(v.msgs),
		}},
	}
}

func (s *server) showDelete(w http.ResponseWriter, v *visit) error {
	return s.showSheet(w, v, s.deleteSheet(v), nil)
}

// deleteAccount takes away the account and all that is the person's.
func (s *server) deleteAccount(w http.ResponseWriter, v *visit) error {
	err := s.surely(w, v, func() error {
		return s.Auth.DeleteMe(v.ctx(), marquee.Deletion{CurrentPassword: v.PostForm.Get("current_password"), Origin: v.origin()})
	})
	if err != nil {
		return s.showSheet(w, v, s.deleteSheet(v), err)
	}
	s.dropCookie(w, s.sessionCookie())
	s.dropCookie(w, s.deviceCookie())
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	http.Redirect(w, v.Request, "/", http.StatusSeeOther)
	return nil
}
