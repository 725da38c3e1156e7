package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync"

	"example.com/marquee/backend/app"
	"example.com/marquee/backend/config"
	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/credentials"
)

// connection is a client and, without a server named, the server of the data
// directory that this process is ready to be.
type connection struct {
	*client.Client
	// options make further clients of the same server.
	options    client.Options
	serverName string
	passwords  marquee.PasswordRules
	// failed gets why the local server could not start; nothing else.
	failed <-chan error
	// close ends the local server, so that another process may take over.
	close func()
}

// connect prepares a client. It waits for no server: a local one starts
// beside it. notSaved is told when credentials cannot be written.
func connect(ctx context.Context, e environment, server, name string, notSaved func(error)) (*connection, error) {
	o := client.Options{Language: e.language, Agent: agent(), ClientName: name, OnNotSaved: notSaved}
	if server == "" {
		server = e.get("MARQUEE_SERVER")
	}
	if server != "" {
		return connectTo(o, server)
	}
	return connectLocal(ctx, e, o)
}

func connectTo(o client.Options, server string) (*connection, error) {
	u, err := url.Parse(server)
	if err != nil || u.Scheme == "" {
		return nil, usageError{fmt.Errorf("--server: %q is no URL such as https://films.example.com", server)}
	}
	o.BaseURL = server
	if o.Tokens, err = credentials.Open(credentials.Dir(), strings.TrimRight(server, "/"), nil); err != nil {
		return nil, err
	}
	c, err := client.New(o)
	if err != nil {
		return nil, usageError{err}
	}
	return &connection{Client: c, options: o, serverName: u.Host + u.Path, close: c.Close}, nil
}

func connectLocal(ctx context.Context, e environment, o client.Options) (*connection, error) {
	cfg, err := config.Load(e.environ)
	if err != nil {
		return nil, usageError{err}
	}
	if !cfg.Embedded() {
		return nil, usageError{errPostgresHere}
	}
	socket, err := app.SocketPath(cfg.DataDir)
	if err != nil {
		return nil, err
	}
	log, file, err := openLog(cfg)
	if err != nil {
		return nil, err
	}
	l := newLocal(socket, newBackend(cfg, e.environ, log).start, log)
	o.BaseURL, o.Dial = "unix://"+socket, l.Dial
	if o.Tokens, err = credentials.Open(credentials.Dir(), "local:"+cfg.DataDir, nil); err != nil {
		return nil, err
	}
	c, err := client.New(o)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	failed, done := make(chan error, 1), make(chan struct{})
	go func() {
		defer close(done)
		if err := l.Run(ctx); err != nil {
			failed <- err
		}
	}()
	end := sync.OnceFunc(func() {
		c.Close()
		cancel()
		<-done
		_ = file.Close()
	})
	return &connection{Client: c, options: o, passwords: marquee.PasswordRules{Min: cfg.PasswordMin}, failed: failed, close: end}, nil
}

// agent is shown in the list of sessions.
func agent() string {
	host, _ := os.Hostname()
	return marquee.CleanText(strings.TrimSpace("marquee/"+version()+" ("+runtime.GOOS+") "+host), 256)
}
