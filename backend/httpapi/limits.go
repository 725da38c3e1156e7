package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"time"

	"example.com/marquee/common/marquee"
)

// Limits bound how often something may be tried.
type Limits struct {
	Off bool // no limits at all; for load tests

	Register    marquee.Limit // accounts made, per address
	Login       marquee.Limit // sign-ins, per address
	LoginName   marquee.Limit // sign-ins, per address and name
	DeadRefresh marquee.Limit // repetitions of a refused refresh token, per address and token
	Password    marquee.Limit // changes that give the current password, per account
}

// DefaultLimits are the limits of a service on the open Internet.
func DefaultLimits() Limits {
	return Limits{
		Register:    marquee.Limit{Rate: 20, Period: time.Hour, Burst: 10},
		Login:       marquee.Limit{Rate: 60, Period: time.Minute, Burst: 60},
		LoginName:   marquee.Limit{Rate: 10, Period: time.Minute, Burst: 10},
		DeadRefresh: marquee.Limit{Rate: 5, Period: time.Minute, Burst: 5},
		Password:    marquee.Limit{Rate: 10, Period: time.Minute, Burst: 10},
	}
}

// limit counts one event of what under parts. CodeTooManyRequests above the
// limit; CodeUnavailable when it could not be counted: a limit is never
// lifted because a part is away.
func (s *server) limit(ctx context.Context, l marquee.Limit, what string, parts ...string) error {
	if s.cfg.Limits.Off || s.Limiter == nil {
		return nil
	}
	wait, err := s.Limiter.Allow(ctx, limitKey(what, parts), l)
	switch {
	case err != nil:
		return marquee.Unavailable("limit "+what, err)
	case wait > 0:
		return &marquee.Error{Code: marquee.CodeTooManyRequests, RetryAfter: wait}
	}
	return nil
}

// limitKey hashes what people typed: keys have one length and hold no names.
func limitKey(what string, parts []string) string {
	h := sha256.New()
	for _, p := range parts {
		sum := sha256.Sum256([]byte(p))
		h.Write(sum[:])
	}
	return what + ":" + hex.EncodeToString(h.Sum(nil)[:16])
}

// network is the part of an address that one subscriber has: an IPv6 one
// commands a whole /64 (RFC 6177 section 2).
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil || ip.Unmap().Is4() {
		return address
	}
	p, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return p.String()
}
