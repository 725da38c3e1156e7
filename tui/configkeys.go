package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"example.com/marquee/tui/app"
	"example.com/marquee/tui/verb"
)

// newConfigKeys lists the key map as the settings leave it.
func newConfigKeys(w verb.World, e environment) *cobra.Command {
	var markdown bool
	c := &cobra.Command{Use: "keys", Short: e.say.T("command.config_keys_short"), Args: verb.NoArguments}
	asJSON := w.JSONFlag(c)
	c.Flags().BoolVar(&markdown, "markdown", false, e.say.T("command.flag_markdown"))
	c.RunE = func(*cobra.Command, []string) error {
		table := app.KeyTable(e.say, e.set.Keys)
		if *asJSON {
			return verb.WriteJSON(w.Out, table)
		}
		if markdown {
			return writeKeys(w.Out, e, table)
		}
		var pairs []string
		for _, line := range table {
			pairs = append(pairs, line.Action, strings.Join(line.Keys, " ")+" · "+line.Does)
		}
		return w.Pairs(pairs...)
	}
	return c
}

// writeKeys writes a table in Markdown.
func writeKeys(out io.Writer, e environment, table []app.KeyLine) error {
	var b strings.Builder
	row := func(cells ...string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	row(e.say.T("command.key_keys"), e.say.T("command.key_does"), e.say.T("command.key_action"))
	row("---", "---", "---")
	for _, line := range table {
		row("`"+strings.Join(line.Keys, "` `")+"`", line.Does, "`"+line.Action+"`")
	}
	_, err := fmt.Fprint(out, b.String())
	return err
}
