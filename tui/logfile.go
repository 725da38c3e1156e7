package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"example.com/marquee/backend/config"
)

const (
	logName = "marquee.log"
	logMost = 5 << 20 // bytes; beyond, the file begins anew and one before is kept
)

// openLog opens the log of a data directory, for its owner only. The screen
// belongs to the pages: nothing else may write there.
func openLog(cfg config.Config) (*slog.Logger, *os.File, error) {
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return nil, nil, fmt.Errorf("data directory: %w", err)
	}
	path := filepath.Join(cfg.DataDir, logName)
	if info, err := os.Stat(path); err == nil && info.Size() > logMost {
		if err := os.Rename(path, path+".1"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, fmt.Errorf("log: %w", err)
		}
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf("log: %w", err)
	}
	log := slog.New(slog.NewTextHandler(f, &slog.HandlerOptions{Level: slog.Level(cfg.LogLevel)}))
	return log.With("pid", os.Getpid()), f, nil
}
