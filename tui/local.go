package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync/atomic"
	"time"
)

const (
	lockPoll  = 200 * time.Millisecond // how often the lock is tried beside another's server
	dialPoll  = 20 * time.Millisecond  // how often a socket that is about to come is tried
	startRest = 500 * time.Millisecond // between two starts when one failed
)

// running is a server that has the lock of the data directory and listens.
type running interface {
	// Run serves until ctx ends, drains, and gives the lock back.
	Run(ctx context.Context) error
}

// local is the server of a data directory, whichever process runs it. Of all
// processes one holds the lock and serves on the socket; the others use that
// server, and the first to get the lock when it goes is the next.
type local struct {
	socket string
	// start becomes the server; it returns errInUse while another process is.
	start func(ctx context.Context) (running, error)
	log   *slog.Logger

	nudge chan struct{} // a dialer found nobody: try now
	met   atomic.Bool   // a server has run, here or in another process
}

// errInUse says that another process is the server.
var errInUse = errors.New("another process serves from this data directory")

func newLocal(socket string, start func(context.Context) (running, error), log *slog.Logger) *local {
	return &local{socket: socket, start: start, log: log, nudge: make(chan struct{}, 1)}
}

// Dial connects to the server. While none listens, between two of them or at
// the start, it waits for the next as long as ctx allows.
func (l *local) Dial(ctx context.Context) (net.Conn, error) {
	var d net.Dialer
	for {
		conn, err := d.DialContext(ctx, "unix", l.socket)
		if err == nil {
			return conn, nil
		}
		select {
		case l.nudge <- struct{}{}:
		default:
		}
		if rest(ctx, dialPoll, nil) != nil {
			return nil, fmt.Errorf("no server in the data directory: %w", err)
		}
	}
}

// Run becomes the server whenever there is none, until ctx ends and what it
// serves has drained. It returns an error if the first start fails: a person
// should read why instead of waiting. A later one is tried again, since the
// server before has run on the same data.
func (l *local) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		s, err := l.start(ctx)
		if errors.Is(err, errInUse) {
			l.met.Store(true)
			_ = rest(ctx, lockPoll, l.nudge)
			continue
		}
		if err == nil {
			l.met.Store(true)
			err = s.Run(ctx)
		}
		if err == nil || ctx.Err() != nil {
			continue
		}
		if !l.met.Load() {
			return err
		}
		l.log.Error("the server of the data directory failed", "error", err)
		_ = rest(ctx, startRest, nil)
	}
	return nil
}

// rest waits for d, for wake or for the end of ctx, whose error it returns.
func rest(ctx context.Context, d time.Duration, wake <-chan struct{}) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-wake:
	case <-ctx.Done():
	}
	return ctx.Err()
}
