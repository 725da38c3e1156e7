package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/spf13/cobra"

	"example.com/marquee/common/marquee"
	"example.com/marquee/tui/verb"
)

func newApprove(w verb.World, e environment, at *target) *cobra.Command {
	var refuse bool
	var number string
	c := &cobra.Command{
		Use: "approve CODE", Short: e.say.T("approve.short"), Long: e.say.T("approve.long"),
		Args: verb.Exactly(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt)
			defer stop()
			return askWithin(ctx, e, *at, func(ctx context.Context, c *connection) error {
				return answerDevice(ctx, w, e, c, args[0], number, refuse)
			})
		},
	}
	c.Flags().BoolVar(&refuse, "refuse", false, e.say.T("approve.flag_refuse"))
	c.Flags().StringVar(&number, "number", "", e.say.T("approve.flag_number"))
	return c
}

// answerDevice shows who asks by a code, and lets him in once the person has
// typed the number that his screen shows: a yes alone would be given too
// easily to a stranger's code.
func answerDevice(ctx context.Context, w verb.World, e environment, c *connection, code, number string, refuse bool) error {
	d, err := c.DeviceRequest(ctx, code, marquee.Origin{})
	if err != nil {
		return err
	}
	if refuse {
		if err := c.AnswerDevice(ctx, code, false, marquee.Origin{}); err != nil {
			return err
		}
		_, err = fmt.Fprintln(w.Out, e.say.T("approve.refused"))
		return err
	}
	fmt.Fprintln(w.Err, e.say.T("approve.asks", "Client", e.say.T("pages.client."+d.Client), "Address", marquee.CleanText(d.Address, 64),
		"Agent", marquee.CleanText(d.Agent, 256), "Time", d.AskedAt.Local().Format("15:04")))
	if d.EndsThisSession {
		fmt.Fprintln(w.Err, e.say.T("approve.ends_this"))
	}
	if number == "" {
		if number, err = newPrompt(os.Stderr).Line(ctx, e.say.T("approve.number")); err != nil {
			return err
		}
	}
	if number != d.Number {
		return verb.Usage("approve.other_number")
	}
	if err := approveDevice(ctx, e, c, code); err != nil {
		return err
	}
	_, err = fmt.Fprintln(w.Out, e.say.T("approve.done"))
	return err
}

func approveDevice(ctx context.Context, e environment, c *connection, code string) error {
	err := c.AnswerDevice(ctx, code, true, marquee.Origin{})
	if !marquee.IsCode(err, marquee.CodeStepUpRequired) {
		return err
	}
	user, err := c.Me(ctx)
	if err != nil {
		return err
	}
	if err := proveAgain(ctx, e, c, user.MFAEnabled); err != nil {
		return err
	}
	return c.AnswerDevice(ctx, code, true, marquee.Origin{})
}
