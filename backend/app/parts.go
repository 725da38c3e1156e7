package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/catalog"
	"example.com/marquee/backend/config"
	"example.com/marquee/backend/embedded"
	"example.com/marquee/backend/redisstore"
	"example.com/marquee/backend/store"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/strength"
)

// parts are the stores and the rules over them, without a server.
type parts struct {
	cfg   config.Config
	dir   *embedded.Dir // nil with Postgres
	store *store.Store
	redis *redisstore.Store
	live  *redisstore.Live
	auth  *auth.Service
	films *catalog.Service

	closers []func() error
}

// open opens the stores, brings the schema up to date and makes the rules.
// What was opened before a failure is closed again.
func open(ctx context.Context, cfg config.Config, o Options) (*parts, error) {
	p := &parts{cfg: cfg}
	err := p.openDir()
	for _, step := range []func(context.Context, Options) error{p.openStore, p.openRedis, p.makeRules} {
		if err == nil {
			err = step(ctx, o)
		}
	}
	if err != nil {
		return nil, errors.Join(err, p.close())
	}
	return p, nil
}

// close gives everything back, the lock of the data directory last.
func (p *parts) close() error {
	var errs error
	for _, c := range slices.Backward(p.closers) {
		errs = errors.Join(errs, c())
	}
	p.closers = nil
	return errs
}

// openDir opens the data directory and takes its lock.
func (p *parts) openDir() error {
	if !p.cfg.Embedded() {
		return nil
	}
	dir, err := embedded.OpenDir(p.cfg.DataDir)
	if err != nil {
		return err
	}
	held, err := dir.TryLock()
	if err != nil {
		return err
	}
	if !held {
		return fmt.Errorf("%s: %w", dir.Path(), ErrInUse)
	}
	p.dir = dir
	p.closers = append(p.closers, dir.Unlock)
	return nil
}

func (p *parts) openStore(ctx context.Context, o Options) error {
	url := p.cfg.DatabaseURL.Reveal()
	if url == "" {
		url = p.dir.DatabaseURL()
	}
	s, err := openPatiently(ctx, store.Options{URL: url, Clock: o.Clock, Log: o.Log}, o)
	if err != nil {
		return err
	}
	p.store = s
	p.closers = append(p.closers, s.Close)
	return s.Migrate(ctx)
}

// openPatiently waits for a database that is still starting, as one beside us
// in a composition is, but not for ever.
func openPatiently(ctx context.Context, so store.Options, o Options) (*store.Store, error) {
	ctx, cancel := context.WithTimeout(ctx, o.DatabaseWait)
	defer cancel()
	for {
		s, err := store.Open(ctx, so)
		if !marquee.IsCode(err, marquee.CodeUnavailable) {
			return s, err
		}
		o.Log.WarnContext(ctx, "the database does not answer yet", "error", err)
		select {
		case <-time.After(500 * time.Millisecond):
		case <-ctx.Done():
			return nil, fmt.Errorf("DATABASE_URL: the database did not answer within %v: %w", o.DatabaseWait, err)
		}
	}
}

// openRedis does not wait for Redis: a backend without it is not ready, says
// so, and recovers by itself.
func (p *parts) openRedis(ctx context.Context, o Options) error {
	quietRedis()
	url := p.cfg.RedisURL.Reveal()
	if url == "" {
		r, err := embedded.StartRedis()
		if err != nil {
			return err
		}
		p.closers = append(p.closers, r.Close)
		p.redis = redisstore.New(r.Client(), redisstore.Options{Word: embedded.RedisWord, Clock: o.Clock, Log: o.Log})
		p.live = redisstore.NewLive(r.Client(), o.Log)
		return nil
	}
	client, err := redisstore.Dial(url, o.RedisAnswer)
	if err != nil {
		return fmt.Errorf("REDIS_URL: %w", err)
	}
	p.closers = append(p.closers, client.Close)
	p.redis = redisstore.New(client, redisstore.Options{Clock: o.Clock, Log: o.Log})
	p.live = redisstore.NewLive(client, o.Log)
	err = p.redis.CheckPolicy(ctx)
	if errors.Is(err, redisstore.ErrEvicts) {
		return fmt.Errorf("REDIS_URL: %w", err)
	}
	if err != nil {
		o.Log.WarnContext(ctx, "Redis does not answer yet", "error", err)
	}
	return nil
}

func (p *parts) gateways() gateways {
	g := gateways{keys: p.cfg.GatewayKeys}
	if p.dir != nil {
		g.own = p.dir.GatewayKeyPath()
	}
	return g
}

func (p *parts) makeRules(ctx context.Context, o Options) error {
	master := []byte(p.cfg.SecretKey.Reveal())
	if len(master) == 0 {
		var err error
		if master, err = p.dir.SecretKey(); err != nil {
			return err
		}
	}
	var previous []byte
	if s := p.cfg.SecretKeyPrevious.Reveal(); s != "" {
		previous = []byte(s)
	}
	var attempts auth.Attempts // nil: no limits
	if p.cfg.RateLimits {
		attempts = p.redis
	}
	var err error
	p.auth, err = auth.New(auth.Deps{
		Accounts: p.store, Sessions: p.store, Keys: p.store, Copies: p.redis, Attempts: attempts, Activity: p.store, Belongings: p.store, Live: p.live,
		Gateways: p.gateways(), Clock: o.Clock, Log: o.Log,
	}, auth.Config{
		Master: master, PreviousMaster: previous,
		Algorithm: string(p.cfg.Algorithm), Issuer: p.cfg.Issuer, Audience: p.cfg.Audience,
		Lives:       auth.Lives{Access: p.cfg.AccessTTL, Idle: p.cfg.RefreshTTL, Absolute: p.cfg.SessionTTL, Grace: p.cfg.Grace()},
		HashCost:    o.HashCost,
		MaxSessions: p.cfg.MaxSessions, ActivityLife: p.cfg.ActivityLife(), Passwords: marquee.PasswordRules{Min: p.cfg.PasswordMin, Judge: strength.Judge},
	})
	if err != nil {
		return err
	}
	p.closers = append(p.closers, func() error { p.auth.Settle(); return nil })
	if err := p.auth.Start(ctx); err != nil {
		return err
	}
	p.films = catalog.New(catalog.Deps{
		Store: p.store, CursorKey: p.auth.DeriveKey("cursors"), PreviousCursorKey: p.auth.DerivePreviousKey("cursors"), Clock: o.Clock, Log: o.Log,
	})
	return p.films.LoadStarter(ctx)
}
