// Command backend is the server of marquee and what its operator types.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"example.com/marquee/backend/app"
	"example.com/marquee/backend/config"
	"example.com/marquee/backend/operator"
	"example.com/marquee/common/lang"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the program at once: the first one's handler is gone.
	context.AfterFunc(ctx, stop)
	os.Exit(run(ctx, os.Args[1:]))
}

// exit is an exit code of which everything has been said.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit %d", int(e)) }

// errUsage marks arguments that cannot be understood.
var errUsage = errors.New("usage")

func run(ctx context.Context, args []string) int {
	msgs := lang.In(locale())
	cmd := newRoot(msgs)
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(ctx)
	var code exit
	var setting *config.Error
	switch {
	case err == nil:
		return operator.ExitOK
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &setting):
		fmt.Fprintln(os.Stderr, setting.Say(msgs))
		return operator.ExitUsage
	case errors.Is(err, errUsage):
		fmt.Fprintln(os.Stderr, err)
		return operator.ExitUsage
	}
	operator.Explain(err, msgs, func(line string) { fmt.Fprintln(os.Stderr, line) })
	return operator.ExitFailed
}

func newRoot(msgs *lang.Messages) *cobra.Command {
	root := &cobra.Command{
		Use: "backend", Short: "The server of marquee", Args: usage(cobra.NoArgs),
		SilenceErrors: true, SilenceUsage: true,
		RunE: func(cmd *cobra.Command, _ []string) error { return serve(cmd.Context()) },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return fmt.Errorf("%w: %w", errUsage, err) })
	root.AddCommand(
		&cobra.Command{
			Use: "serve", Short: "Migrate and serve (the default)", Args: usage(cobra.NoArgs),
			RunE: func(cmd *cobra.Command, _ []string) error { return serve(cmd.Context()) },
		},
		migrateCommand(msgs), healthCommand(msgs), importCommand(msgs), userCommand(msgs), keysCommand(msgs),
		backupCommand(msgs), restoreCommand(msgs),
	)
	return root
}

// usage marks what a check of arguments complains of.
func usage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return fmt.Errorf("%w: %w", errUsage, err)
		}
		return nil
	}
}

func serve(ctx context.Context) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	a, err := app.New(ctx, cfg, app.Options{Log: newLog(cfg)})
	if err != nil {
		return err
	}
	if strings.HasSuffix(string(cfg.Addr), ":0") {
		fmt.Println(a.URL()) // a script that asked for any port must learn which
	}
	return a.Run(ctx)
}

// locale is the operator's, as POSIX orders the variables.
func locale() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			return v
		}
	}
	return lang.English
}
