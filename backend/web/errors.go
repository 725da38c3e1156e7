package web

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"example.com/marquee/common/marquee"
)

// pageStatus is the status of an error that becomes a page of its own; what is
// wrong with a form is shown in the form.
var pageStatus = map[marquee.Code]int{
	marquee.CodeInvalid:          http.StatusUnprocessableEntity,
	marquee.CodeMalformed:        http.StatusBadRequest,
	marquee.CodeUnauthenticated:  http.StatusUnauthorized,
	marquee.CodeInvalidToken:     http.StatusUnauthorized,
	marquee.CodeForbidden:        http.StatusForbidden,
	marquee.CodeStepUpRequired:   http.StatusForbidden,
	marquee.CodeCrossOrigin:      http.StatusForbidden,
	marquee.CodeNotFound:         http.StatusNotFound,
	marquee.CodeMethodNotAllowed: http.StatusMethodNotAllowed,
	marquee.CodeTooLarge:         http.StatusRequestEntityTooLarge,
	marquee.CodeUnsupportedMedia: http.StatusUnsupportedMediaType,
	marquee.CodeMisdirected:      http.StatusMisdirectedRequest,
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
	code := marquee.ErrorCode(err)
	status, known := pageStatus[code]
	if !known {
		status, code = http.StatusInternalServerError, marquee.CodeInternal
	}
	id := marquee.RequestIDFrom(v.ctx())
	if status >= http.StatusInternalServerError {
		s.Log.Error("page failed", "path", v.URL.Path, "request_id", id, "error", err)
	}
	var e *marquee.Error
	if errors.As(err, &e) && e.RetryAfter > 0 {
		w.Header().Set("Retry-After", seconds(e.RetryAfter))
	} else if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "2")
	}
	// Whoever is signed in stays so, but the page must not need the parts that
	// may be away: it shows nobody.
	v.user = nil
	s.show(w, v, status, "error", v.msgs.T("web.error.title"), errorPage{
		Status: status, Text: v.msgs.T("error." + string(code)), RequestID: id,
	})
}

func (s *server) missing(_ http.ResponseWriter, v *visit) error {
	return marquee.E(marquee.CodeNotFound)
}

// seconds rounds up: trying again too early would be refused again.
func seconds(d time.Duration) string { return strconv.Itoa(int(math.Ceil(d.Seconds()))) }
