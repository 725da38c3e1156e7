//go:build unix

package main

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pquerna/otp/totp"

	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
)

// front stands before a backend: it can be lost, counts rotations and lets a
// test hold requests.
type front struct {
	*httptest.Server
	lost      atomic.Bool
	refreshes atomic.Int32 // that the backend took
	hold      atomic.Pointer[func(*http.Request)]
	films     atomic.Pointer[http.HandlerFunc] // answers for the film list instead, when set
}

// frontOf opens a way to c that ends with the test.
func frontOf(t tester, c cinema) *front {
	t.Helper()
	u, err := url.Parse(c.url)
	if err != nil {
		t.Fatal(err)
	}
	f := &front{}
	proxy := httputil.NewSingleHostReverseProxy(u)
	proxy.FlushInterval = -1
	proxy.ModifyResponse = func(r *http.Response) error {
		if strings.HasSuffix(r.Request.URL.Path, "/auth/refresh") && r.StatusCode == http.StatusOK {
			f.refreshes.Add(1)
		}
		return nil
	}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f.lost.Load() {
			panic(http.ErrAbortHandler) // the connection breaks
		}
		if hold := f.hold.Load(); hold != nil {
			(*hold)(r)
		}
		if films := f.films.Load(); films != nil && r.Method == http.MethodGet && r.URL.Path == "/api/v1/movies" {
			(*films)(w, r)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		f.CloseClientConnections()
		f.Close()
	})
	return f
}

// lose breaks what is under way and everything after it.
func (f *front) lose() {
	f.lost.Store(true)
	f.CloseClientConnections()
}

// person makes an account at the server and returns somebody who is signed in
// to it from elsewhere.
func person(ctx context.Context, t tester, server, name string) *client.Client {
	t.Helper()
	c, err := client.New(client.Options{BaseURL: server, Timeout: patience})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	if _, err := c.Register(ctx, marquee.Registration{Username: name, Email: name + "@films.example", Password: password}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Login(ctx, marquee.Credentials{Login: name, Password: password}); err != nil {
		t.Fatal(err)
	}
	return c
}

// withFactor gives the account a second factor.
func withFactor(ctx context.Context, t tester, c *client.Client) (secret string, recovery []string) {
	t.Helper()
	s, err := c.StartTOTP(ctx)
	if err != nil {
		t.Fatal(err)
	}
	code, err := totp.GenerateCode(s.Secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if recovery, err = c.ConfirmTOTP(ctx, marquee.FirstCode{Code: code}); err != nil {
		t.Fatal(err)
	}
	return s.Secret, recovery
}
