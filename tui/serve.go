package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/spf13/cobra"

	"example.com/marquee/backend/config"
	"example.com/marquee/common/client"
	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/app"
	"example.com/marquee/tui/app/background"
	"example.com/marquee/tui/sshd"
	"example.com/marquee/tui/theme"
	"example.com/marquee/tui/verb"
)

const (
	defaultSSHAddr = "127.0.0.1:23234"
	hostKeyName    = "ssh_host_ed25519_key"
	// sshEnd bounds how long visitors are told of an end and let go.
	sshEnd = 5 * time.Second
)

func newServe(e environment, server *string) *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: e.say.T("command.serve_short"), Long: e.say.T("command.serve_long"), Args: verb.NoArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
			defer stop()
			return runServe(ctx, e, *server, cmd.ErrOrStderr())
		},
	}
}

// runServe serves the pages over SSH until ctx ends.
func runServe(ctx context.Context, e environment, server string, out io.Writer) error {
	// The server must outlive the visitors, whose sessions end at it.
	conn, err := connect(context.WithoutCancel(ctx), e, e.unattended(server), "ssh", nil)
	if err != nil {
		return err
	}
	defer conn.close()
	log := slog.New(slog.NewTextHandler(out, nil))
	keyPath, err := hostKeyPath(e)
	if err != nil {
		return err
	}
	tries := newTryLimits()
	door, err := sshd.New(sshd.Options{
		HostKeyPath: keyPath, Log: log, Hello: background.Question,
		NewProgram: func(ctx context.Context, v sshd.Visitor) (tea.Model, func(context.Context), error) {
			return newVisit(ctx, conn, tries.of(v.Address), v)
		},
		Notice: func(text string) tea.Msg { return app.NoticeMsg{Text: text} },
		Filter: func(in sshd.Reader, send func(tea.Msg)) sshd.Reader {
			return background.NewReader(in, func(dark bool) { go send(app.BackgroundMsg{Dark: dark}) })
		},
	})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", sshAddress(e))
	if err != nil {
		return verb.UsageError{Err: fmt.Errorf("SSH_ADDR: %w", err)}
	}
	fmt.Fprintln(out, e.say.T("command.serving_ssh", "Command", sshCommand(l.Addr()), "Fingerprint", door.Fingerprint()))

	served := make(chan error, 1)
	go func() { served <- door.Serve(l) }()
	select {
	case <-ctx.Done():
	case err := <-conn.failed:
		return err
	case err := <-served:
		return err
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), sshEnd)
	defer cancel()
	return door.Shutdown(end)
}

// newVisit makes the pages of one SSH channel. Its tokens live in memory and
// its session ends with the channel: nobody else could ever use it again.
func newVisit(ctx context.Context, conn *connection, limits *peerLimits, v sshd.Visitor) (tea.Model, func(context.Context), error) {
	say := lang.In(languageOf(v.Environ))
	o := conn.options
	o.Tokens, o.Language, o.ClientName = client.MemoryTokens(), say.Tag(), "ssh"
	o.Agent = marquee.CleanText("marquee over SSH from "+v.Address, 256)
	c, err := client.New(o)
	if err != nil {
		return nil, nil, err
	}
	m := app.New(app.Options{
		Context: ctx, Auth: limitedAuth{c, limits}, Movies: c, Account: c, Token: c, Admin: c, Events: c.Events, SignedIn: c.SignedIn,
		Messages: say, Theme: theme.New(v.Renderer, background.FromEnvironment(v.Environ)),
		ServerName: conn.serverName, InitialSize: app.Size{Width: v.Width, Height: v.Height},
		Passwords: conn.passwords, SetLanguage: c.SetLanguage, Remote: true,
	})
	return m, func(ctx context.Context) {
		if c.SignedIn() {
			_ = c.Logout(ctx, marquee.LogoutLocal)
		}
		c.Close()
	}, nil
}

func languageOf(environ []string) string { return newEnvironment(environ).language }

// hostKeyPath is SSH_HOST_KEY, or a file in the data directory.
func hostKeyPath(e environment) (string, error) {
	if path := e.get("SSH_HOST_KEY"); path != "" {
		return path, nil
	}
	cfg, err := config.Load(e.environ)
	if err != nil {
		return "", verb.UsageError{Err: err}
	}
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return "", fmt.Errorf("data directory: %w", err)
	}
	return filepath.Join(cfg.DataDir, hostKeyName), nil
}

func sshCommand(a net.Addr) string {
	host, port, _ := net.SplitHostPort(a.String())
	return "ssh -p " + port + " " + host
}
