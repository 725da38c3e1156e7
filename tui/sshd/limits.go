package sshd

import (
	"net"
	"sync"

	"charm.land/ssh"

	"example.com/marquee/common/marquee"
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

func (l *connLimiter) inside() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.total
}

func (l *connLimiter) leave(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total--
	if l.perAddr[key]--; l.perAddr[key] <= 0 {
		delete(l.perAddr, key)
	}
}

// admit counts a new connection, or refuses it by returning nil, before a
// handshake costs anything.
func (s *Server) admit(_ ssh.Context, conn net.Conn) net.Conn {
	key := marquee.Network(hostOf(conn.RemoteAddr()))
	if !s.conns.enter(key) {
		s.metrics.refused.WithLabelValues("connections").Inc()
		s.log.Warn("ssh connection refused: too many", "address", hostOf(conn.RemoteAddr()))
		return nil
	}
	c := &countedConn{Conn: conn}
	c.leave = sync.OnceFunc(func() {
		s.conns.leave(key)
		s.forget(c)
	})
	if !s.remember(c) {
		c.leave()
		return nil
	}
	return c
}

// remember keeps a connection for Shutdown to close; false once that is under
// way.
func (s *Server) remember(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closing {
		s.open[c] = struct{}{}
	}
	return !s.closing
}

func (s *Server) forget(c net.Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, c)
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
