package client

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"example.com/marquee/common/marquee"
)

// maxRetryAfter bounds what a server may ask for; longer is a mistake.
const maxRetryAfter = 24 * time.Hour

// problem is the body of an error (RFC 9457). Members we do not know are
// ignored, as its section 3.2 asks.
type problem struct {
	Status   int                  `json:"status"`
	Detail   string               `json:"detail"`
	Code     string               `json:"code"`
	Instance string               `json:"instance"`
	MFAToken string               `json:"mfa_token"`
	Errors   []marquee.FieldError `json:"errors"`
}

// failure turns an answer that is no success into an error. Only a problem of
// our contract counts: a 401 of some proxy must not end a session.
func (c *Client) failure(op string, resp *http.Response, body []byte) error {
	var p problem
	if !isMedia(resp, "application/problem+json") || json.Unmarshal(body, &p) != nil ||
		p.Status != resp.StatusCode || !isCode(p.Code) ||
		p.Code == string(marquee.CodeInvalidToken) && p.Status != http.StatusUnauthorized {
		return c.foreign(op, resp)
	}
	e := marquee.Wrap(marquee.Code(p.Code), op, nil)
	e.Detail = marquee.CleanText(p.Detail, 500)
	e.RequestID = marquee.CleanText(p.Instance, 100)
	e.RetryAfter = retryAfter(resp, c.clock())
	e.MFAToken = p.MFAToken
	for _, f := range p.Errors {
		e.Fields = append(e.Fields, marquee.FieldError{
			Field: marquee.CleanText(f.Field, 100), Code: marquee.CleanText(f.Code, 100), Detail: marquee.CleanText(f.Detail, 500),
		})
	}
	return e
}

// foreign is an answer of somebody else: a gateway that says the server is
// away, or anything.
func (c *Client) foreign(op string, resp *http.Response) error {
	switch resp.StatusCode {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		e := marquee.Wrap(marquee.CodeServerUnreachable, op, fmt.Errorf("a gateway answered %d", resp.StatusCode))
		e.RetryAfter = retryAfter(resp, c.clock())
		return e
	}
	return unexpected(op, resp, "the answer is not of this API")
}

func unexpected(op string, resp *http.Response, what string) error {
	return marquee.Wrap(marquee.CodeUnexpectedAnswer, op, fmt.Errorf("%d: %s", resp.StatusCode, what))
}

// networkError says why no answer came.
func networkError(op string, err error) error {
	var (
		verify *tls.CertificateVerificationError
		alert  tls.AlertError
		plain  tls.RecordHeaderError
		host   x509.HostnameError
		issuer x509.UnknownAuthorityError
	)
	switch {
	case errors.As(err, &verify), errors.As(err, &alert), errors.As(err, &host), errors.As(err, &issuer):
		return marquee.Wrap(marquee.CodeCertificateRejected, op, err)
	case errors.As(err, &plain), errors.Is(err, http.ErrSchemeMismatch):
		return marquee.Wrap(marquee.CodeUnexpectedAnswer, op, err)
	}
	return marquee.Wrap(marquee.CodeServerUnreachable, op, err)
}

// retryAfter reads RFC 9110 section 10.2.3, seconds or a date; 0 if unsaid.
func retryAfter(resp *http.Response, now time.Time) time.Duration {
	v := strings.TrimSpace(resp.Header.Get("Retry-After"))
	var d time.Duration
	if n, err := strconv.ParseUint(v, 10, 32); err == nil {
		d = time.Duration(n) * time.Second
	} else if t, err := http.ParseTime(v); err == nil {
		d = t.Sub(now)
	}
	return min(max(d, 0), maxRetryAfter)
}

// isCode reports whether s looks like a code, known to us or newer than us.
func isCode(s string) bool {
	return s != "" && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}
