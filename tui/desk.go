package main

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/gateway"
)

// trustEvery is how often the backend is asked whether it trusts this server,
// trustTimeout how long it may take to say.
const (
	trustEvery   = time.Minute
	trustTimeout = 5 * time.Second
)

// desk receives the visitors of `marquee serve`. Where the backend trusts this
// SSH server it speaks to it for each of them, by his address, and tells it
// which key he proved.
type desk struct {
	conn      *connection
	transport *http.Transport // one for all visitors
	log       *slog.Logger
	limits    *tryLimits
	host      string // the name people know the service by; "" if none is set

	gateway    *gateway.Key // nil: there is none, and keys mean nothing
	audience   string
	distrusted atomic.Bool
	stop       context.CancelFunc
	watched    chan struct{} // closed when nobody asks any more
}

// newDesk prepares to receive. Beside its own data directory the key makes
// itself, since who owns the directory is trusted anyway; for a backend
// elsewhere `marquee serve --init` does, and an operator there has to agree.
func newDesk(ctx context.Context, e environment, conn *connection, log *slog.Logger) (*desk, error) {
	d := &desk{conn: conn, log: log, limits: newTryLimits(), audience: conn.Origin(), watched: make(chan struct{})}
	var err error
	if d.transport, err = client.NewTransport(conn.options.BaseURL, conn.options.Dial); err != nil {
		return nil, err
	}
	d.transport.MaxIdleConnsPerHost = 32
	dir, err := dataDir(e)
	if err != nil {
		return nil, err
	}
	if public := strings.TrimRight(e.get("PUBLIC_URL"), "/"); public != "" {
		if u, err := url.Parse(public); err == nil {
			d.host = u.Hostname()
		}
		if conn.server != here {
			d.audience = public
		}
	}
	if conn.server == here {
		d.gateway, err = gateway.Make(dir)
	} else if d.gateway, err = gateway.Open(dir); errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	ctx, d.stop = context.WithCancel(context.WithoutCancel(ctx))
	if d.gateway == nil || conn.server == here {
		close(d.watched)
		return d, nil
	}
	ask, err := d.trust()
	if err != nil {
		return nil, err
	}
	ask(ctx)
	go d.watchTrust(ctx, ask)
	return d, nil
}

func (d *desk) close() {
	d.stop()
	<-d.watched
	d.transport.CloseIdleConnections()
}

// speaks reports whether the backend believes what this server says.
func (d *desk) speaks() bool { return d.gateway != nil && !d.distrusted.Load() }

// watchTrust asks the backend, now and then, whether it trusts this server. A
// word that is not believed would be refused with every request, so that
// visitors then come without one, as from any client.
func (d *desk) watchTrust(ctx context.Context, ask func(context.Context)) {
	defer close(d.watched)
	every := time.NewTicker(trustEvery)
	defer every.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
			ask(ctx)
		}
	}
}

// trust returns how to ask the backend whether it trusts this server. A backend
// that is away is taken to go on as it did.
func (d *desk) trust() (ask func(context.Context), err error) {
	o := d.conn.options
	o.Tokens, o.Transport, o.ClientName, o.Timeout = client.MemoryTokens(), d.transport, "ssh", trustTimeout
	o.Gateway = func() (string, error) { return d.gateway.SpeaksFor(d.audience, "127.0.0.1") }
	c, err := client.New(o)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) {
		_, err := c.Challenge(ctx, marquee.Origin{})
		switch {
		case marquee.IsCode(err, marquee.CodeInvalidAssertion) && !d.distrusted.Swap(true):
			d.log.Error("the backend does not trust this SSH server: keys of visitors mean nothing until it does",
				"SSH_GATEWAY_KEYS", d.gateway.Line(), "PUBLIC_URL", d.audience)
		case err == nil && d.distrusted.Swap(false):
			d.log.Info("the backend trusts this SSH server")
		}
	}, nil
}
