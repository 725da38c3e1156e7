package sshd

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"charm.land/ssh"
	tea "github.com/charmbracelet/bubbletea"
	gossh "golang.org/x/crypto/ssh"

	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

// Why a program ends other than by its person's wish; message ids.
const (
	farewellRestart = "ssh.restarting"
	farewellIdle    = "ssh.idle"
	farewellAge     = "ssh.max_age"
)

// cutGrace is how long after the end of its context a program may go on before
// the connection is cut: whoever does not read what he is sent would hold it
// for ever.
const cutGrace = time.Second

// program is one running Bubble Tea program, or one command.
type program struct {
	tea      *tea.Program // nil for a command
	farewell atomic.Value // message id
	cancel   context.CancelFunc
	cut      func()        // closes the connection
	grace    time.Duration // to put the terminal back
	ending   sync.Once
	ended    chan struct{}
}

// end asks the program to quit, so that it restores the terminal, and cuts it
// off if it does not.
func (p *program) end(farewell string) {
	p.farewell.CompareAndSwap(nil, farewell)
	p.ending.Do(func() {
		if p.tea != nil {
			go p.tea.Quit() // waits for a program that is busy
		} else {
			p.cancel()
		}
		go func() {
			if p.over(p.grace) {
				return
			}
			p.cancel()
			if !p.over(cutGrace) {
				p.cut()
			}
		}()
	})
}

func (p *program) over(within time.Duration) bool {
	t := time.NewTimer(within)
	defer t.Stop()
	select {
	case <-p.ended:
		return true
	case <-t.C:
		return false
	}
}

// handle runs in a goroutine of its own for every shell or exec request.
func (s *Server) handle(sess ssh.Session) {
	msgs := lang.In(language(sess.Environ()))
	refuse := func(id string) {
		_, _ = fmt.Fprintln(sess.Stderr(), msgs.T(id))
		_ = sess.Exit(2)
	}
	_, windows, hasPty := sess.Pty()
	sizes := latest(windows)
	command := sess.RawCommand() != ""
	switch {
	case sess.User() != sess.Context().User():
		refuse("ssh.user_changed")
		return
	case !command && !hasPty:
		refuse("ssh.needs_terminal")
		return
	}
	peer := marquee.Network(hostOf(sess.RemoteAddr()))
	if !s.programs.enter(peer) {
		s.metrics.refused.WithLabelValues("sessions").Inc()
		refuse("ssh.full")
		return
	}
	defer s.programs.leave(peer)
	ctx, cancel := context.WithCancel(sess.Context())
	defer cancel()
	p := &program{cancel: cancel, cut: s.cutter(sess), grace: s.limits.Quit, ended: make(chan struct{})}
	log := s.log.With("address", hostOf(sess.RemoteAddr()))
	defer func() {
		if r := recover(); r != nil {
			log.Error("ssh session panicked", "panic", r, "stack", string(debug.Stack()))
			_ = sess.Exit(1)
		}
	}()
	if command {
		s.command(ctx, sess, p, msgs)
		return
	}
	s.run(ctx, sess, p, sizes, msgs)
}

// cutter closes the connection of a session.
func (s *Server) cutter(sess ssh.Session) func() {
	conn, ok := sess.Context().Value(ssh.ContextKeyConn).(gossh.Conn)
	if !ok {
		return func() { _ = sess.Close() }
	}
	return func() { _ = conn.Close() }
}

// visitor is who is at the other end.
func visitor(sess ssh.Session) Visitor {
	v := Visitor{
		Environ: sess.Environ(), Address: hostOf(sess.RemoteAddr()), Server: sess.LocalAddr(),
		Agent: strings.TrimPrefix(sess.Context().ClientVersion(), "SSH-2.0-"),
	}
	if key := sess.PublicKey(); key != nil {
		v.KeyFingerprint = gossh.FingerprintSHA256(key)
		v.PublicKey = authorizedLine(key)
	}
	if pty, _, ok := sess.Pty(); ok {
		v.Environ = append(v.Environ, "TERM="+pty.Term)
		v.Width, v.Height = clampCells(pty.Window.Width), clampCells(pty.Window.Height)
		v.Renderer = newRenderer(sess, v.Environ)
	}
	return v
}

// run is the session loop: one program from first frame to restored terminal.
func (s *Server) run(ctx context.Context, sess ssh.Session, p *program, sizes <-chan ssh.Window, msgs *lang.Messages) {
	log := s.log.With("address", hostOf(sess.RemoteAddr()))
	started := time.Now()
	v := visitor(sess)
	model, done, err := s.opts.NewProgram(ctx, v)
	if err != nil {
		log.Error("ssh session could not start", "error", err)
		_, _ = fmt.Fprintln(sess, msgs.T("ssh.failed"))
		_ = sess.Exit(1)
		return
	}
	pressed := newActivity()
	out := &firstFrame{Writer: sess, started: started, seconds: s.metrics.firstFrame}
	screen := newScreen(out, s.opts.Hello, v.Width, v.Height)
	p.tea = tea.NewProgram(onScreen{model, screen},
		tea.WithContext(ctx),
		// No key can come after the last: the window was closed, or its client killed.
		tea.WithInput(s.filtered(keys{sess, func() { p.end("") }}, func(m tea.Msg) { p.tea.Send(m) })),
		tea.WithOutput(io.Discard),
		tea.WithoutRenderer(),
		tea.WithEnvironment(v.Environ),
		tea.WithoutSignalHandler(),
		tea.WithFilter(pressed.note),
	)
	tidy := func() {
		ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
		defer stop()
		done(ctx)
	}
	if !s.track(p) {
		tidy()
		return
	}
	defer s.untrack(p)
	defer tidy()
	log.Info("ssh session started", "client", sess.Context().ClientVersion())

	go func() {
		for {
			select {
			case <-ctx.Done():
				return
			case w := <-sizes:
				p.tea.Send(tea.WindowSizeMsg{Width: clampCells(w.Width), Height: clampCells(w.Height)})
			}
		}
	}()
	go s.keepAlive(ctx, sess, p)
	go s.watchIdle(ctx, p, pressed, msgs)
	go screen.draw()
	_, err = p.tea.Run()
	screen.close()
	if err != nil && ctx.Err() == nil {
		log.Error("ssh program failed", "error", err)
	}
	if id, _ := p.farewell.Load().(string); id != "" {
		_, _ = fmt.Fprintln(sess, msgs.T(id))
	}
	code := 0
	if err != nil && sess.Context().Err() == nil {
		code = 1
	}
	_ = sess.Exit(code)
	log.Info("ssh session ended", "seconds", int(time.Since(started).Seconds()))
}

func (s *Server) filtered(in Reader, send func(tea.Msg)) Reader {
	if s.opts.Filter == nil {
		return in
	}
	return s.opts.Filter(in, send)
}

// keys is what a visitor types; over is told that nothing more comes.
type keys struct {
	io.Reader
	over func()
}

// Read implements io.Reader.
func (k keys) Read(p []byte) (int, error) {
	n, err := k.Reader.Read(p)
	if err != nil {
		k.over()
	}
	return n, err
}
