package marquee

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"time"
)

// Limit allows Rate events per Period, and Burst of them at once.
type Limit struct {
	Rate   int
	Period time.Duration
	Burst  int
}

// Limiter counts events of many kinds, each under a key of its own.
type Limiter interface {
	// Allow counts one event under key. It returns 0 if the event is within
	// the limit, else how long to wait.
	Allow(ctx context.Context, key string, l Limit) (retryAfter time.Duration, err error)
}

// LimitKey names a counter: of what, and the parts that it counts apart. It
// hashes what people typed, so that keys have one length and hold no names.
// Doors that use the same key share one budget.
func LimitKey(what string, parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		sum := sha256.Sum256([]byte(p))
		h.Write(sum[:])
	}
	return what + ":" + hex.EncodeToString(h.Sum(nil)[:16])
}

// Network is the part of an IP address that one subscriber has: an IPv4
// address, or the /64 of an IPv6 one, of which he commands every address
// (RFC 6177 section 2). Text that is no address comes back as it is.
func Network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	if ip = ip.Unmap(); ip.Is4() {
		return ip.String()
	}
	p, err := ip.WithZone("").Prefix(64)
	if err != nil {
		return address
	}
	return p.String()
}

// Subnet is the part of an IP address that is commonly one place, a house or a
// provider's pool: the /24 of an IPv4 address or the /64 of an IPv6 one. Those
// who share what is scarce take turns by it, since addresses of one place are
// cheap to come by. Text that is no address comes back as it is.
func Subnet(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	bits := 64
	if ip = ip.Unmap(); ip.Is4() {
		bits = 24
	}
	p, err := ip.WithZone("").Prefix(bits)
	if err != nil {
		return address
	}
	return p.String()
}
