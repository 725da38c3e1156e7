package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/migrate"

	"example.com/marquee/migrations"
)

// Migrate brings the schema to what this program knows. Processes that start
// together take turns: one migrates, the others find it done. It refuses a
// schema that a newer program wrote, and a Postgres in which search would not
// see Hangul.
//
// A migration and the note that it was applied are one transaction. bun's own
// Migrate notes it in another one, and a process killed between the two would
// leave a database on which no program starts again.
func (s *Store) Migrate(ctx context.Context) error {
	const op = "migrate the database"
	if err := s.withMigrations(ctx, s.applyAll); err != nil {
		return s.refusal(op, err)
	}
	if s.onPostgres() {
		return s.refusal(op, s.checkTrigrams(ctx))
	}
	return nil
}

// withMigrations runs fn under the lock of this database's migrations, on a
// pool without time limits.
func (s *Store) withMigrations(ctx context.Context, fn func(context.Context, *bun.DB, *migrate.Migrations) error) error {
	ms, err := s.migrations()
	if err != nil {
		return err
	}
	release, err := s.engine.lockMigrations(ctx)
	if err != nil {
		return err
	}
	defer release()
	db, err := s.engine.migrator()
	if err != nil {
		return err
	}
	defer db.Close()
	return fn(ctx, db, ms)
}

func (s *Store) migrations() (*migrate.Migrations, error) {
	folders, err := migrations.For(s.engine.database)
	if err != nil {
		return nil, err
	}
	ms := migrate.NewMigrations()
	for _, f := range folders {
		if err := ms.Discover(f); err != nil {
			return nil, err
		}
	}
	return ms, nil
}

func (s *Store) applyAll(ctx context.Context, db *bun.DB, ms *migrate.Migrations) error {
	m := migrate.NewMigrator(db, ms, migrate.AfterMigration(noteApplied))
	if err := m.Init(ctx); err != nil {
		return err
	}
	if err := refuseNewer(ctx, m); err != nil {
		return err
	}
	list, err := m.MigrationsWithStatus(ctx)
	if err != nil {
		return err
	}
	for i := range list {
		if list[i].IsApplied() {
			continue
		}
		if err := list[i].Up(ctx, m, &list[i]); err != nil {
			return fmt.Errorf("migration %s: %w", list[i], err)
		}
		s.log.InfoContext(ctx, "schema migrated", "migration", list[i].String())
	}
	return nil
}

// refuseNewer keeps an old program away from a schema it does not know.
func refuseNewer(ctx context.Context, m *migrate.Migrator) error {
	unknown, err := m.MissingMigrations(ctx)
	if err != nil || len(unknown) == 0 {
		return err
	}
	names := make([]string, 0, len(unknown))
	for _, u := range unknown {
		names = append(names, u.Name)
	}
	return errUnusable("the database was migrated by a newer version of this program (unknown here: " +
		strings.Join(names, ", ") + "): start that version or restore a backup")
}

func noteApplied(ctx context.Context, tx bun.IConn, m *migrate.Migration) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO bun_migrations (name, group_id) VALUES (?, 1)", m.Name)
	return err
}
