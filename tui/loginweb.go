package main

import (
	"context"
	"fmt"
	"os"

	"github.com/mdp/qrterminal/v3"

	"example.com/marquee/common/client"
	"example.com/marquee/common/marquee"
)

// byApproval signs in by letting another session decide (RFC 8628). What to do
// there goes to standard error, where a person reads it; a terminal gets a QR
// code for the phone besides.
func (l login) byApproval(ctx context.Context, c *client.Client) error {
	d, err := c.AskDevice(ctx, marquee.Origin{})
	if err != nil {
		return err
	}
	say, clean := l.env.say.T, func(s string) string { return marquee.CleanText(s, 512) }
	if isTerminal(os.Stderr) {
		qrterminal.GenerateWithConfig(d.VerificationURIComplete, qrterminal.Config{
			Level: qrterminal.L, Writer: l.world.Err, HalfBlocks: true, QuietZone: 1,
			BlackChar: qrterminal.BLACK_BLACK, WhiteChar: qrterminal.WHITE_WHITE,
			WhiteBlackChar: qrterminal.WHITE_BLACK, BlackWhiteChar: qrterminal.BLACK_WHITE,
		})
	}
	fmt.Fprintln(l.world.Err, say("command.approve_at", "Address", clean(d.VerificationURI), "Code", clean(d.UserCode), "Number", clean(d.Number)))
	fmt.Fprintln(l.world.Err, say("command.approve_waiting"))
	_, err = c.AwaitDevice(ctx, d)
	return err
}
