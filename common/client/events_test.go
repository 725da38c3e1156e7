package client_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
)

// pipes is a network without sockets, so that a test can have its own time.
type pipes struct {
	conns chan net.Conn
	cut   atomic.Bool
	vain  atomic.Int64 // dials while it is cut
}

func (p *pipes) dial(context.Context) (net.Conn, error) {
	if p.cut.Load() {
		p.vain.Add(1)
		return nil, errors.New("cut")
	}
	here, there := net.Pipe()
	p.conns <- there
	return here, nil
}

func (p *pipes) Accept() (net.Conn, error) {
	c, ok := <-p.conns
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (p *pipes) Close() error   { close(p.conns); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes", Net: "unix"} }

// connect serves s on the network until end, and returns a client of it.
func (p *pipes) connect(t *testing.T, s *server) (c *client.Client, end func()) {
	t.Helper()
	web := &http.Server{Handler: s.routes()}
	go web.Serve(p)
	c, err := client.New(client.Options{BaseURL: "http://pipes", Dial: p.dial})
	if err != nil {
		t.Fatal(err)
	}
	return c, func() {
		c.Close()
		_ = web.Close()
	}
}

// away is a client that has listened in vain for ten minutes, so that the
// pauses are as long as they get, and whose server has just come back.
func away(t *testing.T, test func(t *testing.T, c *client.Client, listened func() bool)) {
	synctest.Test(t, func(t *testing.T) {
		network := &pipes{conns: make(chan net.Conn)}
		s := &server{n: 1}
		var listening atomic.Bool
		s.intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/api/v1/events" {
				return false
			}
			w.Header().Set("Content-Type", "text/event-stream")
			_ = http.NewResponseController(w).Flush()
			listening.Store(true)
			<-r.Context().Done()
			return true
		})
		c, end := network.connect(t, s)
		signIn(t, c)
		c.Close()
		ctx, cancel := context.WithCancel(t.Context())
		network.cut.Store(true)
		go func() {
			for range c.Events(ctx) {
			}
		}()
		time.Sleep(10 * time.Minute)
		if n := network.vain.Load(); n < 10 || n > 30 {
			t.Errorf("%d tries in ten minutes, the pauses grow to one", n)
		}
		network.cut.Store(false)

		test(t, c, listening.Load)

		cancel()
		end()
	})
}

func TestEventsListenSoonAfterAnotherAnswer(t *testing.T) {
	away(t, func(t *testing.T, c *client.Client, listened func() bool) {
		time.Sleep(time.Second)
		if _, err := c.Me(t.Context()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		if !listened() {
			t.Error("nobody listens though the server is back")
		}
	})
}

func TestEventsListenAgainUnasked(t *testing.T) {
	away(t, func(t *testing.T, _ *client.Client, listened func() bool) {
		time.Sleep(time.Minute)
		if !listened() {
			t.Error("nobody listens after the longest pause")
		}
	})
}

// Why a session is over is told to every question, not to the first alone.
func TestWhyASessionIsOver(t *testing.T) {
	s := newServer(t)
	c := open(t, s)
	signIn(t, c)
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	for range 2 {
		if _, err := c.Me(t.Context()); !marquee.IsCode(err, marquee.CodeInvalidToken) {
			t.Errorf("refused by the server: %v", err)
		}
	}

	s = newServer(t)
	c = open(t, s)
	signIn(t, c)
	if err := c.Logout(t.Context(), marquee.LogoutLocal); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Me(t.Context()); !marquee.IsCode(err, marquee.CodeUnauthenticated) {
		t.Errorf("signed out: %v", err)
	}
}
