package verb

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"
)

// Commands returns the verbs that ask the server and need nothing of the
// machine that they are typed at. Usage errors are UsageErrors.
func Commands(w World) []*cobra.Command {
	return []*cobra.Command{
		newWhoami(w), newMovies(w), newMovie(w), newRate(w), newUnrate(w), newWatchlist(w), newWatched(w), newDiary(w),
		newSessions(w), newRevoke(w), newLockdown(w), newActivity(w), newKeys(w),
	}
}

// Run runs what was asked for over SSH, args being its words, and returns how
// to end. It is every verb of Commands and help, nothing of the machine's, and
// whoever asks for anything else is shown the list; ctx ends with the channel.
func Run(ctx context.Context, w World, args []string) int {
	root := &cobra.Command{
		Use: "marquee", Short: w.Say.T("command.short"), Args: NoArguments, SilenceErrors: true, SilenceUsage: true,
		CompletionOptions: cobra.CompletionOptions{DisableDefaultCmd: true},
		RunE:              func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	Prepare(root, w)
	root.AddCommand(Commands(w)...)
	root.SetIn(w.In)
	root.SetOut(w.Out)
	root.SetErr(w.Err)
	if args == nil {
		args = []string{} // nil would be the process's own
	}
	root.SetArgs(args)
	code := Report(w.Err, w.Say, root.ExecuteContext(ctx))
	if found, _, err := root.Find(args); code == ExitUsage && (err != nil || found == root) {
		root.SetOut(w.Err)
		_ = root.Help()
	}
	return code
}

// Prepare makes a root command speak the person's language and its mistakes
// UsageErrors.
func Prepare(root *cobra.Command, w World) {
	root.SetFlagErrorFunc(badFlag)
	root.SetUsageTemplate(strings.NewReplacer(
		"Usage:", w.say("usage"), "Available Commands:", w.say("usage_commands"), "Global Flags:", w.say("usage_global"), "Flags:", w.say("usage_flags"),
		`Use "{{.CommandPath}} [command] --help" for more information about a command.`, w.say("usage_more", "Command", "{{.CommandPath}}"),
	).Replace(root.UsageTemplate()))
	root.SetHelpCommand(&cobra.Command{
		Use: "help [COMMAND]", Short: w.say("help_short"),
		RunE: func(cmd *cobra.Command, args []string) error {
			found, rest, err := cmd.Root().Find(args)
			if err != nil {
				return UsageError{err}
			}
			if len(rest) > 0 {
				return noCommand(found, rest[0])
			}
			found.InitDefaultHelpFlag()
			return found.Help()
		},
	})
	root.PersistentFlags().BoolP("help", "h", false, w.say("flag_help"))
}

// errAmbiguous says that a title is that of several films.
var errAmbiguous = errors.New("verb.ambiguous")
