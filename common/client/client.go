package client

import (
	"context"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"example.com/marquee/common/marquee"
)

// Options says which server a Client speaks to, and as whom.
type Options struct {
	// BaseURL is http://, https:// (a path prefix is kept) or unix:///path.sock.
	BaseURL string
	// Dial makes every connection when it is set; BaseURL then only names the
	// server. A dialer may wait for a server that is about to come.
	Dial func(ctx context.Context) (net.Conn, error)
	// Transport is shared by clients of one process that have the same server,
	// as over SSH; nil makes one of the client's own. BaseURL and Dial must be
	// those it was made with (NewTransport).
	Transport *http.Transport
	// Tokens is where the pair rests; nil keeps it in memory.
	Tokens TokenStore
	// Language is the BCP 47 tag in which the server's sentences are wanted.
	Language string
	// Agent is the User-Agent shown in the list of sessions.
	Agent string
	// ClientName is "tui", "ssh" or "cli"; "" counts as "api".
	ClientName string
	// Gateway says, as an SSH server, on whose behalf each request is made: a
	// signed word that the backend takes the visitor's address from. nil: the
	// client speaks for itself.
	Gateway func() (string, error)
	// Clock tells the time, monotonic part included; nil is time.Now.
	Clock func() time.Time
	// Timeout bounds one exchange, answer read; 0 is 15 s.
	Timeout time.Duration

	// OnSignedOut is told, once each time, that the held session is over
	// without a Logout of this client's: refused by the server, or signed out
	// by another process that shares the store. It must not block.
	OnSignedOut func(reason error)
	// OnNotSaved is told that a new pair could not be written. It is used from
	// memory if there is no other way, and lost with the process.
	OnNotSaved func(reason error)
}

// Client implements the services of package marquee. Its methods may be called
// concurrently. Errors are *marquee.Error.
type Client struct {
	base     base
	http     *http.Client
	source   *source
	language atomic.Pointer[string]
	agent    string
	name     string
	word     func() (string, error)
	timeout  time.Duration
	clock    func() time.Time
	ahead    atomic.Pointer[time.Duration] // of the server's calendar; nil: not known
	answered occasion                      // an exchange was answered
}

var (
	_ marquee.TokenHolder    = (*Client)(nil)
	_ marquee.AuthService    = (*Client)(nil)
	_ marquee.MovieService   = (*Client)(nil)
	_ marquee.AccountService = (*Client)(nil)
	_ marquee.AdminService   = (*Client)(nil)
	_ marquee.KeyService     = (*Client)(nil)
	_ marquee.DeviceService  = (*Client)(nil)

	_ marquee.PersonalDataService = (*Client)(nil)
)

// New makes a client and reads what the store holds; it sends nothing. It
// returns an error for a BaseURL that is none, or a store that cannot be read.
func New(o Options) (*Client, error) {
	b, err := parseBase(o.BaseURL)
	if err != nil {
		return nil, err
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Tokens == nil {
		o.Tokens = MemoryTokens()
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	if o.Transport == nil {
		o.Transport = newTransport(b, o.Dial)
	}
	c := &Client{
		base: b, agent: o.Agent, name: o.ClientName, word: o.Gateway, timeout: o.Timeout, clock: o.Clock,
		http: &http.Client{Transport: o.Transport, CheckRedirect: refuseRedirect},
	}
	c.SetLanguage(o.Language)
	c.source = newSource(sourceDeps{
		Store: o.Tokens, Clock: o.Clock,
		Exchange: c.exchange, Revoke: c.revoke,
		OnSignedOut: o.OnSignedOut, OnNotSaved: o.OnNotSaved,
	})
	return c, c.source.reload(context.Background())
}

// SignedIn reports whether a session is held; the server may have ended it.
func (c *Client) SignedIn() bool { return c.source.signedIn() }

// SetLanguage changes the language of the server's sentences from now on.
func (c *Client) SetLanguage(tag string) { c.language.Store(&tag) }

// Refresh rotates the held pair now, or waits for the rotation under way.
func (c *Client) Refresh(ctx context.Context) error {
	_, err := c.source.renew(ctx, c.source.access())
	return err
}

// Close lets go of idle connections. A shared Transport's are let go as well.
func (c *Client) Close() { c.http.CloseIdleConnections() }
