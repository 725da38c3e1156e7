package web

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

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
}

// fail shows err as a page: a sentence, and the id under which the log has the
// rest.
func (s *server) fail(w http.ResponseWriter, v *visit, err error) {
	status, text := s.announce(w, v, err)
	s.show(w, v, status, "error", v.msgs.T("web.error.title"), errorPage{
		Status: status, Text: text, RequestID: marquee.RequestIDFrom(v.ctx()),
	})
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
	var e *marquee.Error
	if errors.As(err, &e) && e.RetryAfter > 0 {
		w.Header().Set("Retry-After", seconds(e.RetryAfter))
	} else if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "2")
	}
	return status, v.msgs.T("error." + string(code))
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
