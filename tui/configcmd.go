package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"example.com/marquee/backend/config"
	"example.com/marquee/tui/credentials"
)

func newConfig(e environment) *cobra.Command {
	c := &cobra.Command{Use: "config", Short: e.say.T("command.config_short"), Args: noArguments}
	c.AddCommand(&cobra.Command{
		Use: "path", Short: e.say.T("command.config_path_short"), Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return printPaths(cmd, e) },
	})
	return c
}

// printPaths says where everything of marquee lies on this machine.
func printPaths(cmd *cobra.Command, e environment) error {
	settings, err := settingsDir(e)
	if err != nil {
		return err
	}
	cfg, err := config.Load(e.environ)
	if err != nil {
		return usageError{err}
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "settings    %s\ncredentials %s\ndata        %s\nlog         %s\n",
		settings, credentials.Dir(), cfg.DataDir, filepath.Join(cfg.DataDir, logName))
	return err
}

// settingsDir is ~/.config/marquee, on macOS as well, unless XDG says else.
func settingsDir(e environment) (string, error) {
	if dir := e.get("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "marquee"), nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".config", "marquee"), err
}
