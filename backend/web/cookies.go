package web

import (
	"net/http"
	"time"
)

// secure tells whether people reach the pages by TLS. Only then may a cookie
// bear the __Host- prefix, which browsers accept over TLS alone.
func (s *server) secure() bool { return s.cfg.PublicURL != nil && s.cfg.PublicURL.Scheme == "https" }

func (s *server) sessionCookie() string { return s.cookieName("session") }
func (s *server) visitorCookie() string { return s.cookieName("visitor") }

// deviceCookie outlives sessions. It opens nothing: it says that somebody has
// signed in with this browser before.
func (s *server) deviceCookie() string { return s.cookieName("device") }

func (s *server) languageCookie() string { return s.cookieName("language") }

func (s *server) zoneCookie() string { return s.cookieName("zone") }

// askingCookie holds what the browser asked for that wants to be let in by
// another session.
func (s *server) askingCookie() string { return s.cookieName("asking") }

const askingLife = 10 * time.Minute

func (s *server) cookieName(of string) string {
	if s.secure() {
		return "__Host-marquee-" + of
	}
	return "marquee_" + of
}

// setCookie sets a cookie; with a life of 0 it goes with the browser's window.
func (s *server) setCookie(w http.ResponseWriter, name, value string, life time.Duration) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: int(life.Seconds()),
		HttpOnly: true, Secure: s.secure(), SameSite: http.SameSiteLaxMode,
	})
}

func (s *server) dropCookie(w http.ResponseWriter, name string) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Path: "/", MaxAge: -1,
		HttpOnly: true, Secure: s.secure(), SameSite: http.SameSiteLaxMode,
	})
}
