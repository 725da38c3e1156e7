package httpapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/httpapi"
	"example.com/marquee/common/marquee"
)

// listening is an open stream.
type listening struct {
	*rig
	body  io.Closer
	lines *bufio.Scanner
	stop  context.CancelFunc
}

// listen opens a stream and returns when the server has begun it.
func (r *rig) listen(token string) *listening {
	r.Helper()
	ctx, stop := context.WithTimeout(r.Context(), patience) // a stream that hangs fails
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.url+"/api/v1/events", nil)
	must(r, err)
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := r.http.Do(req)
	must(r, err)
	l := &listening{rig: r, body: resp.Body, lines: bufio.NewScanner(resp.Body), stop: stop}
	if resp.StatusCode != http.StatusOK || !l.lines.Scan() || l.lines.Text() != "retry: 2000" {
		r.Fatalf("%d %q", resp.StatusCode, l.lines.Text())
	}
	r.Cleanup(l.Close)
	return l
}

func (l *listening) Close() {
	l.stop()
	_ = l.body.Close()
}

// next returns the next event, a zero one at the end of the stream.
func (l *listening) next() (e marquee.LiveEvent) {
	l.Helper()
	for l.lines.Scan() {
		if data, ok := strings.CutPrefix(l.lines.Text(), "data: "); ok {
			must(l, json.Unmarshal([]byte(data), &e))
			return e
		}
	}
	return e
}

func (l *listening) want(kind, sessionID string) {
	l.Helper()
	e := l.next()
	hangs := kind == "" && l.lines.Err() != nil // the end of the stream is the server's to make
	if e.Kind != kind || e.SessionID != sessionID || hangs {
		l.Errorf("%+v (%v), want %q %q", e, l.lines.Err(), kind, sessionID)
	}
	if (e.Reason != "") != (kind == marquee.LiveSessionEnded) {
		l.Errorf("%q says why: %q", e.Kind, e.Reason)
	}
}

func TestEventsTellWhatHappens(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{})
		r.register("haneul")
		first := r.login("haneul")
		stranger := r.listen(r.signIn("other"))
		l := r.listen(first.str("access_token"))
		second := r.login("haneul")
		l.want(marquee.LiveSignedIn, second.str("session_id"))
		r.want(r.send(request{method: "PATCH", path: "/api/v1/users/me", token: second.str("access_token"), json: object{
			"email": "haneul2@example.com", "current_password": goodPassword}}), 200, "")
		l.want(marquee.LiveCredentialChanged, second.str("session_id"))
		// It ended the session that listens, which is told and then hung up on.
		l.want(marquee.LiveSessionEnded, first.str("session_id"))
		l.want("", "")
		r.want(r.me(first.str("access_token")), 401, marquee.CodeInvalidToken)

		// Nothing of it was for somebody else; nor is his stream left open.
		r.drain()
		stranger.want("", "")
		r.want(r.send(request{method: "GET", path: "/api/v1/events", token: second.str("access_token")}), 503, marquee.CodeUnavailable)
	})
}

// A notice of an end that did not happen, whoever sent it, ends nothing.
func TestAttack_FalseNoticeOfAnEnd(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		var p parts
		r := newRig(t, func(tb testing.TB, limits *auth.Limits) parts { p = with(tb, limits); return p }, options{})
		r.register("haneul")
		pair := r.login("haneul")
		l := r.listen(pair.str("access_token"))
		p.live.Publish(t.Context(), "", marquee.LiveEvent{Kind: marquee.LiveSessionEnded, SessionID: pair.str("session_id")})
		other := r.login("haneul")
		l.want(marquee.LiveSignedIn, other.str("session_id")) // and not the end
		r.want(r.send(request{method: "DELETE", path: "/api/v1/auth/sessions/" + pair.str("session_id"), token: other.str("access_token")}), 204, "")
		l.want(marquee.LiveSessionEnded, pair.str("session_id")) // without the attack
	})
}

