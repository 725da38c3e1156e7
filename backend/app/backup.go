package app

import (
	"context"
	"errors"

	"example.com/marquee/backend/config"
	"example.com/marquee/backend/embedded"
	"example.com/marquee/backend/store"
)

// Backup writes the database of these settings to a file, beside a server that
// runs or without one.
func Backup(ctx context.Context, cfg config.Config, path string) error {
	url, err := databaseURL(cfg)
	if err != nil {
		return err
	}
	return store.Backup(ctx, url, path)
}

// Restore puts a backup into the database of these settings; see
// store.Restore. ErrInUse while a server runs on the data directory.
func Restore(ctx context.Context, cfg config.Config, path string, replace bool) (store.Restored, error) {
	p := &parts{cfg: cfg}
	err := p.openDir()
	url := ""
	if err == nil {
		url, err = databaseURL(cfg)
	}
	var done store.Restored
	if err == nil {
		done, err = store.Restore(ctx, url, path, replace)
	}
	return done, errors.Join(err, p.close())
}

func databaseURL(cfg config.Config) (string, error) {
	if url := cfg.DatabaseURL.Reveal(); url != "" {
		return url, nil
	}
	dir, err := embedded.OpenDir(cfg.DataDir)
	if err != nil {
		return "", err
	}
	return dir.DatabaseURL(), nil
}
