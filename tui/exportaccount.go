package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"example.com/marquee/common/marquee"
)

func newExportAccount(e environment, at *target) *cobra.Command {
	return export{
		name: func(username string) string { return marquee.ExportName(username, time.Now()) },
		gather: func(ctx context.Context, c *connection, user marquee.User, w *bytes.Buffer) error {
			err := c.ExportMe(ctx, w)
			if !marquee.IsCode(err, marquee.CodeStepUpRequired) {
				return err
			}
			if err := proveAgain(ctx, e, c, user.MFAEnabled); err != nil {
				return err
			}
			w.Reset()
			return c.ExportMe(ctx, w)
		},
		written: func(file string) string { return e.say.T("export.account_written", "File", file) },
	}.command(&cobra.Command{
		Use: "account [FILE.json]", Short: e.say.T("export.account_short"), Long: e.say.T("export.account_long"),
	}, e, at)
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
