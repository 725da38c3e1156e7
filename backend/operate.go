package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"golang.org/x/term"

	"example.com/marquee/backend/app"
	"example.com/marquee/backend/config"
	"example.com/marquee/backend/operator"
	"example.com/marquee/common/lang"
)

// operate runs an operator's command, here or in the server that runs.
func operate(ctx context.Context, msgs *lang.Messages, c operator.Command) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	out := &terminal{msgs: msgs, bars: term.IsTerminal(int(os.Stderr.Fd())), clock: time.Now, out: os.Stdout, err: os.Stderr}
	code, err := app.Operate(ctx, cfg, app.Options{Log: quietLog(cfg)}, c, msgs, out)
	out.finish()
	if ctx.Err() != nil {
		// What a command wrote before stays, in whole batches.
		out.soFar()
		fmt.Fprintln(os.Stderr, msgs.T("cli.interrupted"))
		return exit(130)
	}
	if errors.Is(err, app.ErrInUse) {
		return errors.New(msgs.T("cli.in_use", "Dir", cfg.DataDir))
	}
	if err == nil && code != operator.ExitOK {
		return exit(code)
	}
	return err
}

// quietLog tells of what is wrong only: the command's own lines are the rest.
func quietLog(cfg config.Config) *slog.Logger {
	cfg.LogLevel = max(cfg.LogLevel, config.Level(slog.LevelWarn))
	return newLog(cfg)
}
