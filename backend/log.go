package main

import (
	"log/slog"
	"os"

	"golang.org/x/term"

	"example.com/marquee/backend/config"
)

// newLog writes to standard error: text on a terminal, else JSON, unless
// LOG_FORMAT says otherwise.
func newLog(cfg config.Config) *slog.Logger {
	options := &slog.HandlerOptions{Level: slog.Level(cfg.LogLevel)}
	format := cfg.LogFormat
	if format == "" && term.IsTerminal(int(os.Stderr.Fd())) {
		format = "text"
	}
	if format == "text" {
		return slog.New(slog.NewTextHandler(os.Stderr, options))
	}
	return slog.New(slog.NewJSONHandler(os.Stderr, options))
}
