package main

import (
	"fmt"
	"runtime/debug"

	"github.com/spf13/cobra"

	"example.com/marquee/tui/verb"
)

// linked is the commit where the linker was told, as tui/Dockerfile does: git
// is not at hand there.
var linked string

// version names what was built: the commit, or the module's version.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return versionOf(info, linked)
}

// versionOf is the version of a program: its commit, with a plus where files
// were changed, else the version of its module, which ends with the commit
// unless it is a release.
func versionOf(info *debug.BuildInfo, commit string) string {
	commit, changed := commit[:min(12, len(commit))], ""
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
