package store

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/migrate"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/catalog"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

const migrateEnv = "MARQUEE_TEST_MIGRATE"

// TestMigratingProcess is not a test: it is what the tests below run in
// processes of their own.
func TestMigratingProcess(t *testing.T) {
	url := os.Getenv(migrateEnv)
	if url == "" {
		t.Skip("runs only for the other tests")
	}
	s, err := Open(t.Context(), Options{URL: url, Log: slog.New(slog.NewTextHandler(os.Stdout, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func migrating(t *testing.T, url string, out io.Writer) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMigratingProcess$")
	cmd.Env = append(os.Environ(), migrateEnv+"="+url)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// onEmpty runs a test on an empty database of each kind.
func onEmpty(t *testing.T, fn func(t *testing.T, url string)) {
	t.Run("sqlite", func(t *testing.T) { fn(t, "sqlite:"+filepath.Join(t.TempDir(), "marquee.db")) })
	t.Run("postgres", func(t *testing.T) { fn(t, testrig.Postgres(t)) })
}

func openEmpty(t *testing.T, url string) *Store {
	t.Helper()
	s, err := Open(t.Context(), Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestEightProcessesMigrateAnEmptyDatabaseOnce(t *testing.T) {
	if testrig.Race {
		t.Skip("its processes share no memory")
	}
	onEmpty(t, func(t *testing.T, url string) {
		outs := make([]bytes.Buffer, 8)
		cmds := make([]*exec.Cmd, len(outs))
		for i := range cmds {
			cmds[i] = migrating(t, url, &outs[i])
		}
		migrated := 0
		for i, cmd := range cmds {
			if err := cmd.Wait(); err != nil {
				t.Errorf("process %d: %v\n%s", i, err, &outs[i])
			}
			migrated += strings.Count(outs[i].String(), "schema migrated")
		}
		s := openEmpty(t, url)
		if want := len(known(t, s)); migrated != want {
			t.Errorf("%d migrations were run, want each of %d once", migrated, want)
		}
	})
}

func known(t *testing.T, s *Store) []string {
	t.Helper()
	ms, err := s.migrations()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range ms.Sorted() {
		names = append(names, m.Name)
	}
	return names
}

// A process killed while it migrates, at whatever moment, does not stop the
// next start.
func TestAKilledMigrationDoesNotStopTheNextStart(t *testing.T) {
	if testrig.Race {
		t.Skip("its processes share no memory")
	}
	onEmpty(t, func(t *testing.T, url string) {
		if strings.HasPrefix(url, "postgres") {
			killInsideTransaction(t, url)
		}
		s := openEmpty(t, url)
		for i := range 18 {
			var out bytes.Buffer
			cmd := migrating(t, url, &out)
			moment := time.Duration(i*i)*time.Millisecond/2 + 5*time.Millisecond // 5 to 150 ms
			timer := time.AfterFunc(moment, func() { _ = cmd.Process.Kill() })
			_ = cmd.Wait()
			timer.Stop()
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			err := s.Migrate(ctx)
			cancel()
			if err != nil {
				t.Fatalf("after a kill at %s: %v", moment, err)
			}
			if err := s.rollBack(t.Context(), ""); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// killInsideTransaction holds a table that the migration wants to make, waits
// until it stands there with half its work done, and kills it.
func killInsideTransaction(t *testing.T, url string) {
	t.Helper()
	ctx := t.Context()
	holder, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer holder.Close(ctx)
	tx, err := holder.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(ctx, "CREATE TABLE sessions (id TEXT)"); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cmd := migrating(t, url, &out)
	s := openEmpty(t, url)
	waitFor(t, func() bool {
		var waiting bool
		err := s.db.NewRaw(`SELECT EXISTS (SELECT 1 FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event = 'transactionid')`).Scan(ctx, &waiting)
		if err != nil {
			t.Fatal(err)
		}
		return waiting
	})
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if err := tx.Rollback(ctx); err != nil {
		t.Fatal(err)
	}
	if err := s.Migrate(ctx); err != nil {
		t.Fatalf("after a kill inside the transaction: %v\n%s", err, &out)
	}
	if err := s.rollBack(ctx, ""); err != nil {
		t.Fatal(err)
	}
}

// patience is how long something may take on a machine that does much else.
const patience = time.Minute

func waitFor(t *testing.T, ready func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ready(); {
		if time.Now().After(deadline) {
			t.Fatal("what was waited for did not come")
		}
		time.Sleep(5 * time.Millisecond) // asking again, not waiting for a time
	}
}

func TestMigrationsDownLeaveNothingAndUpComesBackTheSame(t *testing.T) {
	onEmpty(t, func(t *testing.T, url string) {
		s := openEmpty(t, url)
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		first := contents(t, s)
		for _, below := range slices.Backward(known(t, s)) {
			if err := s.rollBack(t.Context(), below); err != nil {
				t.Fatal(err)
			}
		}
		if left := contents(t, s); len(left) != 0 {
			t.Errorf("down leaves %v", left)
		}
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if again := contents(t, s); !slices.Equal(first, again) || len(first) < 10 {
			t.Errorf("up again differs:\n%v\n%v", first, again)
		}
	})
}

// contents lists what is in the database, bun's own tables and the
// extension's functions apart.
func contents(t *testing.T, s *Store) []string {
	t.Helper()
	query := `SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master
		WHERE name NOT LIKE '%bun_migration%' AND name NOT LIKE 'sqlite_%' ORDER BY 1`
	if s.onPostgres() {
		query = `SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns
			WHERE table_schema = 'public' AND table_name NOT LIKE 'bun_migration%'
			UNION SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE 'bun_migration%'
			UNION SELECT 'routine ' || proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
			UNION SELECT 'extension ' || extname FROM pg_extension WHERE extname <> 'plpgsql' ORDER BY 1`
	}
	var out []string
	if err := s.db.NewRaw(query).Scan(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestANewerSchemaIsRefused(t *testing.T) {
	onEmpty(t, func(t *testing.T, url string) {
		s := openEmpty(t, url)
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.Migrate(t.Context()); err != nil {
			t.Fatalf("the twin, a schema of this version: %v", err)
		}
		err := s.db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO bun_migrations (name, group_id) VALUES ('999', 1)")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = s.Migrate(t.Context())
		if err == nil || !strings.Contains(err.Error(), "newer version") || !strings.Contains(err.Error(), "999") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v", err)
		}
	})
}

// What was recorded when a film had one date stays, and going back keeps the
// last of several.
func TestViewingsAreKeptUpAndDown(t *testing.T) {
	onEmpty(t, func(t *testing.T, url string) {
		s := openEmpty(t, url)
		ctx := t.Context()
		run := func(query string) {
			t.Helper()
			if _, err := s.db.ExecContext(ctx, query); err != nil {
				t.Fatal(err)
			}
		}
		migrate := func() {
			t.Helper()
			if err := s.Migrate(ctx); err != nil {
				t.Fatal(err)
			}
		}
		watched := func() (rows []string) {
			t.Helper()
			if err := s.db.NewRaw("SELECT watched_on || ' ' || at FROM watched ORDER BY 1").Scan(ctx, &rows); err != nil {
				t.Fatal(err)
			}
			return rows
		}
		migrate()
		if _, err := s.CreateAccount(ctx, auth.Account{User: marquee.User{ID: "person", Username: "person", Email: "p@example.org"}}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.SaveFilms(ctx, []catalog.Film{{Movie: marquee.Movie{ID: "film", Title: "Film"}, TitleKey: []byte{1}, Terms: []string{"film"}}}, catalog.Mark{}); err != nil {
			t.Fatal(err)
		}
		viewings := named(t, s, "viewings")
		if err := s.rollBack(ctx, viewings); err != nil {
			t.Fatal(err)
		}
		run("INSERT INTO watched (user_id, movie_id, watched_on, at) VALUES ('person', 'film', '2026-02-01', 1)")
		migrate()
		if got := watched(); !slices.Equal(got, []string{"2026-02-01 1"}) {
			t.Errorf("up: %v", got)
		}
		run("INSERT INTO watched (user_id, movie_id, watched_on, at) VALUES ('person', 'film', '2026-01-01', 2), ('person', 'film', '2026-03-01', 3)")
		if err := s.rollBack(ctx, viewings); err != nil {
			t.Fatal(err)
		}
		if got := watched(); !slices.Equal(got, []string{"2026-03-01 3"}) {
			t.Errorf("down: %v", got)
		}
	})
}

// named is the number of a migration.
func named(t *testing.T, s *Store, comment string) string {
	t.Helper()
	ms, err := s.migrations()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range ms.Sorted() {
		if m.Comment == comment {
			return m.Name
		}
	}
	t.Fatalf("no migration %s", comment)
	return ""
}

// rollBack takes the schema back to below the named migration, newest first.
// What it drops is gone.
func (s *Store) rollBack(ctx context.Context, below string) error {
	return s.fail("roll the schema back", s.withMigrations(ctx, func(ctx context.Context, db *bun.DB, ms *migrate.Migrations) error {
		m := migrate.NewMigrator(db, ms, migrate.AfterMigration(noteUnapplied))
		list, err := m.MigrationsWithStatus(ctx)
		if err != nil {
			return err
		}
		for i := len(list) - 1; i >= 0 && list[i].Name >= below; i-- {
			if !list[i].IsApplied() {
				continue
			}
			if err := list[i].Down(ctx, m, &list[i]); err != nil {
				return fmt.Errorf("migration %s down: %w", list[i], err)
			}
		}
		return nil
	}))
}

func noteUnapplied(ctx context.Context, tx bun.IConn, m *migrate.Migration) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM bun_migrations WHERE name = ?", m.Name)
	return err
}
