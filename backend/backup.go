package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"example.com/marquee/backend/app"
	"example.com/marquee/backend/config"
	"example.com/marquee/backend/store"
	"example.com/marquee/common/lang"
	"example.com/marquee/common/marquee"
)

func backupCommand(msgs *lang.Messages) *cobra.Command {
	return &cobra.Command{
		Use: "backup FILE", Short: "Write the whole database to a file, while the server runs", Args: usage(cobra.ExactArgs(1)),
		Long: `Write the whole SQLite database to a file that is not there yet and that only you
can read; with Postgres, say which command does it. The master secret is not in
it: keep secret.key of the data directory, or SECRET_KEY, somewhere else. Without it a backup signs nobody in.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return saving(cmd.Context(), msgs, "cli.backup_by_hand", args[0], func(ctx context.Context, cfg config.Config) error {
				if err := app.Backup(ctx, cfg, args[0]); err != nil {
					return err
				}
				info, err := os.Stat(args[0])
				if err != nil {
					return err
				}
				fmt.Println(msgs.T("cli.backup_written", "File", marquee.CleanText(args[0], 0), "Bytes", info.Size()))
				return nil
			})
		},
	}
}

func restoreCommand(msgs *lang.Messages) *cobra.Command {
	var replace bool
	cmd := &cobra.Command{
		Use: "restore FILE", Short: "Put a backup into the database; no server may run", Args: usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return saving(cmd.Context(), msgs, "cli.restore_by_hand", args[0], func(ctx context.Context, cfg config.Config) error {
				done, err := app.Restore(ctx, cfg, args[0], replace)
				if err != nil {
					return err
				}
				fmt.Println(msgs.T("cli.restored", "People", done.People, "Sessions", done.Sessions, "Ended", done.Ended))
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&replace, "replace", false, "take the place of what the database holds now")
	return cmd
}

// saving says in the operator's language what keeps him from a backup; with
// Postgres, byHand says how it is done.
func saving(ctx context.Context, msgs *lang.Messages, byHand, file string, act func(context.Context, config.Config) error) error {
	cfg, err := config.Load(os.Environ())
	if err != nil {
		return err
	}
	err = act(ctx, cfg)
	switch {
	case errors.Is(err, app.ErrInUse):
		return errors.New(msgs.T("cli.in_use", "Dir", cfg.DataDir))
	case errors.Is(err, store.ErrByHand):
		return errors.New(msgs.T(byHand, "File", marquee.CleanText(file, 0)))
	}
	for _, known := range []struct {
		err error
		id  string
	}{
		{store.ErrFileExists, "cli.file_exists"}, {store.ErrNoDatabase, "cli.no_database"}, {store.ErrNotBackup, "cli.no_backup"},
		{store.ErrNotEmpty, "cli.not_empty"}, {store.ErrDatabaseInUse, "cli.database_in_use"},
	} {
		if errors.Is(err, known.err) {
			return errors.New(msgs.T(known.id))
		}
	}
	return err
}
