package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/signal"
	"time"

	"github.com/spf13/cobra"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/verb"
)

func newExportAccount(e environment, at *target) *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use: "account [FILE.json]", Short: e.say.T("export.account_short"), Long: e.say.T("export.account_long"),
		Args: verb.AtMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
			defer stop()
			path := ""
			if len(args) > 0 {
				path = args[0]
			}
			return exportAccount(ctx, cmd, e, *at, path, force)
		},
	}
	c.Flags().BoolVar(&force, "force", false, e.say.T("letterboxd.flag_force"))
	return c
}

// exportAccount asks for everything before it writes, as exportLetterboxd does.
func exportAccount(ctx context.Context, cmd *cobra.Command, e environment, at target, path string, force bool) error {
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
			path = marquee.ExportName(user.Username, time.Now())
			if err := mayWrite(path, force); err != nil {
				return err
			}
		}
		err = c.ExportMe(ctx, &content)
		if !marquee.IsCode(err, marquee.CodeStepUpRequired) {
			return err
		}
		if err := proveAgain(ctx, e, c, user.MFAEnabled); err != nil {
			return err
		}
		content.Reset()
		return c.ExportMe(ctx, &content)
	})
	if ctx.Err() != nil {
		return context.Canceled
	}
	if err != nil {
		return err
	}
	if path == "-" {
		_, err := cmd.OutOrStdout().Write(content.Bytes())
		return err
	}
	if err := writeFile(path, content.Bytes(), force); err != nil {
		return err
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), e.say.T("export.account_written", "File", marquee.CleanText(path, 0)))
	return err
}

// proveAgain asks for the password, and a code where one is needed: of a
// terminal, or as lines of standard input.
func proveAgain(ctx context.Context, e environment, c *connection, withCode bool) error {
	if err := marquee.StepUpRefused(ctx, c, marquee.E(marquee.CodeStepUpRequired)); marquee.IsCode(err, marquee.CodeStepUpRefused) {
		return err
	}
	ask := newPrompt(os.Stderr)
	fmt.Fprintln(os.Stderr, e.say.T("tui.factor.prove"))
	var proof marquee.StepUp
	var err error
	if proof.Password, err = ask.Secret(ctx, e.say.T("tui.field.password")); err != nil {
		return err
	}
	if withCode {
		if proof.Code, err = ask.Line(ctx, e.say.T("export.code")); err != nil {
			return err
		}
	}
	return c.StepUp(ctx, proof)
}
