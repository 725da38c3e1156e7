package app

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"example.com/marquee/backend/httpapi"
)

const patience = time.Minute

// listenWith serves h with the bounds of the program, each a fiftieth of its
// length where hurried: a bound that is missing stays missing.
func listenWith(t *testing.T, h http.Handler, hurried bool) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := newServer(l, h, nil, slog.New(slog.DiscardHandler))
	if hurried {
		for _, bound := range []*time.Duration{&s.http.ReadHeaderTimeout, &s.http.ReadTimeout, &s.http.WriteTimeout, &s.http.IdleTimeout} {
			*bound /= 50
		}
	}
	go func() { _ = s.serve() }()
	t.Cleanup(func() { _ = s.close() })
	return l.Addr().String()
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return c
}

// untilCut reads until the server closes the connection, and fails if it never
// does.
func untilCut(t *testing.T, c net.Conn) {
	t.Helper()
	var timeout net.Error
	if _, err := io.Copy(io.Discard, c); errors.As(err, &timeout) && timeout.Timeout() {
		t.Error("the connection was held to the end of the test's patience")
	}
}

// trickle sends text a byte at a time, for as long as somebody takes it.
func trickle(c net.Conn, text string) {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for i := range len(text) {
		<-tick.C
		if _, err := c.Write([]byte{text[i]}); err != nil {
			return
		}
	}
}

// C16: clients that take their time hold no connection.
func TestAttack_Slowloris(t *testing.T) {
	api := httpapi.New(httpapi.Deps{}, httpapi.Config{})
	const slowly = "GET /livez HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
	for name, attack := range map[string]func(t *testing.T, address string){
		"C16 nothing sent": func(t *testing.T, address string) { untilCut(t, dial(t, address)) },
		"C16 head a byte at a time": func(t *testing.T, address string) {
			c := dial(t, address)
			go trickle(c, slowly+strings.Repeat("x", 20_000))
			untilCut(t, c)
		},
		"C16 body a byte at a time": func(t *testing.T, address string) {
			c := dial(t, address)
			fmt.Fprintf(c, "POST /api/v1/auth/refresh HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 20000\r\n\r\n{")
			go trickle(c, strings.Repeat(" ", 19_999))
			untilCut(t, c)
		},
		"C16 idle after an answer": func(t *testing.T, address string) {
			c := dial(t, address)
			fmt.Fprint(c, "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
			untilCut(t, c)
		},
	} {
		t.Run(name, func(t *testing.T) { attack(t, listenWith(t, api, true)) })
	}

	t.Run("C16 answer that nobody reads", func(t *testing.T) {
		gaveUp := make(chan struct{})
		address := listenWith(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			defer close(gaveUp)
			for _, err := w.Write(make([]byte, 64<<10)); err == nil; _, err = w.Write(make([]byte, 64<<10)) {
			}
		}), true)
		fmt.Fprint(dial(t, address), "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
		select {
		case <-gaveUp:
		case <-time.After(patience):
			t.Error("the answer was held to the end of the test's patience")
		}
	})

	t.Run("twin: in three pieces", func(t *testing.T) {
		c := dial(t, listenWith(t, api, false))
		for _, piece := range []string{slowly, "a client behind a poor line\r\n", "\r\n"} {
			fmt.Fprint(c, piece)
		}
		answer, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Error(answer.Status)
		}
	})
}

// ASVS 4.2.1: heads that two readers would read differently reach nobody, and
// what follows them on the connection is no request.
func TestAttack_RequestSmuggling(t *testing.T) {
	var seen atomic.Int32
	address := listenWith(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.Add(1)
		_, _ = io.Copy(io.Discard, r.Body)
	}), false)
	send := func(t *testing.T, text string) (statuses []int) {
		t.Helper()
		c := dial(t, address)
		fmt.Fprint(c, text)
		for r := bufio.NewReader(c); ; {
			answer, err := http.ReadResponse(r, nil)
			if err != nil {
				return statuses
			}
			statuses = append(statuses, answer.StatusCode)
			if _, err := io.Copy(io.Discard, answer.Body); err != nil {
				return statuses
			}
		}
	}
	const smuggled = "GET /smuggled HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
	const post = "POST / HTTP/1.1\r\nHost: localhost\r\n"
	for name, head := range map[string]string{
		"two lengths":             post + "Content-Length: 0\r\nContent-Length: 5\r\n\r\n",
		"length with a sign":      post + "Content-Length: +5\r\n\r\n",
		"length in two":           post + "Content-Length: 0, 5\r\n\r\n",
		"length below nothing":    post + "Content-Length: -1\r\n\r\n",
		"unknown encoding":        post + "Transfer-Encoding: xchunked\r\n\r\n",
		"encoding twice":          post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n",
		"space before the colon":  post + "Content-Length : 5\r\n\r\n",
		"NUL in a value":          post + "X: a\x00b\r\n\r\n",
		"no host":                 "GET / HTTP/1.1\r\n\r\n",
		"two hosts":               "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
		"space in the path":       "GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n",
		"no version":              "GET /\r\nHost: localhost\r\n\r\n",
		"head without end":        post + "X: " + strings.Repeat("x", 2*headerBytes) + "\r\n\r\n",
		"many headers":            post + strings.Repeat("X: y\r\n", headerBytes/2) + "\r\n",
		"length of a chunk signs": post + "Transfer-Encoding: chunked\r\n\r\n-1\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			before := seen.Load()
			statuses := send(t, head+smuggled)
			most := int32(0)
			if strings.Contains(name, "chunk") { // its head is sound
				most = 1
			} else if len(statuses) != 1 || statuses[0] < 400 {
				t.Errorf("answered %v", statuses)
			}
			if n := seen.Load() - before; n > most {
				t.Errorf("%d requests were served", n)
			}
		})
	}
	t.Run("twin: two requests, one after the other", func(t *testing.T) {
		before := seen.Load()
		sound := post + "Content-Length: 5\r\nX: " + strings.Repeat("x", headerBytes/2) + "\r\n\r\nhello"
		if got := send(t, sound+smuggled); len(got) != 2 || seen.Load()-before != 2 {
			t.Errorf("answered %v", got)
		}
	})
}
