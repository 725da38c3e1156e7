package sshd

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"
	"sync/atomic"
	"time"

	"charm.land/ssh"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
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

// program is one running Bubble Tea program.
type program struct {
	tea      *tea.Program
	farewell atomic.Value // message id
	quit     context.CancelFunc
	ended    chan struct{}
}

// end asks the program to quit, so that it restores the terminal, and cuts it
// off if it does not within two seconds: a reader that stopped reading would
// hold it for ever.
func (p *program) end(farewell string) {
	p.farewell.CompareAndSwap(nil, farewell)
	go p.tea.Quit()
	time.AfterFunc(2*time.Second, p.quit)
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
	switch {
	case sess.User() != sess.Context().User():
		refuse("ssh.user_changed")
	case sess.RawCommand() != "":
		refuse("ssh.no_commands")
	case !hasPty:
		refuse("ssh.needs_terminal")
	default:
		peer := marquee.Network(hostOf(sess.RemoteAddr()))
		if !s.programs.enter(peer) {
			refuse("ssh.full")
			return
		}
		defer s.programs.leave(peer)
		s.run(sess, sizes, msgs)
	}
}

// run is the session loop: one program from first frame to restored terminal.
func (s *Server) run(sess ssh.Session, sizes <-chan ssh.Window, msgs *lang.Messages) {
	log := s.log.With("address", hostOf(sess.RemoteAddr()))
	ctx, cancel := context.WithCancel(sess.Context())
	defer cancel()
	defer func() {
		if r := recover(); r != nil {
			log.Error("ssh session panicked", "panic", r, "stack", string(debug.Stack()))
			_ = sess.Exit(1)
		}
	}()

	pty, _, _ := sess.Pty()
	env := append(sess.Environ(), "TERM="+pty.Term)
	width, height := clampCells(pty.Window.Width), clampCells(pty.Window.Height)
	model, done, err := s.opts.NewProgram(ctx, Visitor{
		Renderer: newRenderer(sess, env), Width: width, Height: height, Environ: env,
		Address: hostOf(sess.RemoteAddr()), KeyFingerprint: provedKey(sess),
	})
	if err != nil {
		log.Error("ssh session could not start", "error", err)
		_, _ = fmt.Fprintln(sess, msgs.T("ssh.failed"))
		_ = sess.Exit(1)
		return
	}

	var pressed atomic.Int64
	pressed.Store(time.Now().UnixNano())
	p := &program{quit: cancel, ended: make(chan struct{})}
	in, input := io.Pipe()
	defer func() { _ = in.Close() }()
	p.tea = tea.NewProgram(model,
		tea.WithContext(ctx),
		tea.WithInput(s.filtered(in, func(m tea.Msg) { p.tea.Send(m) })),
		tea.WithOutput(sess),
		tea.WithEnvironment(env),
		tea.WithoutSignalHandler(),
		tea.WithAltScreen(),
		tea.WithFilter(func(_ tea.Model, msg tea.Msg) tea.Msg {
			if _, key := msg.(tea.KeyMsg); key {
				pressed.Store(time.Now().UnixNano())
			}
			return msg
		}),
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
	started := time.Now()
	log.Info("ssh session started", "client", sess.Context().ClientVersion())

	go func() {
		_, _ = io.Copy(input, sess)
		// No key can come any more: the window was closed, or its client killed.
		p.end("")
		_ = input.Close()
	}()
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
	go s.keepAlive(ctx, sess, cancel)
	go s.watchIdle(ctx, p, &pressed, msgs)
	if s.opts.Hello != "" {
		_, _ = io.WriteString(sess, s.opts.Hello)
	}

	_, err = p.tea.Run()
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

// latest always takes what comes, or the library's loop would block, and keeps
// the newest size. A closed channel is no news: only the end of the SSH
// channel ends a program. Sizes of 0 say that nobody knows.
func latest(windows <-chan ssh.Window) <-chan ssh.Window {
	sizes := make(chan ssh.Window, 1)
	if windows == nil {
		return sizes
	}
	go func() {
		for w := range windows {
			if w.Width <= 0 || w.Height <= 0 {
				continue
			}
			select {
			case <-sizes:
			default:
			}
			sizes <- w
		}
	}()
	return sizes
}

func (s *Server) filtered(in Reader, send func(tea.Msg)) Reader {
	if s.opts.Filter == nil {
		return in
	}
	return s.opts.Filter(in, send)
}

// watchIdle warns and then ends a program in which no key was pressed.
func (s *Server) watchIdle(ctx context.Context, p *program, pressed *atomic.Int64, msgs *lang.Messages) {
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
		idle := time.Since(time.Unix(0, pressed.Load()))
		switch {
		case idle >= s.limits.Idle:
			p.end(farewellIdle)
			return
		case idle >= s.limits.Idle-s.limits.IdleWarning:
			p.tea.Send(s.opts.Notice(msgs.T("ssh.idle_soon")))
			next.Reset(s.limits.Idle - idle)
		default:
			next.Reset(s.limits.Idle - s.limits.IdleWarning - idle)
		}
	}
}

// keepAlive ends the session of a client that vanished.
func (s *Server) keepAlive(ctx context.Context, sess ssh.Session, cancel context.CancelFunc) {
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
		cancel()
		_ = conn.Close()
		return
	}
}

// environ is a session's environment as termenv asks for it.
type environ []string

func (e environ) Environ() []string { return e }
func (e environ) Getenv(name string) string {
	for i := len(e) - 1; i >= 0; i-- {
		if len(e[i]) > len(name) && e[i][:len(name)] == name && e[i][len(name)] == '=' {
			return e[i][len(name)+1:]
		}
	}
	return ""
}

// newRenderer draws by the visitor's environment and never asks the terminal:
// lipgloss would wait for an answer that the program's own input swallows.
func newRenderer(w io.Writer, env environ) *lipgloss.Renderer {
	out := termenv.NewOutput(w, termenv.WithEnvironment(env), termenv.WithTTY(true))
	r := lipgloss.NewRenderer(w, termenv.WithEnvironment(env), termenv.WithTTY(true))
	r.SetColorProfile(out.EnvColorProfile())
	r.SetHasDarkBackground(true)
	return r
}

// language follows POSIX: LC_ALL, then LC_MESSAGES, then LANG.
func language(env environ) string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := env.Getenv(name); v != "" {
			return v
		}
	}
	return ""
}
