package sshd

import (
	"net"
	"net/netip"
	"sync"

	"charm.land/ssh"
)

// connLimiter counts connections, or programs, in all and per address.
type connLimiter struct {
	most, mostPerAddr int

	mu      sync.Mutex
	total   int
	perAddr map[string]int
}

func newConnLimiter(most, mostPerAddr int) *connLimiter {
	return &connLimiter{most: most, mostPerAddr: mostPerAddr, perAddr: map[string]int{}}
}

func (l *connLimiter) enter(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.total >= l.most || l.perAddr[key] >= l.mostPerAddr {
		return false
	}
	l.total++
	l.perAddr[key]++
	return true
}

func (l *connLimiter) leave(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total--
	if l.perAddr[key]--; l.perAddr[key] <= 0 {
		delete(l.perAddr, key)
	}
}

// limitKey is the IPv4 address or the /64 of an IPv6 one: a single customer
// holds that many.
func limitKey(a net.Addr) string {
	addr, err := netip.ParseAddr(hostOf(a))
	if err != nil {
		return hostOf(a)
	}
	addr = addr.Unmap()
	if addr.Is4() {
		return addr.String()
	}
	prefix, err := addr.WithZone("").Prefix(64)
	if err != nil {
		return addr.String()
	}
	return prefix.String()
}

// admit counts a new connection, or refuses it by returning nil, before a
// handshake costs anything.
func (s *Server) admit(_ ssh.Context, conn net.Conn) net.Conn {
	key := limitKey(conn.RemoteAddr())
	if !s.conns.enter(key) {
		s.log.Warn("ssh connection refused: too many", "address", hostOf(conn.RemoteAddr()))
		return nil
	}
	return &countedConn{Conn: conn, leave: sync.OnceFunc(func() { s.conns.leave(key) })}
}

// countedConn gives its place back when it is closed.
type countedConn struct {
	net.Conn
	leave func()
}

func (c *countedConn) Close() error {
	c.leave()
	return c.Conn.Close()
}
