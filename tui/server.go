package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"example.com/marquee/backend/app"
	"example.com/marquee/backend/config"
)

// drainLimit is how long a terminal that quits lets others' requests finish:
// the next server has to be there within a second.
const drainLimit = 500 * time.Millisecond

// backend starts the server of a data directory inside this process.
type backend struct {
	cfg config.Config
	// fallback says that ADDR was not set: another port does as well.
	fallback bool
	log      *slog.Logger
}

func newBackend(cfg config.Config, environ []string, log *slog.Logger) backend {
	set := slices.ContainsFunc(environ, func(e string) bool {
		value, ok := strings.CutPrefix(e, "ADDR=")
		return ok && strings.TrimSpace(value) != ""
	})
	return backend{cfg: cfg, fallback: !set, log: log}
}

// start becomes the server, or returns errInUse.
func (b backend) start(ctx context.Context) (running, error) {
	a, err := app.New(ctx, b.cfg, app.Options{Log: b.log, TCPOptional: b.fallback, DrainLimit: drainLimit})
	if errors.Is(err, app.ErrInUse) {
		return nil, errInUse
	}
	if err != nil {
		return nil, fmt.Errorf("start the backend: %w", err)
	}
	return a, nil
}
