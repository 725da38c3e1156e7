package sshd

import (
	"context"
	"strings"
	"sync/atomic"

	"charm.land/ssh"
	gossh "golang.org/x/crypto/ssh"
)

// Bounds of what a client may send about its terminal.
const (
	maxEnvVars   = 16
	maxEnvLength = 256 // characters of name and value together
	maxTerm      = 64
	maxCells     = 1000 // of a width or a height
)

type channelCountKey struct{}

// channelContext ends with its channel. The library's context ends with the
// connection, which a multiplexing client keeps open after a window closed.
type channelContext struct {
	ssh.Context
	ending context.Context
}

func (c *channelContext) Done() <-chan struct{} { return c.ending.Done() }
func (c *channelContext) Err() error            { return c.ending.Err() }

// Value lets package context find ending, or each context that is made of this
// one would need a goroutine to hear of its end.
func (c *channelContext) Value(key any) any { return c.ending.Value(key) }

// handleChannel puts our guard between the client and the library's session.
func (s *Server) handleChannel(srv *ssh.Server, conn *gossh.ServerConn, ch gossh.NewChannel, ctx ssh.Context) {
	count := channelCount(ctx)
	if count.Add(1) > int32(s.limits.Channels) {
		count.Add(-1)
		s.metrics.refused.WithLabelValues("channels").Inc()
		_ = ch.Reject(gossh.ResourceShortage, "too many channels")
		return
	}
	ending, end := context.WithCancel(ctx)
	defer end()
	defer count.Add(-1)
	ssh.DefaultSessionHandler(srv, conn, &guardedChannel{NewChannel: ch, end: end},
		&channelContext{Context: ctx, ending: ending})
}

func channelCount(ctx ssh.Context) *atomic.Int32 {
	ctx.Lock()
	defer ctx.Unlock()
	if n, ok := ctx.Value(channelCountKey{}).(*atomic.Int32); ok {
		return n
	}
	n := &atomic.Int32{}
	ctx.SetValue(channelCountKey{}, n)
	return n
}

// guardedChannel passes on only the requests that a terminal needs. The
// library would keep any number of variables of any size, note a request for
// agent forwarding as granted, and buffer signals.
type guardedChannel struct {
	gossh.NewChannel
	end context.CancelFunc
}

func (g *guardedChannel) Accept() (gossh.Channel, <-chan *gossh.Request, error) {
	ch, reqs, err := g.NewChannel.Accept()
	if err != nil {
		return nil, nil, err
	}
	passed := make(chan *gossh.Request)
	go func() {
		defer close(passed)
		defer g.end()
		env, started := 0, false
		for req := range reqs {
			switch req.Type {
			case "env":
				env++
			case "shell", "exec":
				started = true
			case "eow@openssh.com":
				// A multiplexed client was killed: nobody reads any more, and the
				// connection lives on (OpenSSH PROTOCOL, section 2.1).
				g.end()
			}
			// Until a handler reads window changes, passing one on would block
			// the library's loop, and with it the connection.
			if !allowed(req, env) || req.Type == "window-change" && !started {
				_ = req.Reply(false, nil)
				continue
			}
			passed <- req
		}
	}()
	return ch, passed, nil
}

func allowed(req *gossh.Request, envSoFar int) bool {
	switch req.Type {
	case "shell", "window-change":
		return true
	case "exec":
		return len(req.Payload) <= maxCommand
	case "pty-req":
		var pty struct {
			Term string
			Rest []byte `ssh:"rest"`
		}
		return gossh.Unmarshal(req.Payload, &pty) == nil && len(pty.Term) <= maxTerm && plain(pty.Term)
	case "env":
		var v struct{ Name, Value string }
		return envSoFar <= maxEnvVars && gossh.Unmarshal(req.Payload, &v) == nil &&
			len(v.Name)+len(v.Value) <= maxEnvLength && plain(v.Value) && envAllowed(v.Name)
	}
	return false
}

func envAllowed(name string) bool {
	switch name {
	case "COLORTERM", "NO_COLOR", "LANG", "LC_ALL", "LC_CTYPE", "LC_MESSAGES":
		return true
	}
	return false
}

// plain reports whether s is printable ASCII: nothing else belongs there.
func plain(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r < 0x20 || r > 0x7e })
}

func clampCells(n int) int { return min(max(n, 1), maxCells) }
