package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

const (
	eventsPath = base + "/events"
	// streamBeat keeps proxies from taking a quiet stream for a dead one, and
	// bounds how long an end that nobody told stays unknown here.
	streamBeat = 15 * time.Second
	// streamWrite is how long a reader may take; then he is dropped.
	streamWrite = 10 * time.Second
	// streamAsk bounds a question about the session of a stream.
	streamAsk = 5 * time.Second
)

// Streams bound how many listen at once in this process, and for how long
// each. What is zero is that of DefaultStreams.
type Streams struct {
	PerUser, Total int
	Beat           time.Duration // between two signs of life, and questions whether the session lives
	Write          time.Duration // for a reader to take what is sent
}

// DefaultStreams has room for every session of a person and for its next
// stream while the one before is not known to be dead.
func DefaultStreams() Streams {
	return Streams{PerUser: 20, Total: 2000, Beat: streamBeat, Write: streamWrite}
}

func (s Streams) withDefaults() Streams {
	d := DefaultStreams()
	return Streams{cmp.Or(s.PerUser, d.PerUser), cmp.Or(s.Total, d.Total), cmp.Or(s.Beat, d.Beat), cmp.Or(s.Write, d.Write)}
}

// events tells a session what happens to its account until the session or the
// access token is over, the reader is too slow, or the service ends.
func (s *server) events(c echo.Context) error {
	actor, err := marquee.ActorFrom(c.Request().Context())
	if err != nil {
		return err
	}
	if s.Live == nil {
		return marquee.Unavailable("listen", nil)
	}

	leave, err := s.streams.enter(actor.UserID, s.cfg.Streams, s.Draining)
	if err != nil {
		return err
	}
	defer leave()
	events, cancel := s.Live.Subscribe(actor.UserID, actor.SessionID)
	defer cancel()

	st := &stream{server: s, c: c, control: http.NewResponseController(c.Response())}
	// The time for reading a request is not for the whole stream.
	if err := st.control.SetReadDeadline(time.Time{}); err != nil {
		return marquee.Wrap(marquee.CodeInternal, "listen", err)
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // nginx would gather events
	c.Response().WriteHeader(http.StatusOK)
	if c.Request().Method != http.MethodHead && st.write("retry: 2000\n\n") {
		st.follow(events, actor)
	}
	return nil
}

// stream is one reader.
type stream struct {
	*server
	c       echo.Context
	control *http.ResponseController
}

func (st *stream) follow(events <-chan marquee.LiveEvent, actor marquee.Actor) {
	beat := time.NewTicker(st.cfg.Streams.Beat)
	defer beat.Stop()
	over := time.NewTimer(time.Until(actor.ExpiresAt))
	defer over.Stop()
	for {
		going := true
		select {
		case e, ok := <-events:
			if going = ok; ok {
				going = st.pass(e)
			}
		case <-beat.C:
			going = st.write(":\n\n") && st.stillGood()
		case <-over.C:
			return
		case <-st.Draining:
			return
		case <-st.c.Request().Context().Done():
			return
		}
		if !going {
			return
		}
	}
}

// pass tells an event. That the session ended is asked first: what carries
// events may be mistaken, and nobody is to throw good tokens away.
func (st *stream) pass(e marquee.LiveEvent) bool {
	if e.Kind == marquee.LiveSessionEnded {
		return !st.ended()
	}
	return st.tell(e)
}

// stillGood reports whether the access token is: an end may have gone untold.
func (st *stream) stillGood() bool {
	ctx, cancel := context.WithTimeout(st.c.Request().Context(), streamAsk)
	defer cancel()
	token, err := bearerToken(st.c.Request().Header)
	if err == nil {
		_, err = st.Auth.Authenticate(ctx, token)
	}
	if !marquee.IsCode(err, marquee.CodeInvalidToken) {
		return true
	}
	st.ended()
	return false
}

// ended reports whether the session is over, and tells it if it is.
func (st *stream) ended() bool {
	ctx, cancel := context.WithTimeout(st.c.Request().Context(), streamAsk)
	defer cancel()
	end, err := st.Auth.SessionEnd(ctx)
	if err != nil || end == nil {
		return false
	}
	st.tell(*end)
	return true
}

func (st *stream) tell(e marquee.LiveEvent) bool {
	data, _ := json.Marshal(e) // text and a time: cannot fail
	return st.write(fmt.Sprintf("event: %s\ndata: %s\n\n", e.Kind, data))
}

// write sends within Streams.Write and reports whether the reader took it.
func (st *stream) write(text string) bool {
	if st.control.SetWriteDeadline(time.Now().Add(st.cfg.Streams.Write)) != nil {
		return false
	}
	if _, err := st.c.Response().Write([]byte(text)); err != nil {
		return false
	}
	return st.control.Flush() == nil
}

// streamCount counts those who listen.
type streamCount struct {
	mu     sync.Mutex
	total  int
	byUser map[string]int
}

// enter takes a place. CodeTooManyRequests above a person's, CodeUnavailable
// without one left in this process or when it ends.
func (n *streamCount) enter(userID string, most Streams, draining <-chan struct{}) (leave func(), err error) {
	select {
	case <-draining:
		return nil, marquee.Unavailable("listen", nil)
	default:
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.byUser[userID] >= most.PerUser:
		return nil, &marquee.Error{Code: marquee.CodeTooManyRequests, RetryAfter: most.Beat}
	case n.total >= most.Total:
		return nil, marquee.Unavailable("listen", nil)
	}
	if n.byUser == nil {
		n.byUser = map[string]int{}
	}
	n.total++
	n.byUser[userID]++
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.total--
		if n.byUser[userID]--; n.byUser[userID] == 0 {
			delete(n.byUser, userID)
		}
	}, nil
}
