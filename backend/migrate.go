package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/marquee/backend/app"
	"example.com/marquee/backend/config"
	"example.com/marquee/common/lang"
)

func migrateCommand(msgs *lang.Messages) *cobra.Command {
	return &cobra.Command{
		Use: "migrate", Short: "Bring the database up to date", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(os.Environ())
			if err != nil {
				return err
			}
			if err := app.Migrate(cmd.Context(), cfg, app.Options{Log: newLog(cfg)}); err != nil {
				return err
			}
			fmt.Println(msgs.T("cli.migrated"))
			return nil
		},
	}
}

// healthCommand asks the server of the same settings whether it is ready: a
// container without a shell has nothing else to ask with.
func healthCommand(msgs *lang.Messages) *cobra.Command {
	return &cobra.Command{
		Use: "ready", Short: "Ask the running server whether it is ready", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(os.Environ())
			if err != nil {
				return err
			}
			status, err := askReady(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			if status != http.StatusOK {
				fmt.Fprintln(os.Stderr, msgs.T("cli.not_ready", "Status", status))
				return exit(1)
			}
			return nil
		},
	}
}

func askReady(ctx context.Context, cfg config.Config) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	address := strings.NewReplacer("0.0.0.0:", "127.0.0.1:", "[::]:", "[::1]:").Replace(string(cfg.Addr))
	if strings.HasPrefix(address, ":") {
		address = "127.0.0.1" + address
	}
	url := config.At(address, cfg.Certificate != nil).String() + "/readyz"
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	// It asks itself on this machine; the certificate is for another name.
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(r)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}
