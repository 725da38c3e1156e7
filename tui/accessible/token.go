package accessible

import (
	"strings"
	"time"

	"example.com/marquee/tui/app/cells"
	"example.com/marquee/tui/verb"
)

// token reads out what the access token says and what the server makes of it,
// never the token. The server is asked first: that may renew the token, and what
// is told must be the one after it.
func (p *program) token() error {
	_, refused := p.Service.Me(p.ctx)
	s, err := p.Token.TokenState(p.ctx)
	if err != nil {
		return err
	}
	verdict := p.say("accessible.accepted")
	if refused != nil {
		verdict = verb.Sentence(p.Messages, refused)
	}
	at := func(t time.Time) string {
		if t.IsZero() {
			return p.say("pages.token.unknown")
		}
		return t.In(p.zone()).Format(time.DateTime)
	}
	var methods []string
	for _, m := range s.Methods {
		word, ok := p.Messages.Find("pages.amr." + m)
		if !ok {
			word = m
		}
		methods = append(methods, word)
	}
	for _, row := range [][2]string{
		{"subject", s.Subject}, {"session", s.SessionID}, {"methods", strings.Join(methods, ", ")}, {"issued", at(s.IssuedAt)}, {"expires", at(s.ExpiresAt)},
		{"refresh", at(s.RefreshDue)}, {"counter", p.say("pages.token.rotated", "N", s.Counter-1)}, {"issuer", p.say("pages.token.for", "Issuer", s.Issuer, "Audience", s.Audience)},
		{"key", s.Algorithm + " " + s.KeyID}, {"id", s.TokenID}, {"verdict", verdict},
	} {
		p.text(p.say("pages.token."+row[0]) + ": " + cells.Clean(row[1]))
	}
	return nil
}
