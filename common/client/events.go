package client

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"strings"
	"time"

	"example.com/marquee/common/marquee"
)

const (
	// eventsQuiet is how long a stream may say nothing before it counts as
	// dead; the server speaks every 15 s.
	eventsQuiet = 45 * time.Second
	// The pauses before listening again grow between these, jittered.
	eventsPause, eventsPauseMax = time.Second, time.Minute
	eventsMaxLine               = 16 << 10 // bytes
)

// Events yields what happens to the signed-in account, as it happens, until
// ctx ends or no session is held. It listens again by itself when the stream
// breaks; what happens in between is missed. That the held session was ended
// elsewhere is asked of the server before it counts: then OnSignedOut is told,
// as at any request, and the sequence ends.
func (c *Client) Events(ctx context.Context) iter.Seq[marquee.LiveEvent] {
	return func(yield func(marquee.LiveEvent) bool) {
		wait := eventsPause
		for ctx.Err() == nil && c.SignedIn() {
			heard := false
			tell := func(e marquee.LiveEvent) bool {
				heard = true
				if !yield(e) {
					return false
				}
				if e.Kind == marquee.LiveSessionEnded {
					_ = c.Refresh(ctx) // refused if it is so, and then nothing is held any more
				}
				return true
			}
			err := c.withAccess(ctx, func(access string) error { return c.stream(ctx, access, tell) })
			if errors.Is(err, errEnough) {
				return
			}
			if heard || err == nil {
				wait = eventsPause
			}
			if !c.SignedIn() || c.rest(ctx, wait, err) != nil {
				return
			}
			wait = min(2*wait, eventsPauseMax)
		}
	}
}

// rest waits before the next try after err. With the server away it is
// shorter when that answers something else.
func (c *Client) rest(ctx context.Context, wait time.Duration, err error) error {
	if !marquee.IsCode(err, marquee.CodeServerUnreachable) {
		return pause(ctx, max(wait, retryAfterOf(err)))
	}
	answered := c.answered.wait()
	if err := pause(ctx, eventsPause); err != nil || wait <= eventsPause {
		return err
	}
	return pauseUntil(ctx, wait-eventsPause, answered)
}

// errEnough ends a stream that nobody wants any more.
var errEnough = errors.New("enough")

// stream reads one stream to its end. It returns nil for one that ended well.
func (c *Client) stream(ctx context.Context, access string, tell func(marquee.LiveEvent) bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	quiet := time.AfterFunc(eventsQuiet, cancel)
	defer quiet.Stop()
	r := request{method: http.MethodGet, path: "/events"}
	resp, err := c.open(ctx, r, access, "text/event-stream")
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, eventsMaxLine)
	for lines.Scan() {
		quiet.Reset(eventsQuiet)
		e, ok := readEvent(lines.Text())
		if ok && !tell(e) {
			return errEnough
		}
	}
	if err := lines.Err(); err != nil {
		return networkError(r.op(), err)
	}
	return nil
}

// readEvent reads the data line of an event; the server writes each on one
// line, with its kind inside. Comments and the rest are passed over.
func readEvent(line string) (e marquee.LiveEvent, ok bool) {
	data, ok := strings.CutPrefix(line, "data: ")
	if !ok || json.Unmarshal([]byte(data), &e) != nil || !isCode(e.Kind) {
		return marquee.LiveEvent{}, false
	}
	e.SessionID = marquee.CleanText(e.SessionID, 100)
	if !isCode(e.Reason) {
		e.Reason = ""
	}
	return e, true
}
