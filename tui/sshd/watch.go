package sshd

import (
	"context"
	"sync/atomic"
	"time"

	"charm.land/ssh"
	tea "github.com/charmbracelet/bubbletea"
	gossh "golang.org/x/crypto/ssh"

	"example.com/marquee/common/lang"
)

// activity is when a key was last pressed, on the monotonic clock: a calendar
// that is set forward ends no program.
type activity struct {
	began time.Time
	at    atomic.Int64 // nanoseconds after began
}

func newActivity() *activity { return &activity{began: time.Now()} }

func (a *activity) since() time.Duration { return time.Since(a.began) - time.Duration(a.at.Load()) }

// note is a filter of messages that lets all of them through.
func (a *activity) note(_ tea.Model, msg tea.Msg) tea.Msg {
	if _, key := msg.(tea.KeyMsg); key {
		a.at.Store(int64(time.Since(a.began)))
	}
	return msg
}

// watchIdle warns and then ends a program in which no key was pressed. It
// never waits for the program, which may be held by a terminal that does not
// read.
func (s *Server) watchIdle(ctx context.Context, p *program, pressed *activity, msgs *lang.Messages) {
	age := time.NewTimer(s.limits.MaxAge)
	defer age.Stop()
	next := time.NewTimer(s.limits.Idle - s.limits.IdleWarning)
	defer next.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-age.C:
			p.end(farewellAge)
			return
		case <-next.C:
		}
		idle := pressed.since()
		switch {
		case idle >= s.limits.Idle:
			p.end(farewellIdle)
			return
		case idle >= s.limits.Idle-s.limits.IdleWarning:
			go p.tea.Send(s.opts.Notice(msgs.T("ssh.idle_soon")))
			next.Reset(s.limits.Idle - idle)
		default:
			next.Reset(s.limits.Idle - s.limits.IdleWarning - idle)
		}
	}
}

// keepAlive ends the session of a client that vanished.
func (s *Server) keepAlive(ctx context.Context, sess ssh.Session, p *program) {
	conn, ok := sess.Context().Value(ssh.ContextKeyConn).(gossh.Conn)
	if !ok {
		return
	}
	ticker := time.NewTicker(s.limits.KeepAlive)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		answered := make(chan error, 1)
		go func() {
			_, _, err := conn.SendRequest("keepalive@openssh.com", true, nil)
			answered <- err
		}()
		select {
		case <-ctx.Done():
			return
		case err := <-answered:
			if err == nil {
				continue
			}
		case <-time.After(3 * s.limits.KeepAlive):
		}
		p.cancel()
		_ = conn.Close()
		return
	}
}
