package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/verb"
)

// export is a verb that makes a file of what is held of a person.
type export struct {
	// name is what the file is called unless he says otherwise.
	name func(username string) string
	// gather writes what goes into the file.
	gather func(ctx context.Context, c *connection, user marquee.User, w *bytes.Buffer) error
	// written says that the file is there.
	written func(file string) string
}

// command makes c the command of an export.
func (x export) command(c *cobra.Command, e environment, at *target) *cobra.Command {
	var force bool
	c.Args, c.ValidArgsFunction = verb.AtMost(1), files
	c.RunE = func(cmd *cobra.Command, args []string) error {
		ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
		defer stop()
		path := ""
		if len(args) > 0 {
			path = args[0]
		}
		return x.run(ctx, cmd.OutOrStdout(), e, *at, path, force)
	}
	c.Flags().BoolVar(&force, "force", false, e.say.T("export.flag_force"))
	return c
}

// run gathers everything before it writes: a file that is there is whole. path
// is "" for a name of its own, "-" for standard output. That may be no
// terminal: what a server sends goes out as it came, and could be commands to it.
func (x export) run(ctx context.Context, out io.Writer, e environment, at target, path string, force bool) error {
	if f, ok := out.(*os.File); path == "-" && ok && term.IsTerminal(int(f.Fd())) {
		return verb.UsageError{Err: errToTerminal}
	}
	if err := mayWrite(path, force); err != nil {
		return err
	}
	var content bytes.Buffer
	err := askWithin(ctx, e, at, func(ctx context.Context, c *connection) error {
		user, err := c.Me(ctx)
		if err != nil {
			return err
		}
		if path == "" {
			path = x.name(user.Username)
			if err := mayWrite(path, force); err != nil {
				return err
			}
		}
		return x.gather(ctx, c, user, &content)
	})
	if ctx.Err() != nil {
		return context.Canceled
	}
	if err != nil {
		return err
	}
	if path == "-" {
		_, err := out.Write(content.Bytes())
		return err
	}
	if err := writeFile(path, content.Bytes(), force); err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, x.written(marquee.CleanText(path, 0)))
	return err
}
