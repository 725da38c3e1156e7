package web

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

// pageStatus is the status of an error that becomes a page of its own; what is
// wrong with a form is shown in the form.
var pageStatus = map[marquee.Code]int{
	marquee.CodeInvalid:          http.StatusUnprocessableEntity,
	marquee.CodeMalformed:        http.StatusBadRequest,
	marquee.CodeUnauthenticated:  http.StatusUnauthorized,
	marquee.CodeWrongCredentials: http.StatusUnauthorized,
	marquee.CodeInvalidToken:     http.StatusUnauthorized,
	marquee.CodeForbidden:        http.StatusForbidden,
	marquee.CodeStepUpRequired:   http.StatusForbidden,
	marquee.CodeStepUpRefused:    http.StatusForbidden,
	marquee.CodeWrongPassword:    http.StatusForbidden,
	marquee.CodeWrongCode:        http.StatusUnauthorized,
	marquee.CodeAttemptOver:      http.StatusUnauthorized,
	marquee.CodeCrossOrigin:      http.StatusForbidden,
	marquee.CodeInvalidGrant:     http.StatusBadRequest,
	marquee.CodeAccessDenied:     http.StatusForbidden,
	marquee.CodeExpiredToken:     http.StatusForbidden,
	marquee.CodeNotFound:         http.StatusNotFound,
	marquee.CodeMethodNotAllowed: http.StatusMethodNotAllowed,
	marquee.CodeTooLarge:         http.StatusRequestEntityTooLarge,
	marquee.CodeUnsupportedMedia: http.StatusUnsupportedMediaType,
	marquee.CodeMisdirected:      http.StatusMisdirectedRequest,
	marquee.CodeTooManyKeys:      http.StatusConflict,
	marquee.CodeTooManyRequests:  http.StatusTooManyRequests,
	marquee.CodeUnavailable:      http.StatusServiceUnavailable,
	marquee.CodeTimeout:          http.StatusServiceUnavailable,
}

type errorPage struct {
	Status    int
	Text      string
	RequestID string
	Again     string // where to try again; "" where that is of no use
}

// fail shows err as a page: a sentence, and the id under which the log has the
// rest.
func (s *server) fail(w http.ResponseWriter, v *visit, err error) {
	status, text := s.announce(w, v, err)
	page := errorPage{Status: status, Text: text, RequestID: marquee.RequestIDFrom(v.ctx())}
	if status == http.StatusTooManyRequests || status >= http.StatusInternalServerError || marquee.IsCode(err, marquee.CodeCrossOrigin) {
		page.Again = s.backTo(v.Request)
	}
	s.show(w, v, status, "error", v.msgs.T("web.error.title"), page)
}

// recovered shows a page where a part of us panicked. What broke off while it
// was being sent stays broken.
func (s *server) recovered(w http.ResponseWriter, v *visit) {
	p := recover()
	switch {
	case p == nil:
	case p == http.ErrAbortHandler:
		panic(p)
	default:
		s.fail(w, v, marquee.Wrap(marquee.CodeInternal, "panic", fmt.Errorf("%v\n%s", p, debug.Stack())))
	}
}

// announce logs a failure, says in a header when to come back, and returns the
// status and the sentence for the person.
func (s *server) announce(w http.ResponseWriter, v *visit, err error) (status int, text string) {
	code := marquee.ErrorCode(err)
	status, known := pageStatus[code]
	if !known {
		status, code = http.StatusInternalServerError, marquee.CodeInternal
	}
	switch id := marquee.RequestIDFrom(v.ctx()); {
	case status >= http.StatusInternalServerError:
		s.Log.Error("page failed", "method", v.Method, "request_id", id, "error", err)
	case code == marquee.CodeCrossOrigin:
		s.Log.Warn("form refused: not one of ours", "address", v.address, "request_id", id)
	}
	text = v.msgs.T("error." + string(code))
	var e *marquee.Error
	if errors.As(err, &e) && e.RetryAfter > 0 {
		w.Header().Set("Retry-After", seconds(e.RetryAfter))
		text += " " + waitInWords(v.msgs, e.RetryAfter)
	} else if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "2")
	}
	return status, text
}

func waitInWords(m *lang.Messages, d time.Duration) string {
	if d <= 2*time.Minute {
		return m.T("web.error.wait_seconds", "Count", seconds(d))
	}
	return m.T("web.error.wait_minutes", "Count", int(math.Ceil(d.Minutes())))
}

// missing answers 405 where the path takes another method, which it names
// (RFC 9110 section 15.5.6), else 404.
func (s *server) missing(w http.ResponseWriter, v *visit) error {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		if s.taken(v.Request, method) {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		return marquee.E(marquee.CodeNotFound)
	}
	if allowed[0] == http.MethodGet {
		allowed = append(allowed, http.MethodHead)
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	return marquee.E(marquee.CodeMethodNotAllowed)
}

// seconds rounds up: trying again too early would be refused again.
func seconds(d time.Duration) string { return strconv.Itoa(int(math.Ceil(d.Seconds()))) }
