// Command marquee is the terminal client. Without an argument it opens the
// pages; with nothing configured it is its own server as well. This package
// reads arguments and wires; pages are in tui/app, the verbs that ask a server
// in tui/verb, the server in backend/app.
package main

import (
	"context"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	// First of all: keeps Bubble Tea from questioning the terminal at start.
	_ "example.com/marquee/tui/quiet"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"example.com/marquee/tui/verb"
)

func main() { os.Exit(run(newEnvironment(os.Environ()).withSettings())) }

func run(e environment) int {
	// A closed terminal ends the program in order, so that its server goes too.
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	root := newRoot(e)
	if err := root.ExecuteContext(ctx); err != nil {
		return report(os.Stderr, e.say, err)
	}
	return verb.ExitOK
}

// newRoot is the command line.
func newRoot(e environment) *cobra.Command {
	var at target
	var plain bool
	var look string
	root := &cobra.Command{
		Use:           "marquee",
		Short:         e.say.T("command.short"),
		Long:          e.say.T("command.long"),
		Version:       version(),
		Args:          verb.NoArguments,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if plain || e.accessibleWanted() {
				return runAccessible(cmd.Context(), e, at)
			}
			return runTerminal(cmd.Context(), e, at, look)
		},
	}
	w := verb.World{
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Say: e.say, Width: terminalSize().Width, Zone: time.Local,
		Ask: func(ctx context.Context, act func(context.Context, verb.Service) error) error {
			return ask(ctx, e, at, func(ctx context.Context, c *connection) error { return act(ctx, c) })
		},
	}
	verb.Prepare(root, w)
	root.PersistentFlags().StringVar(&at.server, "server", "", e.say.T("command.flag_server"))
	root.PersistentFlags().StringVar(&at.account, "user", "", e.say.T("command.flag_user"))
	root.Flags().BoolVar(&plain, "accessible", false, e.say.T("command.flag_accessible"))
	root.Flags().StringVar(&look, "theme", "", e.say.T("command.flag_theme", "Names", strings.Join(themeNames(), ", ")))
	_ = root.RegisterFlagCompletionFunc("theme", cobra.FixedCompletions(themeNames(), cobra.ShellCompDirectiveNoFileComp))
	root.Flags().BoolP("version", "v", false, e.say.T("command.flag_version"))
	root.AddCommand(verb.Commands(w)...)
	root.AddCommand(newVersion(e), newConfig(w, e, &at), newLogin(w, e, &at), newApprove(w, e, &at), newLogout(w, e, &at), newAccounts(w, e, &at), newToken(w, e, &at),
		newServe(e, &at.server), newReady(e), newImport(e, &at), newExport(e, &at), newCompletion(e, w.Out))
	for _, cmd := range root.Commands() {
		if cmd.Name() == "keys" {
			cmd.AddCommand(newKeysLink(w, e, &at))
		}
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	return root
}

// isTerminal reports whether v is a file that is a terminal.
func isTerminal(v any) bool {
	f, ok := v.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
