package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"sync/atomic"
	"time"
)

const (
	lockPoll  = 200 * time.Millisecond // how often the lock is tried beside another's server
	dialPoll  = 25 * time.Millisecond  // how often a socket that is about to come is tried
	startRest = 500 * time.Millisecond // between two tries to start after one that failed
)

// dataDir is what local needs of a data directory (backend/embedded).
type dataDir interface {
	TryLock() (bool, error)
	Unlock() error
	SocketPath() string
	ListenSocket() (net.Listener, error)
}

// local is the server of a data directory, whichever process runs it. Of all
// processes one holds the lock and serves on the socket; the others use that
// server, and the first to get the lock when it goes is the next.
type local struct {
	dir dataDir
	// serve answers on the socket until ctx ends, then drains and closes it.
	serve func(ctx context.Context, socket net.Listener) error
	log   *slog.Logger

	nudge   chan struct{} // a dialer found nobody: try the lock now
	holding atomic.Bool   // this process holds the lock
	met     atomic.Bool   // the server of another process was reached once
}

func newLocal(dir dataDir, serve func(context.Context, net.Listener) error, log *slog.Logger) *local {
	return &local{dir: dir, serve: serve, log: log, nudge: make(chan struct{}, 1)}
}

// Dial connects to the server. While none listens, between two of them or at
// the start, it waits for the next as long as ctx allows.
func (l *local) Dial(ctx context.Context) (net.Conn, error) {
	var d net.Dialer
	for {
		conn, err := d.DialContext(ctx, "unix", l.dir.SocketPath())
		if err == nil {
			if !l.holding.Load() {
				l.met.Store(true)
			}
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
		held, err := l.dir.TryLock()
		if err != nil {
			return err
		}
		if !held {
			_ = rest(ctx, lockPoll, l.nudge)
			continue
		}
		err = l.hold(ctx)
		if err != nil && !l.met.Load() {
			return err
		}
		if err != nil {
			l.log.Error("the server of the data directory failed", "error", err)
			_ = rest(ctx, startRest, nil)
		}
	}
	return nil
}

// hold serves with the lock held. The socket is there before the server is:
// who connects meanwhile waits in its queue instead of trying.
func (l *local) hold(ctx context.Context) (err error) {
	l.holding.Store(true)
	defer func() {
		l.holding.Store(false)
		if unlockErr := l.dir.Unlock(); err == nil {
			err = unlockErr
		}
	}()
	socket, err := l.dir.ListenSocket()
	if err != nil {
		return err
	}
	defer socket.Close()
	return l.serve(ctx, socket)
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
