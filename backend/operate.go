package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/schollz/progressbar/v3"
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
	out := &terminal{bars: term.IsTerminal(int(os.Stderr.Fd()))}
	code, err := app.Operate(ctx, cfg, app.Options{Log: quietLog(cfg)}, c, msgs, out)
	out.finish()
	if ctx.Err() != nil {
		// What a command wrote before stays, in whole batches.
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

// terminal is where a command's output goes: results to standard output, the
// rest to standard error, progress as a bar where somebody looks.
type terminal struct {
	bars bool
	bar  *progressbar.ProgressBar
	name string
}

func (t *terminal) Line(text string) {
	t.finish()
	fmt.Println(text)
}

func (t *terminal) Note(text string) {
	if t.bar != nil {
		_ = t.bar.Clear()
	}
	fmt.Fprintln(os.Stderr, text)
}

func (t *terminal) Progress(p operator.Progress) {
	if !t.bars {
		return
	}
	if t.bar == nil || t.name != p.Name {
		t.finish()
		total := p.Total
		if total == 0 {
			total = -1
		}
		t.name = p.Name
		t.bar = progressbar.NewOptions64(total,
			progressbar.OptionSetWriter(os.Stderr), progressbar.OptionShowBytes(true),
			progressbar.OptionSetDescription(filepath.Base(p.Name)), progressbar.OptionFullWidth(),
			progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish())
	}
	_ = t.bar.Set64(p.Done)
}

func (t *terminal) finish() {
	if t.bar != nil {
		_ = t.bar.Finish()
		t.bar = nil
	}
}
