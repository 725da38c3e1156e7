package main

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"example.com/marquee/common/marquee"
)

// Bounds of what one SSH peer may try where the backend does not trust this
// server: it sees the server's address and not the peer's then, so that its own
// limits hold for all visitors together.
const (
	signInEvery   = 12 * time.Second
	signInBurst   = 5
	registerEvery = 10 * time.Minute
	registerBurst = 3
	mostPeers     = 10_000 // remembered; beyond, everybody starts anew
)

// tryLimits counts what peers try, by IPv4 address or IPv6 /64.
type tryLimits struct {
	mu    sync.Mutex
	peers map[string]*peerLimits
}

type peerLimits struct{ signIn, register *rate.Limiter }

func newTryLimits() *tryLimits { return &tryLimits{peers: map[string]*peerLimits{}} }

func (t *tryLimits) of(address string) *peerLimits {
	key := marquee.Network(address)
	t.mu.Lock()
	defer t.mu.Unlock()
	if p, ok := t.peers[key]; ok {
		return p
	}
	if len(t.peers) >= mostPeers {
		clear(t.peers)
	}
	p := &peerLimits{
		signIn:   rate.NewLimiter(rate.Every(signInEvery), signInBurst),
		register: rate.NewLimiter(rate.Every(registerEvery), registerBurst),
	}
	t.peers[key] = p
	return p
}

// allow returns CodeTooManyRequests above the limit.
func allow(l *rate.Limiter) error {
	r := l.Reserve()
	wait := r.Delay()
	if wait <= 0 {
		return nil
	}
	r.Cancel()
	return &marquee.Error{Code: marquee.CodeTooManyRequests, RetryAfter: wait}
}

// limitedAuth is an AuthService in which one peer cannot try for ever.
type limitedAuth struct {
	marquee.AuthService
	limits *peerLimits
}

// Login implements marquee.AuthService.
func (a limitedAuth) Login(ctx context.Context, c marquee.Credentials) (marquee.Tokens, error) {
	if err := allow(a.limits.signIn); err != nil {
		return marquee.Tokens{}, err
	}
	return a.AuthService.Login(ctx, c)
}

// Register implements marquee.AuthService.
func (a limitedAuth) Register(ctx context.Context, r marquee.Registration) (marquee.User, error) {
	if err := allow(a.limits.register); err != nil {
		return marquee.User{}, err
	}
	return a.AuthService.Register(ctx, r)
}
