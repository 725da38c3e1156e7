package app_test

import (
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"example.com/marquee/backend/app"
	"example.com/marquee/backend/store"
	"example.com/marquee/common/marquee"
)

// saveAll makes a backup as an operator does.
func saveAll(t *testing.T, environ []string) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "marquee.backup")
	err := app.Backup(t.Context(), load(t, environ), path)
	if errors.Is(err, store.ErrByHand) {
		postgresTool(t, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--file="+path, databaseOf(environ))
		return path
	}
	check(t, err)
	return path
}

// restoreAll puts a backup in place of what is there.
func restoreAll(t *testing.T, environ []string, path string) store.Restored {
	t.Helper()
	done, err := app.Restore(t.Context(), load(t, environ), path, true)
	if errors.Is(err, store.ErrByHand) {
		postgresTool(t, "pg_restore", "--single-transaction", "--clean", "--if-exists", "--no-owner", "--no-privileges", "--dbname="+databaseOf(environ), path)
		return done
	}
	check(t, err)
	return done
}

func databaseOf(environ []string) string { return strings.TrimPrefix(environ[0], "DATABASE_URL=") }

// postgresTool runs one of the commands that the README gives.
func postgresTool(t *testing.T, name string, args ...string) {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skip(err)
	}
	if said, err := exec.CommandContext(t.Context(), path, args...).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", name, err, said)
	}
}

// A backup, more life, a restore: who was signed in goes on, whatever was
// rotated since; who came or, where the old database can tell, signed out since
// does not come back.
func TestRestoreOfAnOlderState(t *testing.T) {
	onPairs(t, func(t *testing.T, environ []string) {
		cfg := load(t, environ)
		first := serve(t, environ)
		names := []string{newPerson(t, first.URL()), newPerson(t, first.URL())}
		goesOn, signsOut := visit(t, first.URL()).login(names[0]), visit(t, first.URL()).login(names[1])
		_, err := goesOn.Me(t.Context())
		check(t, err)
		path := saveAll(t, environ)

		for range 2 { // beyond what SQL will know
			patiently(t, func() error { return goesOn.Refresh(t.Context()) })
			patiently(t, func() error { return second(goesOn.Me(t.Context())) })
		}
		ended := signsOut.held()
		patiently(t, func() error { return signsOut.Logout(t.Context(), marquee.LogoutLocal) })
		late := newPerson(t, first.URL())
		lateSession := visit(t, first.URL()).login(late).held()
		held := goesOn.held()
		first.stop()
		done := restoreAll(t, environ, path)
		if cfg.Embedded() && done != (store.Restored{People: 2, Sessions: 1, Ended: 1}) {
			t.Errorf("%+v", done)
		}

		next := serve(t, environ)
		again := visit(t, next.URL(), held)
		patiently(t, func() error { return again.Refresh(t.Context()) })
		patiently(t, func() error { return second(again.Me(t.Context())) })
		page, err := again.Activity(t.Context(), marquee.PageRequest{})
		if err != nil || page.Items[0].Kind != "store_behind" {
			t.Errorf("%+v %v", page.Items, err)
		}
		if cfg.Embedded() {
			wantRefused(t, next.URL(), ended)
		}
		wantRefused(t, next.URL(), lateSession)
		visit(t, next.URL()).login(names[1])
		if _, err := visit(t, next.URL()).Login(t.Context(), marquee.Credentials{Login: late, Password: password}); !marquee.IsCode(err, marquee.CodeWrongCredentials) {
			t.Errorf("who came after the backup: %v", err)
		}
	})
}

// Nothing is taken away that nobody said may go, and nothing is taken for a
// backup that is none.
func TestRestoreTakesCare(t *testing.T) {
	environ := embeddedPair(t)
	cfg := load(t, environ)
	s := serve(t, environ)
	name := newPerson(t, s.URL())
	good := saveAll(t, environ)
	if info, err := os.Stat(good); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info, err)
	}
	if err := app.Backup(t.Context(), cfg, good); !errors.Is(err, store.ErrFileExists) {
		t.Errorf("over a backup that is there: %v", err)
	}
	if _, err := app.Restore(t.Context(), cfg, good, true); !errors.Is(err, app.ErrInUse) {
		t.Errorf("under a server: %v", err)
	}
	s.stop()
	if _, err := app.Restore(t.Context(), cfg, good, false); !errors.Is(err, store.ErrNotEmpty) {
		t.Errorf("without being told to: %v", err)
	}

	newer, cut, text := filepath.Join(t.TempDir(), "newer"), filepath.Join(t.TempDir(), "cut"), filepath.Join(t.TempDir(), "text")
	content, err := os.ReadFile(good)
	check(t, err)
	check(t, os.WriteFile(newer, content, 0o600))
	check(t, os.WriteFile(cut, content[:len(content)/3], 0o600))
	check(t, os.WriteFile(text, []byte("no database at all"), 0o600))
	db, err := sql.Open("sqlite", newer)
	check(t, err)
	_, err = db.ExecContext(t.Context(), "INSERT INTO bun_migrations (name, group_id) VALUES ('999', 1)")
	check(t, errors.Join(err, db.Close()))
	for path, want := range map[string]string{cut: "no whole backup", text: "no whole backup", newer: "newer version", good + "x": "no such file"} {
		if _, err := app.Restore(t.Context(), cfg, path, true); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", filepath.Base(path), err, want)
		}
	}
	visit(t, serve(t, environ).URL()).login(name) // what was refused has changed nothing

	// A data directory with nothing but the secret takes it without a word.
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	check(t, os.Mkdir(elsewhere, 0o700))
	secret, err := os.ReadFile(filepath.Join(cfg.DataDir, "secret.key"))
	check(t, err)
	check(t, os.WriteFile(filepath.Join(elsewhere, "secret.key"), secret, 0o600))
	environ = []string{"MARQUEE_DATA_DIR=" + elsewhere}
	done, err := app.Restore(t.Context(), load(t, environ), good, false)
	if err != nil || done.People != 1 {
		t.Fatalf("%+v %v", done, err)
	}
	visit(t, serve(t, environ).URL()).login(name)
}
