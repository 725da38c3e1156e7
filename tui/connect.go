package main

import (
	"context"
	"errors"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync"

	"example.com/marquee/backend/app"
	"example.com/marquee/backend/config"
	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/strength"
	"example.com/marquee/tui/credentials"
	"example.com/marquee/tui/verb"
)

// connection is a client and, without a server named, the server of the data
// directory that this process is ready to be.
type connection struct {
	*client.Client
	// options make further clients of the same server.
	options    client.Options
	serverName string
	// server is its name on the command line, key that of its credentials.
	server, key string
	accounts    *credentials.Accounts
	store       *credentials.File // nil while somebody signs in
	passwords   marquee.PasswordRules
	// failed gets why the local server could not start; nothing else.
	failed <-chan error
	// close ends the local server, so that another process may take over.
	close func()
}

// connect prepares a client. It waits for no server: a local one starts
// beside it. notSaved is told when credentials cannot be written.
func connect(ctx context.Context, e environment, at target, name string, notSaved func(error)) (*connection, error) {
	accounts, err := e.accounts()
	if err != nil {
		return nil, err
	}
	c := &connection{server: e.serverOf(at, accounts), accounts: accounts, passwords: marquee.PasswordRules{Judge: strength.Judge}}
	if c.key, err = e.keyOf(c.server); err != nil {
		return nil, err
	}
	c.options = client.Options{Clock: e.now, Language: e.language, Agent: agent(), ClientName: name, OnNotSaved: notSaved, Tokens: client.MemoryTokens()}
	if !at.signIn {
		if c.store, err = accounts.Open(c.key, at.account); err != nil {
			return nil, err
		}
		c.options.Tokens = c.store
	}
	if c.server == here {
		return c, c.local(ctx, e)
	}
	return c, c.remote()
}

// remote connects to the server that is named.
func (c *connection) remote() error {
	u, err := url.Parse(c.server)
	web := err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
	if !web && (err != nil || u.Scheme != "unix" || u.Path == "") {
		return verb.Usage("command.no_url", "URL", c.server)
	}
	c.options.BaseURL, c.serverName = c.server, u.Host+u.Path
	if c.Client, err = client.New(c.options); err != nil {
		if errors.Is(err, credentials.ErrKeyring) {
			return err
		}
		return verb.UsageError{Err: err}
	}
	c.close = c.Client.Close
	return nil
}

// local makes this process ready to be the server of the data directory.
func (c *connection) local(ctx context.Context, e environment) error {
	cfg, err := config.Load(e.environ)
	if err != nil {
		return verb.UsageError{Err: err}
	}
	if !cfg.Embedded() {
		return verb.UsageError{Err: errPostgresHere}
	}
	socket, err := app.SocketPath(cfg.DataDir)
	if err != nil {
		return err
	}
	log, file, err := openLog(cfg)
	if err != nil {
		return err
	}
	l := newLocal(socket, newBackend(cfg, e.environ, log).start, log)
	c.options.BaseURL, c.options.Dial = "unix://"+socket, l.Dial
	if c.Client, err = client.New(c.options); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	failed, done := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(done)
		if err := l.Run(ctx); err != nil {
			failed <- err
		}
	}()
	c.passwords.Min, c.failed = cfg.PasswordMin, failed
	c.close = sync.OnceFunc(func() {
		c.Client.Close()
		cancel()
		<-done
		_ = file.Close()
	})
	return nil
}

// agent is shown in the list of sessions.
func agent() string {
	host, _ := os.Hostname()
	return marquee.CleanText(strings.TrimSpace("marquee/"+version()+" ("+runtime.GOOS+") "+host), 256)
}

// Me implements marquee.AuthService and notes whose credentials these are.
func (c *connection) Me(ctx context.Context) (marquee.User, error) {
	u, err := c.Client.Me(ctx)
	if err == nil && c.store != nil {
		_ = c.accounts.Name(ctx, c.store, u.Username) // only a list would show it
	}
	return u, err
}

// within runs act unless the local server cannot be had.
func (c *connection) within(act func() error) error {
	done := make(chan error, 1)
	go func() { done <- act() }()
	select {
	case err := <-done:
		return err
	case err := <-c.failed:
		return err
	}
}
