package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"time"
)

// verbTimeout bounds a command that asks the server something.
const verbTimeout = 30 * time.Second

// ask runs one command against the server, the local one if none is named.
// ctrl+c ends it.
func ask(ctx context.Context, e environment, at target, act func(context.Context, *connection) error) error {
	ctx, cancel := context.WithTimeout(ctx, verbTimeout)
	defer cancel()
	return askWithin(ctx, e, at, act)
}

// askWithin is ask for a command that takes as long as ctx lets it.
func askWithin(ctx context.Context, e environment, at target, act func(context.Context, *connection) error) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt)
	defer stop()
	conn, err := connect(ctx, e, at, "cli", func(error) {
		fmt.Fprintln(os.Stderr, "marquee:", e.say.T("command.not_saved"))
	})
	if err != nil {
		return err
	}
	defer conn.close()
	return conn.within(func() error { return act(ctx, conn) })
}
