package web

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"mime"
	"net/http"

	"example.com/marquee/common/marquee"
)

// formToken is what a form carries: a MAC over the cookie, so that only a page
// made for this cookie can hold it.
func formToken(key []byte, cookie string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(cookie))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// checkForm reads a form and refuses one that may be another site's.
// CrossOriginProtection has passed it already, but lets through what says
// nothing of its origin: old browsers, and those for text.
func (s *server) checkForm(v *visit) error {
	kind, _, err := mime.ParseMediaType(v.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return marquee.E(marquee.CodeUnsupportedMedia)
	}
	if err := v.ParseForm(); err != nil {
		var tooLarge *http.MaxBytesError
		if errors.As(err, &tooLarge) {
			return marquee.E(marquee.CodeTooLarge)
		}
		if v.ctx().Err() != nil { // it came too slowly
			return marquee.Wrap(marquee.CodeTimeout, "read form", err)
		}
		return marquee.Wrap(marquee.CodeMalformed, "read form", err)
	}
	if v.Header.Get("Sec-Fetch-Site") != "" || v.Header.Get("Origin") != "" {
		return nil
	}
	if !s.formIsOurs(v.cookie, v.PostForm.Get("form")) {
		return marquee.E(marquee.CodeCrossOrigin)
	}
	return nil
}

func (s *server) formIsOurs(cookie, token string) bool {
	for _, key := range [][]byte{s.FormKey, s.PreviousFormKey} {
		if len(key) > 0 && hmac.Equal([]byte(token), []byte(formToken(key, cookie))) {
			return true
		}
	}
	return false
}

// denyCrossOrigin does not look who it is: that would renew his session, which
// another site must not do, and the cookie comes from some of them only.
func (s *server) denyCrossOrigin(w http.ResponseWriter, r *http.Request) {
	v := &visit{Request: r, msgs: s.messagesFor(r), address: s.Address(r)}
	s.fail(w, v, marquee.E(marquee.CodeCrossOrigin))
}
