// Package sshd serves a Bubble Tea program to everybody who connects by SSH:
// one program per channel, with a renderer, a size and an input of its own. An
// exec request goes to the caller as words.
//
// It decides nothing about who somebody is: any key, or none, gets as far as
// the sign-in page. It knows neither the pages nor the API; the caller makes
// the model for each visitor.
package sshd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"slices"
	"sync"
	"time"

	"charm.land/ssh"
	"charm.land/wish/v2"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/prometheus/client_golang/prometheus"
	gossh "golang.org/x/crypto/ssh"
)

// Visitor is one channel, as the caller needs to know it. Renderer, Width and
// Height are of the terminal, and zero where a command has none.
type Visitor struct {
	// Renderer draws for the visitor's terminal, by what his environment says.
	Renderer *lipgloss.Renderer
	// Width and Height are the terminal's, in cells, clamped to 1..maxCells.
	Width, Height int
	// Environ holds what the client sent and is allowed to: TERM, COLORTERM,
	// NO_COLOR, LANG and LC_*.
	Environ []string
	// Address is the peer's IP address.
	Address string
	// Agent is the client's software, as it calls itself (RFC 4253 section 4.2).
	Agent string
	// Server is the address that the client reached.
	Server net.Addr
	// KeyFingerprint is the SHA-256 fingerprint of the key that the client
	// proved to hold, PublicKey the key as a line of authorized_keys; "" if he
	// came without. They say nothing about who he is.
	KeyFingerprint, PublicKey string
}

// Options are what a Server needs.
type Options struct {
	// HostKeyPath is where the Ed25519 host key rests, 0600; made when missing.
	HostKeyPath string
	// NewProgram makes the model for a visitor. The context ends with the
	// channel; done is called once after the program ended, with a context
	// that still has a moment to tidy up.
	NewProgram func(ctx context.Context, v Visitor) (m tea.Model, done func(context.Context), err error)
	// RunCommand runs an exec request and returns its exit code, 0 to 255. The
	// context ends with the channel. nil refuses every one.
	RunCommand func(ctx context.Context, v Visitor, c Command) int
	// Notice makes the message that shows a sentence in a running program.
	Notice func(text string) tea.Msg
	// Filter wraps what the client types before the program reads it; nil
	// leaves it alone. It may turn terminal reports into messages by send.
	Filter func(in Reader, send func(tea.Msg)) Reader
	// Hello is written to the terminal as a program starts, such as a question
	// for its background colour; the answer comes through Filter if ever.
	Hello  string
	Limits Limits
	// Metrics registers what can be measured; nil measures for nobody.
	Metrics prometheus.Registerer
	Log     *slog.Logger
}

// Reader is what a program reads keys from.
type Reader interface{ Read([]byte) (int, error) }

// Limits bound what visitors can hold; zero members take the default.
type Limits struct {
	Handshake          time.Duration // until signed on to SSH; 15 s
	Connections        int           // in all; 1000
	ConnectionsPerAddr int           // per IPv4 address or IPv6 /64; 32
	Channels           int           // per connection; 8
	Sessions           int           // programs in all; 500
	SessionsPerAddr    int           // programs per IPv4 address or IPv6 /64; 50
	Idle               time.Duration // without a key pressed; 30 min, warned 1 min before
	IdleWarning        time.Duration // 1 min
	MaxAge             time.Duration // of a program; 24 h
	Command            time.Duration // that an exec request may take; 1 min
	Quit               time.Duration // that a program that is told to end may take; 3 s
	AuthTries          int           // 6
	// KeepAlive is how often a client is asked whether it is there, 15 s; three
	// unanswered questions end its session. It also wakes an OpenSSH master,
	// which tells of a killed window only with the next packet it gets.
	KeepAlive time.Duration
}

func (l Limits) withDefaults() Limits {
	def := func(v *time.Duration, d time.Duration) {
		if *v <= 0 {
			*v = d
		}
	}
	num := func(v *int, n int) {
		if *v <= 0 {
			*v = n
		}
	}
	def(&l.Handshake, 15*time.Second)
	def(&l.Idle, 30*time.Minute)
	def(&l.IdleWarning, time.Minute)
	def(&l.MaxAge, 24*time.Hour)
	def(&l.KeepAlive, 15*time.Second)
	def(&l.Command, time.Minute)
	def(&l.Quit, 3*time.Second)
	num(&l.Connections, 1000)
	num(&l.ConnectionsPerAddr, 32)
	num(&l.Channels, 8)
	num(&l.Sessions, 500)
	num(&l.SessionsPerAddr, 50)
	num(&l.AuthTries, 6)
	return l
}

// Server is an SSH server. Make one with New.
type Server struct {
	opts     Options
	limits   Limits
	log      *slog.Logger
	ssh      *ssh.Server
	conns    *connLimiter
	programs *connLimiter
	metrics  metrics

	mu      sync.Mutex
	running map[*program]struct{}
	open    map[net.Conn]struct{} // also those that still shake hands
	ear     net.Listener
	closing bool
}

