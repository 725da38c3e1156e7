package app

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"sync/atomic"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/config"
	"example.com/marquee/backend/embedded"
	"example.com/marquee/backend/httpapi"
	"example.com/marquee/backend/operator"
	"example.com/marquee/backend/store"
	"example.com/marquee/backend/web"
	"example.com/marquee/common/marquee"
)

// App is a backend that listens already. Run serves; Close gives everything
// back without serving.
type App struct {
	*parts
	opt     Options
	bound   string           // URL of the listener; "" with the socket alone
	public  config.PublicURL // where people reach it
	servers []*server

	draining  atomic.Bool
	drained   chan struct{} // closed with draining
	policyBad atomic.Bool   // Redis was seen to evict
}

// New opens the stores, brings the schema up to date, loads the starter films
// and listens: who connects from now on waits for Run. What keeps it from
// starting it says in one line.
func New(ctx context.Context, cfg config.Config, o Options) (*App, error) {
	o = o.withDefaults(cfg)
	keepProcessors()
	p, err := open(ctx, cfg, o)
	if err != nil {
		return nil, err
	}
	a := &App{parts: p, opt: o, drained: make(chan struct{})}
	if err := a.listen(); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// keepProcessors has Go use two threads on a machine of one core. The system
// shares that core between a hash and a request fairly and often; Go would let
// the request wait for 10 ms at each step (auth.DefaultHashSlots).
func keepProcessors() {
	if runtime.GOMAXPROCS(0) < 2 {
		runtime.GOMAXPROCS(2)
	}
}

// URL is where the backend listens on TCP, "" if it listens on the socket alone.
func (a *App) URL() string { return a.bound }

// Socket is the path of the private socket, "" without one.
func (a *App) Socket() string {
	if a.dir == nil {
		return ""
	}
	return a.dir.SocketPath()
}

// SocketPath is where a server of a data directory listens.
func SocketPath(dataDir string) (string, error) {
	dir, err := embedded.OpenDir(dataDir)
	if err != nil {
		return "", err
	}
	return dir.SocketPath(), nil
}

// Close closes listeners and stores. It waits for nobody: Run does.
func (a *App) Close() error {
	var errs error
	for _, s := range a.servers {
		errs = errors.Join(errs, s.close())
	}
	a.servers = nil
	return errors.Join(errs, a.parts.close())
}

// listen opens every listener. On the socket, and there alone, operators'
// commands are taken: whoever can connect owns the data directory.
func (a *App) listen() error {
	tcp, err := a.listenTCP()
	if err != nil {
		return err
	}
	a.auth.ServeAs(a.origins()...)
	handler, metrics := a.measured(a.handler())
	add := func(l net.Listener, h http.Handler, c *tls.Certificate) {
		a.servers = append(a.servers, newServer(l, h, c, a.opt.Log))
	}
	add(tcp, handler, a.cfg.Certificate)
	if metrics != nil {
		l, err := net.Listen("tcp", string(a.cfg.MetricsAddr))
		if err != nil {
			return fmt.Errorf("METRICS_ADDR: %w", err)
		}
		add(l, metrics, nil)
	}
	if a.dir == nil {
		return nil
	}
	socket, err := a.dir.ListenSocket()
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("POST "+operator.Path, operator.Handler(func() operator.Desk { return a.desk(a.public) }))
	mux.Handle("/", handler)
	add(socket, mux, nil)
	return nil
}

// origins are the names by which this service may be meant.
func (a *App) origins() []string {
	names := []string{a.public.String()}
	if a.dir != nil {
		names = append(names, "unix://"+a.dir.SocketPath())
	}
	return names
}

func (a *App) listenTCP() (net.Listener, error) {
	l := a.opt.Listener
	if l == nil {
		var err error
		l, err = net.Listen("tcp", string(a.cfg.Addr))
		if err != nil && a.opt.TCPOptional {
			l, err = net.Listen("tcp", "127.0.0.1:0")
		}
		if err != nil {
			return nil, fmt.Errorf("ADDR: %w", err)
		}
	}
	at := config.At(l.Addr().String(), a.cfg.Certificate != nil)
	a.bound, a.public = at.String(), publicURL(a.cfg)
	// A port that was picked just now, or taken in place of another's.
	if a.cfg.PublicURL.URL == nil || a.opt.TCPOptional && l.Addr().String() != string(a.cfg.Addr) {
		a.public = at
	}
	return l, nil
}

// handler makes the API and the pages over the rules.
func (a *App) handler() http.Handler {
	pages := web.New(web.Deps{
		Auth: a.auth, Movies: a.films, Log: a.opt.Log, Clock: a.opt.Clock,
		FormKey: a.auth.DeriveKey("forms"), PreviousFormKey: a.auth.DerivePreviousKey("forms"),
		Address: httpapi.AddressOf(a.cfg.TrustedProxies),
	}, web.Config{
		PublicURL: a.public.URL, SSHCommand: a.opt.SSHCommand,
		Passwords:   marquee.PasswordRules{Min: a.cfg.PasswordMin},
		SessionLife: a.cfg.SessionTTL, DeviceLife: auth.FamiliarFor,
	})
	return httpapi.New(httpapi.Deps{
		Auth: a.auth, Movies: a.films, Live: a.live, Draining: a.drained, Ready: a.ready, Pages: pages, Log: a.opt.Log,
	}, httpapi.Config{CORSOrigins: a.cfg.CORSOrigins, TrustedProxies: a.cfg.TrustedProxies, PublicURL: a.public.URL})
}

// ready returns nil when the service can do its work.
func (a *App) ready(ctx context.Context) error {
	switch {
	case a.draining.Load():
		return marquee.Unavailable("drain", nil)
	case a.policyBad.Load():
		return marquee.Unavailable("Redis evicts", nil)
	}
	return errors.Join(a.store.Ready(ctx), a.redis.Ready(ctx))
}

// desk is what operators' commands work with.
func (p *parts) desk(public config.PublicURL) operator.Desk {
	return operator.Desk{Accounts: p.auth, Films: p.films, Keys: p.auth, People: store.ArticleUsers, PublicURL: public.String()}
}
