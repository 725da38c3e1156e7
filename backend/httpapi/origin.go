package httpapi

import (
	"net"
	"net/http"
	"net/netip"

	"github.com/labstack/echo/v4"

	"example.com/marquee/common/marquee"
)

// clientHeader names the kind of client, for the list of sessions only.
const clientHeader = "X-Marquee-Client"

// localAddress is shown for a peer on the Unix socket.
const localAddress = "local"

// addressOf finds the client's address: the peer, unless a trusted proxy says
// otherwise; then the right-most hop that is not trusted, since everything
// left of it is the client's own claim.
func addressOf(trusted []netip.Prefix) echo.IPExtractor {
	if len(trusted) == 0 {
		return echo.ExtractIPDirect()
	}
	options := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, p := range trusted {
		p = p.Masked()
		options = append(options, echo.TrustIPRange(&net.IPNet{
			IP: p.Addr().AsSlice(), Mask: net.CIDRMask(p.Bits(), p.Addr().BitLen()),
		}))
	}
	return echo.ExtractIPFromXFFHeader(options...)
}

func (s *server) clientAddress(r *http.Request) string {
	if a := s.address(r); a != "" {
		return a
	}
	return localAddress
}

func (s *server) origin(r *http.Request) marquee.Origin {
	client := "api"
	switch c := r.Header.Get(clientHeader); c {
	case "tui", "ssh", "cli":
		client = c
	}
	return marquee.Origin{
		Address: s.clientAddress(r),
		Agent:   marquee.CleanText(r.UserAgent(), 256),
		Client:  client,
	}
}

// AddressOf returns how the API finds out who sent a request, for those who
// must count the same: the pages.
func AddressOf(trusted []netip.Prefix) func(*http.Request) string {
	find := addressOf(trusted)
	return func(r *http.Request) string {
		if a := find(r); a != "" {
			return a
		}
		return localAddress
	}
}
