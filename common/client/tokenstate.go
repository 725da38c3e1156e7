package client

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"example.com/marquee/common/marquee"
)

// TokenState implements marquee.TokenHolder.
func (c *Client) TokenState(context.Context) (marquee.TokenState, error) {
	c.source.mu.Lock()
	held, due, dead := c.source.held, c.source.due, c.source.dead
	c.source.mu.Unlock()
	if held.Empty() {
		return marquee.TokenState{}, marquee.E(marquee.CodeUnauthenticated)
	}
	s, err := readToken(held.AccessToken)
	if err != nil {
		return s, marquee.Wrap(marquee.CodeUnexpectedAnswer, "read the access token", err)
	}
	s.Life = time.Duration(held.ExpiresIn) * time.Second
	s.Over, s.RefreshDue = dead, due
	if ahead := c.ahead.Load(); ahead != nil {
		s.ClockAhead, s.ClockKnown = *ahead, true
	}
	return s, nil
}

// readToken decodes the header and the payload of a JWT (RFC 7519 section 3).
func readToken(token string) (s marquee.TokenState, err error) {
	var header struct {
		Algorithm string `json:"alg"`
		KeyID     string `json:"kid"`
	}
	var claims struct {
		Issuer   string   `json:"iss"`
		Subject  string   `json:"sub"`
		Audience any      `json:"aud"` // a string or, by RFC 7519, several
		Session  string   `json:"sid"`
		ID       string   `json:"jti"`
		Counter  int64    `json:"ctr"`
		Methods  []string `json:"amr"`
		Issued   int64    `json:"iat"`
		Expires  int64    `json:"exp"`
		AuthTime int64    `json:"auth_time"`
	}
	parts := strings.Split(token+"..", ".")
	for i, to := range []any{&header, &claims} {
		raw, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil {
			return s, err
		}
		if err := json.Unmarshal(raw, to); err != nil {
			return s, err
		}
	}
	at := func(unix int64) time.Time {
		if unix == 0 {
			return time.Time{}
		}
		return time.Unix(unix, 0)
	}
	s = marquee.TokenState{
		Algorithm: header.Algorithm, KeyID: header.KeyID, Issuer: claims.Issuer, Subject: claims.Subject,
		SessionID: claims.Session, TokenID: claims.ID, Counter: claims.Counter, Methods: claims.Methods,
		IssuedAt: at(claims.Issued), ExpiresAt: at(claims.Expires), AuthTime: at(claims.AuthTime),
	}
	switch aud := claims.Audience.(type) {
	case string:
		s.Audience = aud
	case []any:
		if len(aud) > 0 {
			s.Audience, _ = aud[0].(string)
		}
	}
	return s, nil
}

// noteClock compares the calendars by the Date of an answer (RFC 9110 section
// 6.6.1), which has whole seconds and lies between sent and now.
func (c *Client) noteClock(resp *http.Response, sent time.Time) {
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return
	}
	now := c.clock().Round(0)
	middle := sent.Round(0).Add(now.Sub(sent.Round(0)) / 2)
	ahead := middle.Sub(date.Add(500 * time.Millisecond)).Round(time.Second)
	c.ahead.Store(&ahead)
}
