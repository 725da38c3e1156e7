package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"example.com/marquee/tui/verb"
)

// version names what was built: the module's version and the commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	commit, changed := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value[:min(12, len(s.Value))]
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+"
		}
	}
	if commit == "" {
		return info.Main.Version
	}
	return commit + changed
}

func newVersion(e environment) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: e.say.T("command.version_short"), Args: verb.NoArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), "marquee", version())
			return err
		},
	}
}
