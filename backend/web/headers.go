package web

import (
	"net"
	"net/http"
	"net/netip"
	"strings"

	"example.com/marquee/common/marquee"
)

// headers are on every answer of the pages. Those that hold something personal
// must not stay in a cache; the stylesheet says otherwise for itself.
func (s *server) headers(next http.Handler) http.Handler {
	fixed := map[string]string{
		"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options":  "nosniff",
		"X-Frame-Options":         "DENY",
		// Not no-referrer: browsers then send "Origin: null" with our own forms,
		// which over plain HTTP is all there is to know them by.
		"Referrer-Policy":    "same-origin",
		"Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",

		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Cache-Control":                "no-store",
		"Vary":                         "Accept-Language, Cookie, Sec-Fetch-Site, Origin",
	}
	if s.secure() {
		fixed["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range fixed {
			w.Header().Set(name, value)
		}
		next.ServeHTTP(w, r)
	})
}

// ours answers 421 to a Host that is neither ours nor loopback (RFC 9110
// section 15.5.20).
func (s *server) ours(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.hostIsOurs(r.Host) {
			v := &visit{Request: r, msgs: s.messagesFor(r), address: s.Address(r)}
			s.headers(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				s.fail(w, v, marquee.E(marquee.CodeMisdirected))
			})).ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *server) hostIsOurs(hostport string) bool {
	if u := s.cfg.PublicURL; u != nil && strings.EqualFold(withPort(hostport, u.Scheme), withPort(u.Host, u.Scheme)) {
		return true
	}
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || err == nil && addr.IsLoopback()
}

// withPort adds the scheme's own port where none is said.
func withPort(hostport, scheme string) string {
	if _, _, err := net.SplitHostPort(hostport); err == nil {
		return hostport
	}
	return hostport + ":" + map[string]string{"http": "80", "https": "443"}[scheme]
}
