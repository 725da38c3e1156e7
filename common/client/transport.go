package client

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Bounds of one exchange.
const (
	defaultTimeout = 15 * time.Second // the server gives up after 10 s
	dialTimeout    = 5 * time.Second
	maxBody        = 1 << 20 // bytes of an answer; a page of 100 films is a quarter of it
	maxHeader      = 64 << 10
)

// base is where a server is.
type base struct {
	url    *url.URL // scheme, host and path prefix of every request
	socket string   // path of a Unix socket; "" is TCP
}

// parseBase reads a base URL.
func parseBase(s string) (base, error) {
	u, err := url.Parse(s)
	switch {
	case err != nil:
		return base{}, errors.New("client: the server's URL cannot be read")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return base{}, errors.New("client: the server's URL must not carry a user, a query or a fragment")
	case u.Scheme == "unix" && u.Host == "" && u.Path != "":
		return base{url: &url.URL{Scheme: "http", Host: "localhost"}, socket: u.Path}, nil
	case (u.Scheme == "http" || u.Scheme == "https") && u.Host != "":
		u.Path = strings.TrimRight(u.Path, "/")
		return base{url: u}, nil
	}
	return base{}, errors.New("client: the server's URL must begin with http://, https:// or unix:///")
}

// NewTransport makes the connections that several clients of one server may
// share; see Options.Transport. dial is nil without a dialer of one's own.
func NewTransport(baseURL string, dial func(ctx context.Context) (net.Conn, error)) (*http.Transport, error) {
	b, err := parseBase(baseURL)
	if err != nil {
		return nil, err
	}
	return newTransport(b, dial), nil
}

func newTransport(b base, dial func(ctx context.Context) (net.Conn, error)) *http.Transport {
	t := &http.Transport{
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    dialTimeout,
		MaxResponseHeaderBytes: maxHeader,
	}
	dialer := &net.Dialer{Timeout: dialTimeout}
	switch {
	case dial != nil:
		t.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) { return dial(ctx) }
	case b.socket != "":
		t.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, "unix", b.socket)
		}
	default:
		t.DialContext = dialer.DialContext
		t.Proxy = http.ProxyFromEnvironment
	}
	return t
}

// refuseRedirect keeps every exchange where it was addressed: an API that
// moves is a misconfiguration, and following could carry a token elsewhere.
func refuseRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
