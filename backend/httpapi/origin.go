package httpapi

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"example.com/marquee/common/marquee"
)

// clientHeader names the kind of client, for the list of sessions only.
const clientHeader = "X-Marquee-Client"

// localAddress is shown for a peer on the Unix socket.
const localAddress = "local"

// AddressOf returns how to find out who sent a request, for the API and the
// pages alike: the peer, unless that is a trusted proxy; then the right-most
// hop of X-Forwarded-For that is not trusted, since everything left of it is
// the client's own claim. Where a trusted proxy wrote what is no address, it
// answers itself for what it passes on. If every hop is trusted it is the
// left-most.
func AddressOf(trusted []netip.Prefix) func(*http.Request) string {
	return func(r *http.Request) string {
		peer, ok := parseHop(r.RemoteAddr)
		if !ok {
			return localAddress
		}
		if len(trusted) == 0 {
			return peer.String()
		}
		isTrusted := func(a netip.Addr) bool {
			return slices.ContainsFunc(trusted, func(p netip.Prefix) bool { return p.Masked().Contains(a.WithZone("")) })
		}
		// Several headers are one list, in their order (RFC 9110 section 5.3).
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for _, hop := range slices.Backward(hops) {
			if !isTrusted(peer) {
				break
			}
			next, ok := parseHop(strings.TrimSpace(hop))
			if !ok {
				break
			}
			peer = next
		}
		return peer.String()
	}
}

// parseHop reads an address with or without a port: "192.0.2.1",
// "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:80". An IPv4
// address in IPv6 clothes is one of IPv4.
func parseHop(s string) (netip.Addr, bool) {
	if host, _, err := net.SplitHostPort(s); err == nil {
		s = host
	} else if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		s = s[1 : len(s)-1]
	}
	a, err := netip.ParseAddr(s)
	return a.Unmap(), err == nil
}

func (s *server) origin(r *http.Request) marquee.Origin {
	client := "api"
	switch c := r.Header.Get(clientHeader); c {
	case "tui", "ssh", "cli":
		client = c
	}
	if fromGateway(r) {
		client = "ssh"
	}
	return marquee.Origin{
		Address: s.address(r),
		Agent:   marquee.CleanText(r.UserAgent(), 256),
		Client:  client,
		Gateway: fromGateway(r),
	}
}
