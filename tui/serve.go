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
	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"example.com/marquee/backend/config"
	"example.com/marquee/tui/app"
	"example.com/marquee/tui/app/background"
	"example.com/marquee/tui/sshd"
	"example.com/marquee/tui/verb"
)

const (
	defaultSSHAddr = "127.0.0.1:23234"
	hostKeyName    = "ssh_host_ed25519_key"
	// sshEnd bounds how long visitors are told of an end and let go.
	sshEnd = 5 * time.Second
)

func newServe(e environment, server *string) *cobra.Command {
	var init bool
	var trustFile string
	cmd := &cobra.Command{
		Use: "serve", Short: e.say.T("command.serve_short"), Long: e.say.T("command.serve_long"), Args: verb.NoArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if init {
				return initServe(e, trustFile, cmd.OutOrStdout())
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
			defer stop()
			return runServe(ctx, e, *server, cmd.ErrOrStderr())
		},
	}
	cmd.Flags().BoolVar(&init, "init", false, e.say.T("command.flag_init"))
	cmd.Flags().StringVar(&trustFile, "trust-file", "", e.say.T("command.flag_trust_file"))
	_ = cmd.MarkFlagFilename("trust-file")
	return cmd
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
	registry := prometheus.NewRegistry()
	stopMetrics, err := serveMetrics(e, registry, log)
	if err != nil {
		return err
	}
	defer stopMetrics()
	desk, err := newDesk(ctx, e, conn, log)
	if err != nil {
		return err
	}
	defer desk.close()
	door, err := sshd.New(sshd.Options{
		HostKeyPath: keyPath, Log: log, Hello: background.Question, Metrics: registry,
		NewProgram: desk.newProgram, RunCommand: desk.runCommand,
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
	fmt.Fprintln(out, e.say.T("command.serving_ssh", "Command", sshCommand("", l.Addr()), "Fingerprint", door.Fingerprint()))
	if desk.gateway == nil {
		fmt.Fprintln(out, e.say.T("command.serving_without_keys"))
	}

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

// hostKeyPath is SSH_HOST_KEY, or a file in the data directory.
func hostKeyPath(e environment) (string, error) {
	if path := e.get("SSH_HOST_KEY"); path != "" {
		return path, nil
	}
	dir, err := dataDir(e)
	return filepath.Join(dir, hostKeyName), err
}

// dataDir is where this process keeps what is its own; it makes it.
func dataDir(e environment) (string, error) {
	cfg, err := config.Load(e.environ)
	if err != nil {
		return "", verb.UsageError{Err: err}
	}
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return "", fmt.Errorf("data directory: %w", err)
	}
	return cfg.DataDir, nil
}

// sshCommand is what people type to come to an address; host is the name that
// they know it by, "" if there is no other than the address.
func sshCommand(host string, a net.Addr, options ...string) string {
	address, port, _ := net.SplitHostPort(a.String())
	if host == "" {
		host = address
	}
	command := "ssh"
	for _, o := range options {
		command += " " + o
	}
	if port != "22" {
		command += " -p " + port
	}
	return command + " " + host
}
