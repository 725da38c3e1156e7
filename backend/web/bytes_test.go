package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"
)

// Bytes that are no text reach no database as such, wherever they stand: each
// is refused as any other nonsense, and what comes back is text.
func TestAttack_BytesThatAreNoText(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		v := s.visitor(t)
		v.register()
		film := filmLink.FindString(v.get("/films").body)
		for _, bad := range []string{"%ff", "%00", "a%00b", "%ed%a0%80", "%c0%ae", "%f4%90%80%80"} {
			for _, path := range []string{
				"/films?q=X", "/films?genre=X", "/films?sort=X", "/films?cursor=X", "/films?year_from=X", "/films/X", "/watchlist?cursor=X",
				"/diary?month=X", "/diary?cursor=X", "/account/activity?cursor=X", "/account/keys/X", "/device?code=X", "/password/X", "/login?next=X", "/X",
			} {
				path = strings.Replace(path, "X", bad, 1)
				p := v.get(path)
				if p.StatusCode >= http.StatusInternalServerError || !utf8.ValidString(p.body) || strings.Contains(p.body, "\x00") {
					t.Errorf("GET %s: %d, text: %v", path, p.StatusCode, utf8.ValidString(p.body))
				}
			}
			raw, err := url.PathUnescape(bad)
			must(t, err)
			for _, form := range [][]string{
				{"/account/profile", "username", raw, "email", name + "@example.com"},
				{"/account/profile", "username", name, "email", raw + "@example.com", "current_password", password},
				{"/account/password", "password", password + raw, "repeat", password + raw, "current_password", password},
				{film + "/watched", "date", raw}, {film + "/rating", "rating", raw}, {"/account/keys", "public_key", raw, "name", raw, "from", raw},
				{"/device", "user_code", raw, "answer", "approve"}, {"/account/second-factor", "do", raw}, {"/account/step-up", "then", raw, "password", raw},
				{"/account/delete", "current_password", raw}, {"/account/sessions/" + bad + "/end"}, {"/language", "language", raw}, {"/films/" + bad + "/watchlist"},
			} {
				p := v.send("/account", form[0], form[1:]...)
				if p.StatusCode >= http.StatusInternalServerError || !utf8.ValidString(p.body) {
					t.Errorf("POST %q: %d, text: %v", form, p.StatusCode, utf8.ValidString(p.body))
				}
			}
			stranger := s.visitor(t)
			for _, form := range [][]string{
				{"/login", "username", raw, "password", raw, "next", raw},
				{"/register", "username", "minji" + raw, "email", "a" + raw + "@example.com", "password", password, "repeat", password},
				{"/login/code", "attempt", raw, "code", raw},
			} {
				p := stranger.send("/login", form[0], form[1:]...)
				if p.StatusCode >= http.StatusInternalServerError || p.StatusCode < 400 || !utf8.ValidString(p.body) {
					t.Errorf("POST %q: %d, text: %v", form, p.StatusCode, utf8.ValidString(p.body))
				}
			}
		}
		v.get("/account").mustShow(t, 200, name+"@example.com") // the twin: all is as it was
	})
}