func TestEventsOfHEADAndOfTooMany(t *testing.T) {
	r := newRig(t, embeddedParts, options{cfg: httpapi.Config{Streams: httpapi.Streams{PerUser: 2, Total: 3}}})
	haneul, other := r.signIn("haneul"), r.signIn("other")
	if got := r.send(request{method: "HEAD", path: "/api/v1/events", token: haneul}); got.status != 200 {
		t.Errorf("%+v", got)
	}
	one := r.listen(haneul)
	r.listen(haneul)
	r.want(r.send(request{method: "GET", path: "/api/v1/events", token: haneul}), 429, marquee.CodeTooManyRequests)
	r.listen(other)
	r.want(r.send(request{method: "GET", path: "/api/v1/events", token: other}), 503, marquee.CodeUnavailable)
	one.Close()
	for end := time.Now().Add(patience); ; { // the server notices that he left
		got := r.send(request{method: "HEAD", path: "/api/v1/events", token: haneul})
		if got.status == 200 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("his place stays taken: %+v", got)
		}
	}
}

// A reader who stops reading has a deadline, or he would hold his place, and
// a goroutine, until the service ends.
func TestAttack_ReaderOfEventsWhoStops(t *testing.T) {
	var p parts
	r := newRig(t, func(tb testing.TB, limits *auth.Limits) parts { p = embeddedParts(tb, limits); return p },
		options{cfg: httpapi.Config{Streams: httpapi.Streams{PerUser: 1, Write: time.Second}}})
	token := r.signIn("haneul")
	place := func() int { return r.send(request{method: "HEAD", path: "/api/v1/events", token: token}).status }
	c, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(r.url, "http://"))
	must(t, err)
	defer c.Close()
	_, err = fmt.Fprintf(c, "GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", token)
	must(t, err)
	for lines := bufio.NewScanner(c); lines.Text() != "retry: 2000"; {
		if !lines.Scan() {
			t.Fatal("the stream did not begin")
		}
	}
	if got := place(); got != 429 { // the twin: who is there is counted
		t.Errorf("%d while somebody reads", got)
	}
	u, err := p.auth.Authenticate(t.Context(), token)
	must(t, err)
	// More at once than any buffer on the way takes.
	p.live.Publish(t.Context(), u.UserID, marquee.LiveEvent{Kind: marquee.LiveSignedIn, SessionID: strings.Repeat("x", 32<<20)})
	for end := time.Now().Add(patience); place() != 200; {
		if time.Now().After(end) {
			t.Fatal("his place stays taken")
		}
	}
}

// A stream shows now and then that it lives, asks whether its session does
// where nobody told of its end, and is over with its access token.
func TestEventsBeatAndEnd(t *testing.T) {
	onEach(t, func(t *testing.T, with pair) {
		r := newRig(t, with, options{cfg: httpapi.Config{Streams: httpapi.Streams{Beat: 20 * time.Millisecond}}})
		r.register("haneul")
		pair := r.login("haneul")
		l := r.listen(pair.str("access_token"))
		for beats := 0; beats < 2 && l.lines.Scan(); {
			if l.lines.Text() == ":" {
				beats++
			}
		}
		// Ended in SQL alone, as by a process that could tell nobody.
		u, err := r.operator.Authenticate(t.Context(), pair.str("access_token"))
		must(t, err)
		must(t, r.store.EndSession(t.Context(), u.UserID, u.SessionID, auth.EndRevoked))
		must(t, r.redis.FlushAll(t.Context()).Err())
		l.want(marquee.LiveSessionEnded, u.SessionID)
		l.want("", "")

		// By the clock of the streams, the half hour of this token is over.
		r.clock.advance(-30 * time.Minute)
		late := r.login("haneul").str("access_token")
		r.listen(late).want("", "")
		r.want(r.me(late), 200, "") // the twin: what ended is the stream
	})
}
