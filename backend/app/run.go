package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"example.com/marquee/backend/redisstore"
)

const policyPause = 5 * time.Second

// Run serves until ctx ends, then drains: /readyz goes red, connections are
// taken for DrainPause more, requests under way finish, all within DrainLimit.
// It closes the App.
func (a *App) Run(ctx context.Context) error {
	a.announce(ctx)
	failed := make(chan error, len(a.servers))
	for _, s := range a.servers {
		go func() { failed <- s.serve() }()
	}
	// Beyond the end of ctx: what is served meanwhile goes by what they watch.
	watching, stopWatching := context.WithCancel(context.WithoutCancel(ctx))
	var watchers sync.WaitGroup
	watchers.Go(func() { a.watchPolicy(watching) })
	watchers.Go(func() { a.auth.FollowKeys(watching) })
	watchers.Go(func() { a.auth.Housekeep(watching) })
	watchers.Go(func() { a.films.KeepCommonTerms(watching) })
	watchers.Go(func() { a.live.Run(watching) })

	var err error
	select {
	case <-ctx.Done():
		err = a.drain(context.WithoutCancel(ctx))
	case err = <-failed:
		err = fmt.Errorf("a listener failed: %w", err)
	}
	stopWatching()
	watchers.Wait()
	return errors.Join(err, a.Close())
}

func (a *App) announce(ctx context.Context) {
	log := a.opt.Log
	for _, w := range a.cfg.Warnings {
		log.WarnContext(ctx, w)
	}
	if !a.cfg.RateLimits {
		log.WarnContext(ctx, "RATE_LIMITS is off: anybody may guess passwords as fast as he can")
	}
	if a.dir != nil && a.cfg.RedisURL.Reveal() == "" {
		log.InfoContext(ctx, "running on the embedded parts: SQLite and a Redis inside the process; set DATABASE_URL and REDIS_URL for Postgres and Redis",
			"directory", a.dir.Path())
	}
	if a.public.URL.Scheme == "http" {
		log.InfoContext(ctx, "the pages are reached by plain HTTP: their cookies go without Secure and the __Host- prefix", "public_url", a.public.String())
	}
	log.InfoContext(ctx, "serving", "url", a.bound, "public_url", a.public.String(), "socket", a.Socket())
}

func (a *App) drain(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, a.opt.DrainLimit)
	defer cancel()
	a.draining.Store(true)
	close(a.drained)
	a.opt.Log.InfoContext(ctx, "ending: requests under way finish", "limit", a.opt.DrainLimit)
	for _, s := range a.servers {
		s.http.SetKeepAlivesEnabled(false)
	}
	if a.opt.DrainPause > 0 {
		select {
		case <-time.After(a.opt.DrainPause):
		case <-ctx.Done():
		}
	}
	ends := make(chan error, len(a.servers))
	for _, s := range a.servers {
		go func() { ends <- s.shutdown(ctx) }()
	}
	var errs error
	for range a.servers {
		errs = errors.Join(errs, <-ends)
	}
	if errs != nil {
		return fmt.Errorf("some requests were cut off: %w", errs)
	}
	a.opt.Log.InfoContext(ctx, "ended")
	return nil
}

// watchPolicy asks a Redis that was away at the start for its policy when it
// comes, and again now and then, since it can be changed under us.
func (a *App) watchPolicy(ctx context.Context) {
	for pause := policyPause; ; {
		err := a.redis.CheckPolicy(ctx)
		evicts := errors.Is(err, redisstore.ErrEvicts)
		if evicts && !a.policyBad.Load() {
			a.opt.Log.ErrorContext(ctx, "not ready", "error", err)
		}
		if err == nil || evicts {
			a.policyBad.Store(evicts)
			pause = 12 * policyPause
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return
		}
	}
}
