// Command marquee is the terminal client. Without an argument it opens the
// pages; with nothing configured it is its own server as well. This package
// reads arguments and wires; pages are in tui/app, the server in backend/app.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	// First of all: keeps Bubble Tea from questioning the terminal at start.
	_ "example.com/marquee/tui/quiet"

	"github.com/spf13/cobra"
)

func main() { os.Exit(run()) }

func run() int {
	// A closed terminal ends the program in order, so that its server goes too.
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	e := newEnvironment(os.Environ())
	root := newRoot(e)
	if err := root.ExecuteContext(ctx); err != nil {
		return report(os.Stderr, e.say, err)
	}
	return exitOK
}

// newRoot is the command line.
func newRoot(e environment) *cobra.Command {
	var server string
	root := &cobra.Command{
		Use:           "marquee",
		Short:         e.say.T("command.short"),
		Long:          e.say.T("command.long"),
		Version:       version(),
		Args:          noArguments,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(cmd *cobra.Command, _ []string) error { return runTerminal(cmd.Context(), e, server) },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.PersistentFlags().StringVar(&server, "server", "", e.say.T("command.flag_server"))
	root.AddCommand(newVersion(e), newConfig(e), newWhoami(e, &server), newLogout(e, &server), newServe(e, &server), newReady(e),
		newImport(e, &server), newExport(e, &server))
	return root
}

func noArguments(cmd *cobra.Command, args []string) error {
	if err := cobra.NoArgs(cmd, args); err != nil {
		return usageError{err}
	}
	return nil
}
