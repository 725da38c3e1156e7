package httpapi

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

// kind is how a code looks over HTTP.
type kind struct {
	status int
	title  string
	field  string // what the code is about, when the rules name no field
}

// kindOf is the one table from codes to HTTP. A code that is not in it is
// internal.
func kindOf(code marquee.Code) kind {
	switch code {
	case marquee.CodeInvalid:
		return kind{http.StatusUnprocessableEntity, "Invalid input", ""}
	case marquee.CodeMalformed:
		return kind{http.StatusBadRequest, "Malformed request", ""}
	case marquee.CodeWrongCredentials:
		return kind{http.StatusUnauthorized, "Wrong credentials", ""}
	case marquee.CodeUnauthenticated:
		return kind{http.StatusUnauthorized, "Not signed in", ""}
	case marquee.CodeInvalidToken:
		return kind{http.StatusUnauthorized, "Invalid token", ""}
	case marquee.CodeWrongPassword:
		return kind{http.StatusForbidden, "Current password missing or wrong", ""}
	case marquee.CodeStepUpRequired:
		return kind{http.StatusForbidden, "Recent sign-in required", ""}
	case marquee.CodeStepUpRefused:
		return kind{http.StatusForbidden, "Sign-in with password required", ""}
	case marquee.CodeMFARequired:
		return kind{http.StatusUnauthorized, "Second factor required", ""}
	case marquee.CodeWrongCode:
		return kind{http.StatusUnauthorized, "Wrong code", ""}
	case marquee.CodeAttemptOver:
		return kind{http.StatusUnauthorized, "Sign-in attempt over", ""}
	case marquee.CodeInvalidGrant:
		return kind{http.StatusBadRequest, "Invalid grant", ""}
	case marquee.CodeUnsupportedGrant:
		return kind{http.StatusBadRequest, "Unsupported grant type", ""}
	case marquee.CodeInvalidAssertion:
		return kind{http.StatusUnauthorized, "Invalid assertion", ""}
	case marquee.CodeKeyTaken:
		return kind{http.StatusConflict, "SSH key already linked", "public_key"}
	case marquee.CodeTooManyKeys:
		return kind{http.StatusConflict, "Too many SSH keys", ""}
	case marquee.CodeAuthorizationPending:
		return kind{http.StatusBadRequest, "Authorization pending", ""}
	case marquee.CodeSlowDown:
		return kind{http.StatusBadRequest, "Slow down", ""}
	case marquee.CodeAccessDenied:
		return kind{http.StatusBadRequest, "Access denied", ""}
	case marquee.CodeExpiredToken:
		return kind{http.StatusBadRequest, "Expired", ""}
	case marquee.CodeForbidden:
		return kind{http.StatusForbidden, "Forbidden", ""}
	case marquee.CodeOwnAccount:
		return kind{http.StatusConflict, "Own account", ""}
	case marquee.CodeLastSuperuser:
		return kind{http.StatusConflict, "Last superuser", ""}
	case marquee.CodeNotFound:
		return kind{http.StatusNotFound, "Not found", ""}
	case marquee.CodeMethodNotAllowed:
		return kind{http.StatusMethodNotAllowed, "Method not allowed", ""}
	case marquee.CodeUsernameTaken:
		return kind{http.StatusConflict, "Username already in use", "username"}
	case marquee.CodeEmailTaken:
		return kind{http.StatusConflict, "E-mail address already in use", "email"}
	case marquee.CodeTooLarge:
		return kind{http.StatusRequestEntityTooLarge, "Request body too large", ""}
	case marquee.CodeUnsupportedMedia:
		return kind{http.StatusUnsupportedMediaType, "Unsupported media type", ""}
	case marquee.CodeMisdirected:
		return kind{http.StatusMisdirectedRequest, "Misdirected request", ""}
	case marquee.CodeCrossOrigin:
		return kind{http.StatusForbidden, "Cross-origin request", ""}
	case marquee.CodeTooManyRequests:
		return kind{http.StatusTooManyRequests, "Too many requests", ""}
	case marquee.CodeUnavailable:
		return kind{http.StatusServiceUnavailable, "Service unavailable", ""}
	case marquee.CodeTimeout:
		return kind{http.StatusServiceUnavailable, "Timeout", ""}
	}
	return kind{http.StatusInternalServerError, "Internal error", ""}
}

