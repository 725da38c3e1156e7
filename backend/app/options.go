package app

import (
	"errors"
	"log/slog"
	"net"
	"time"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/config"
)

// ErrInUse is returned by New when another process serves from the data
// directory. Its server can be reached through the socket (SocketPath).
var ErrInUse = errors.New("another process serves from this data directory")

// Options are what differs between the program, the terminal client that
// starts the backend inside itself, and tests.
type Options struct {
	Log *slog.Logger // nil discards
	// Clock replaces the clocks of process, database and counts in Redis; nil
	// leaves them.
	Clock func() time.Time
	// HashCost is of new password hashes; the zero value is the default of
	// package auth, less is for tests.
	HashCost auth.HashCost
	// Listener takes the place of listening on ADDR.
	Listener net.Listener
	// SSHCommand is how to connect by SSH, shown to browsers; "" hides it.
	SSHCommand string
	// TCPOptional takes a free port on loopback when ADDR is in use.
	TCPOptional bool
	// DatabaseWait bounds the wait for a Postgres that is away at the start;
	// 0 is 30 s.
	DatabaseWait time.Duration
	// RedisAnswer is how long the Redis of REDIS_URL may take before it counts
	// as away; 0 is 250 ms.
	RedisAnswer time.Duration
	// DrainPause is how long connections are still taken, with /readyz red,
	// after the end was asked for; 0 is 2 s, or none with the embedded parts,
	// which have no load balancer in front.
	DrainPause time.Duration
	// DrainLimit bounds the whole end; 0 is 15 s.
	DrainLimit time.Duration
}

func (o Options) withDefaults(cfg config.Config) Options {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.DatabaseWait == 0 {
		o.DatabaseWait = 30 * time.Second
	}
	if o.DrainPause == 0 && !cfg.Embedded() {
		o.DrainPause = 2 * time.Second
	}
	if o.DrainLimit == 0 {
		o.DrainLimit = 15 * time.Second
	}
	return o
}