// New makes a server that does not serve yet. It reads or makes the host key.
func New(o Options) (*Server, error) {
	s := &Server{
		opts:    o,
		limits:  o.Limits.withDefaults(),
		log:     o.Log,
		running: map[*program]struct{}{},
		open:    map[net.Conn]struct{}{},
	}
	s.conns = newConnLimiter(s.limits.Connections, s.limits.ConnectionsPerAddr)
	s.programs = newConnLimiter(s.limits.Sessions, s.limits.SessionsPerAddr)
	s.metrics = newMetrics(o.Metrics, s)

	srv, err := wish.NewServer(
		wish.WithHostKeyPath(o.HostKeyPath),
		wish.WithVersion("marquee"),
		wish.WithPublicKeyAuth(acceptKey),
		wish.WithKeyboardInteractiveAuth(acceptKeyless),
		ssh.EmulatePty(),
		ssh.WrapConn(s.admit),
	)
	if err != nil {
		return nil, fmt.Errorf("set up the SSH server: %w", err)
	}
	srv.Handler = s.handle
	srv.HandshakeTimeout = s.limits.Handshake
	// Connections that hold a program are kept alive by us; one without any
	// channel has nothing to wait for.
	srv.IdleTimeout = 2 * time.Minute
	srv.ServerConfigCallback = s.serverConfig
	srv.ChannelHandlers = map[string]ssh.ChannelHandler{"session": s.handleChannel}
	srv.RequestHandlers = map[string]ssh.RequestHandler{}
	srv.SubsystemHandlers = map[string]ssh.SubsystemHandler{}
	srv.ConnectionFailedCallback = s.handshakeFailed
	s.ssh = srv
	return s, nil
}

// serverConfig sets algorithms without SHA-1 and NIST curves: ssh-audit counts
// the defaults of x/crypto as failures.
func (s *Server) serverConfig(ctx ssh.Context) *gossh.ServerConfig {
	return &gossh.ServerConfig{
		MaxAuthTries: s.limits.AuthTries,
		// The attempt by method "none" reaches no callback but this one.
		AuthLogCallback: func(conn gossh.ConnMetadata, _ string, _ error) { sameUser(ctx, conn.User()) },
		Config: gossh.Config{
			KeyExchanges: []string{
				gossh.KeyExchangeMLKEM768X25519, gossh.KeyExchangeCurve25519,
			},
			Ciphers: []string{
				gossh.CipherChaCha20Poly1305, gossh.CipherAES256GCM, gossh.CipherAES128GCM,
			},
			MACs: []string{gossh.HMACSHA512ETM, gossh.HMACSHA256ETM},
		},
	}
}

// Fingerprint is the SHA-256 fingerprint of the host key.
func (s *Server) Fingerprint() string {
	if len(s.ssh.HostSigners) == 0 {
		return ""
	}
	return gossh.FingerprintSHA256(s.ssh.HostSigners[0].PublicKey())
}

// Serve takes connections until Shutdown, which closes l; it then returns nil.
func (s *Server) Serve(l net.Listener) error {
	s.mu.Lock()
	closing := s.closing
	s.ear = l
	s.mu.Unlock()
	if closing {
		return l.Close()
	}
	if err := s.ssh.Serve(l); !s.isClosing() {
		return fmt.Errorf("serve SSH: %w", err)
	}
	return nil
}

func (s *Server) isClosing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closing
}

// Shutdown stops taking connections, tells everybody, ends the programs so
// that terminals are restored, and closes what is left when they have ended or
// ctx is done. The library's own Shutdown is left out: it knows nothing of who
// still shakes hands, and waits for connections while others join them.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	s.closing = true
	programs := slices.Collect(maps.Keys(s.running))
	ear := s.ear
	s.mu.Unlock()

	var err error
	if ear != nil {
		err = ear.Close()
	}
	for _, p := range programs {
		p.end(farewellRestart)
	}
	for _, p := range programs {
		select {
		case <-p.ended:
		case <-ctx.Done():
		}
	}
	s.mu.Lock()
	left := slices.Collect(maps.Keys(s.open))
	s.mu.Unlock()
	for _, c := range left {
		_ = c.Close()
	}
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("close the SSH server: %w", err)
	}
	return nil
}

func (s *Server) handshakeFailed(conn net.Conn, err error) {
	s.metrics.refused.WithLabelValues(handshakeReason(err)).Inc()
	s.log.Debug("ssh handshake failed", "address", hostOf(conn.RemoteAddr()), "error", err)
}

// track registers a program; false when the server is closing.
func (s *Server) track(p *program) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	s.running[p] = struct{}{}
	return true
}

func (s *Server) untrack(p *program) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.running, p)
	close(p.ended)
}

func hostOf(a net.Addr) string {
	if a == nil {
		return ""
	}
	host, _, err := net.SplitHostPort(a.String())
	if err != nil {
		return a.String()
	}
	return host
}
