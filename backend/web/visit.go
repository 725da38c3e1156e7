package web

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

// visit is one request with what the pages need to know of it.
type visit struct {
	*http.Request
	msgs    *lang.Messages
	address string
	// cookie is the session's, or the one that a visitor without a session has
	// for the tokens of forms.
	cookie string
	// dead is the cookie of a session that is good no more, "" without one.
	dead string
	// user is nil for nobody, and while it is not known who it is.
	user *marquee.User
	// nobody is a visitor who was looked at and is not signed in.
	nobody bool
}

func (v *visit) ctx() context.Context { return v.Request.Context() }

func (v *visit) origin() marquee.Origin {
	return marquee.Origin{
		Address: v.address, Agent: marquee.CleanText(v.UserAgent(), 256), Client: "browser",
	}
}

// deviceToken is what an earlier sign-in left with the browser; "" without one.
func (v *visit) deviceToken(cookie string) string {
	c, err := v.Cookie(cookie)
	if err != nil {
		return ""
	}
	return c.Value
}

// page runs a route: who is it, in which language, is the form ours, and what
// to show when it fails.
func (s *server) page(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{Request: r, msgs: s.messagesFor(r), address: s.Address(r)}
		defer s.recovered(w, v)
		err := s.recognise(w, v)
		if err == nil && rt.signedIn && v.user == nil {
			s.sendToLogin(w, r)
			return
		}
		if err == nil && unsafe(r) && rt.pattern != "" {
			err = s.checkForm(v)
		}
		if err == nil {
			err = rt.do(w, v)
		}
		switch {
		case err == nil:
		case noSuchPage(err):
			http.Redirect(w, v.Request, firstPage(v.URL), http.StatusSeeOther)
		default:
			s.fail(w, v, err)
		}
	})
}

// sendToLogin has a visitor sign in and come back. A form that he sent from a
// page that was open for too long is not kept, which he is told.
func (s *server) sendToLogin(w http.ResponseWriter, r *http.Request) {
	query := url.Values{"next": {s.backTo(r)}}
	if unsafe(r) {
		query.Set("unsaved", "1")
	}
	http.Redirect(w, r, "/login?"+query.Encode(), http.StatusSeeOther)
}

// recognise finds out who the visitor is. A cookie that is good no more makes
// him nobody; a part that is away is an error, and the cookie stays.
func (s *server) recognise(w http.ResponseWriter, v *visit) error {
	// Two cookies of the name mean that somebody planted one; which is ours
	// cannot be told (RFC 6265 section 8.6).
	if len(v.CookiesNamed(s.sessionCookie())) > 1 {
		v.cookie = rand.Text()
		return marquee.E(marquee.CodeMalformed)
	}
	if c, err := v.Cookie(s.sessionCookie()); err == nil && c.Value != "" {
		actor, err := s.Auth.AuthenticateBrowser(v.ctx(), c.Value)
		if err == nil {
			v.cookie = c.Value
			v.Request = v.WithContext(marquee.WithActor(v.ctx(), actor))
			user, err := s.Auth.Me(v.ctx())
			if err != nil {
				return err
			}
			v.user = &user
			return nil
		}
		if !marquee.IsCode(err, marquee.CodeInvalidToken) {
			return err
		}
		v.dead = c.Value
		// It stays where it is: another window may just have got a new one, and
		// this answer must not take that away.
	}
	v.nobody = true
	if c, err := v.Cookie(s.visitorCookie()); err == nil && len(c.Value) >= 20 {
		v.cookie = c.Value
		return nil
	}
	v.cookie = rand.Text()
	s.setCookie(w, s.visitorCookie(), v.cookie, 0)
	return nil
}

// backTo is where a visitor is or wanted to go. A form that was sent is not
// sent again: its page, at the same address or the one he came from.
func (s *server) backTo(r *http.Request) string {
	if !unsafe(r) {
		return r.URL.RequestURI()
	}
	pages := []*url.URL{{Path: r.URL.Path, RawPath: r.URL.RawPath}}
	if from, err := url.Parse(r.Referer()); err == nil && strings.EqualFold(from.Host, r.Host) {
		pages = append(pages, from)
	}
	for _, at := range pages {
		if s.taken(&http.Request{Host: r.Host, URL: at}, http.MethodGet) {
			if next := r.PostForm.Get("next"); next != "" && at.RawQuery == "" {
				at.RawQuery = url.Values{"next": {next}}.Encode()
			}
			return at.RequestURI()
		}
	}
	return "/films"
}

// localPath returns next if it is a path of ours, else the films: an address
// of another site must not become a redirect of ours.
func localPath(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || !strings.HasPrefix(next, "/") ||
		strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\t\r\n") {
		return "/films"
	}
	return next
}

func unsafe(r *http.Request) bool {
	return r.Method != http.MethodGet && r.Method != http.MethodHead
}

// messagesFor goes by the visitor's choice, then by what his browser asks for.
func (s *server) messagesFor(r *http.Request) *lang.Messages {
	if c, err := r.Cookie(s.languageCookie()); err == nil && (c.Value == lang.English || c.Value == lang.Korean) {
		return lang.In(c.Value)
	}
	return lang.Accept(r.Header.Get("Accept-Language"))
}