// problem is the body of every failure (RFC 9457).
type problem struct {
	Type     string               `json:"type"`
	Title    string               `json:"title"`
	Status   int                  `json:"status"`
	Detail   string               `json:"detail"`
	Code     marquee.Code         `json:"code"`
	Instance string               `json:"instance"`
	MFAToken string               `json:"mfa_token,omitempty"`
	OAuth    string               `json:"error,omitempty"` // at the token endpoint (RFC 6749 section 5.2)
	Errors   []marquee.FieldError `json:"errors,omitempty"`
}

// fail answers an error. It is the only place that does, and leaves an answer
// that has begun alone.
func (s *server) fail(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	e := problemOf(err)
	k := kindOf(e.Code)
	messages := lang.Accept(c.Request().Header.Get("Accept-Language"))
	p := problem{
		Type:     "/problems/" + strings.ReplaceAll(string(e.Code), "_", "-"),
		Title:    k.title,
		Status:   k.status,
		Detail:   messages.T("error." + string(e.Code)),
		Code:     e.Code,
		Instance: marquee.RequestIDFrom(c.Request().Context()),
		MFAToken: e.MFAToken,
		OAuth:    oauthError(c.Path(), e.Code),
		Errors:   spokenFields(e, k, messages),
	}
	h := c.Response().Header()
	h.Set("Content-Language", messages.Tag())
	switch k.status {
	case http.StatusUnauthorized:
		h.Set(echo.HeaderWWWAuthenticate, challengeOf(e.Code))
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		h.Set(echo.HeaderRetryAfter, seconds(e.RetryAfter))
	}
	body, _ := json.Marshal(p) // strings and numbers only
	h.Set(echo.HeaderContentType, "application/problem+json")
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	c.Response().WriteHeader(k.status)
	_, _ = c.Response().Write(body) // nobody is left to tell; net/http leaves it out for HEAD
}

// problemOf turns what a handler or the router returned into an Error with a
// code of the contract.
func problemOf(err error) *marquee.Error {
	var he *echo.HTTPError
	var e *marquee.Error
	switch {
	case errors.As(err, &e):
		if kindOf(e.Code).status == http.StatusInternalServerError {
			return marquee.Wrap(marquee.CodeInternal, "", e)
		}
		return e
	case errors.As(err, &he):
		switch he.Code {
		case http.StatusNotFound:
			return marquee.E(marquee.CodeNotFound)
		case http.StatusMethodNotAllowed:
			return marquee.E(marquee.CodeMethodNotAllowed)
		}
	}
	return marquee.Wrap(marquee.CodeInternal, "", err)
}

// spokenFields gives every refused field its sentence.
func spokenFields(e *marquee.Error, k kind, m *lang.Messages) []marquee.FieldError {
	fields := e.Fields
	if len(fields) == 0 && k.field != "" {
		fields = []marquee.FieldError{{Field: k.field, Code: marquee.FieldTaken}}
	}
	spoken := make([]marquee.FieldError, len(fields))
	for i, f := range fields {
		f.Detail = m.T("field."+f.Code, "Limit", f.Limit)
		spoken[i] = f
	}
	return spoken
}

// challengeOf is RFC 6750 section 3: no error when no token was sent.
func challengeOf(code marquee.Code) string {
	if code == marquee.CodeInvalidToken {
		return `Bearer realm="marquee", error="invalid_token"`
	}
	return `Bearer realm="marquee"`
}

// seconds rounds up: who waits that long must not be refused again.
func seconds(d time.Duration) string {
	return strconv.Itoa(max(1, int(math.Ceil(d.Seconds()))))
}
