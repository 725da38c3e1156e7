package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"example.com/marquee/backend/config"
	"example.com/marquee/backend/operator"
	"example.com/marquee/common/lang"
)

// handover is how long an operator's command waits for a server that is just
// starting or ending on the same data directory.
const handover = 10 * time.Second

// Operate runs an operator's command and returns its exit code: through the
// server that runs on the data directory, or here, holding the lock, when
// there is none. With Postgres it runs here.
func Operate(ctx context.Context, cfg config.Config, o Options, c operator.Command, messages *lang.Messages, out operator.Output) (int, error) {
	o = o.withDefaults(cfg)
	for deadline := time.Now().Add(handover); ; {
		p, err := open(ctx, cfg, o)
		if err == nil {
			d := p.desk(publicURL(cfg))
			d.Messages, d.Out = messages, out
			exit := operator.Execute(ctx, c, &d)
			return exit, p.close()
		}
		if !errors.Is(err, ErrInUse) {
			return operator.ExitFailed, err
		}
		socket, socketErr := SocketPath(cfg.DataDir)
		if socketErr != nil {
			return operator.ExitFailed, socketErr
		}
		exit, err := operator.Send(ctx, socket, c, messages.Tag(), out)
		if !errors.Is(err, operator.ErrNoServer) || time.Now().After(deadline) {
			return exit, err
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return operator.ExitFailed, ctx.Err()
		}
	}
}

// publicURL is where links begin when no server runs.
func publicURL(cfg config.Config) config.PublicURL {
	if cfg.PublicURL.URL != nil {
		return cfg.PublicURL
	}
	return config.At(string(cfg.Addr), cfg.Certificate != nil)
}

// Migrate brings the database up to date and closes it again.
func Migrate(ctx context.Context, cfg config.Config, o Options) error {
	o = o.withDefaults(cfg)
	p := &parts{cfg: cfg}
	err := p.openDir()
	if err == nil {
		err = p.openStore(ctx, o)
	}
	if err := errors.Join(err, p.close()); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}
