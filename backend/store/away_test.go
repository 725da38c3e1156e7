package store

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// someone makes an account with an open session.
func someone(t *testing.T, s *Store) auth.Session {
	t.Helper()
	a, err := s.CreateAccount(t.Context(), auth.Account{
		User: marquee.User{Username: "u" + uuid.NewString(), Email: uuid.NewString() + "@example.com", IsActive: true}, PasswordHash: "hash",
	})
	if err != nil {
		t.Fatal(err)
	}
	o, _, err := s.OpenSession(t.Context(), auth.Session{ID: uuid.NewString(), UserID: a.ID, SecretHash: []byte("secret")}, "hash", auth.DefaultLives(), 10)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// calls are one of each kind of access: a read, a statement, a transaction.
func calls(s *Store, o auth.Session) map[string]func(context.Context) error {
	return map[string]func(context.Context) error{
		"Ready":  s.Ready,
		"reads":  func(ctx context.Context) error { _, err := s.AccountByID(ctx, o.UserID); return err },
		"seen":   func(ctx context.Context) error { _, err := s.MarkSeen(ctx, o.ID, 1); return err },
		"create": func(ctx context.Context) error { _, err := s.CreateAccount(ctx, auth.Account{}); return err },
		"rotate": func(ctx context.Context) error {
			_, _, err := s.AdvanceSession(ctx, o.ID, 0, o.SecretHash, o.Origin, auth.DefaultLives())
			return err
		},
		"decide": func(ctx context.Context) error {
			_, _, err := s.DecideSession(ctx, o.ID, auth.DefaultLives(), func(auth.Session, bool, time.Time) auth.Decision {
				return auth.Decision{Outcome: auth.OutcomeEnd, EndReason: auth.EndReuse}
			})
			return err
		},
	}
}

func TestPostgresAwayIsUnavailableAndComesBack(t *testing.T) {
	server := testrig.PostgresServer(t)
	s := openEmpty(t, server.URL())
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	o := someone(t, s)
	for name, leave := range map[string]func(){"stopped": server.Stop, "killed": server.Kill} {
		leave()
		for call, fn := range calls(s, o) {
			if err := fn(t.Context()); !marquee.IsCode(err, marquee.CodeUnavailable) {
				t.Errorf("%s, %s: %v", name, call, err)
			}
		}
		if _, err := Open(t.Context(), Options{URL: server.URL()}); !marquee.IsCode(err, marquee.CodeUnavailable) {
			t.Errorf("%s, open: %v", name, err)
		}
		server.Start(t)
		if got, _, _, err := s.SessionByID(t.Context(), o.ID); err != nil || got.Counter != 0 || !got.EndedAt.IsZero() || got.Seen != 0 {
			t.Errorf("%s, then back: %+v %v", name, got, err)
		}
	}
}

// A rotation that waits for a lock longer than its caller must not happen
// after the caller was told 503.
func TestARotationGivenUpDoesNotHappenLater(t *testing.T) {
	s := openEmpty(t, testrig.Postgres(t))
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	o := someone(t, s)
	tx, err := s.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.NewSelect().Table("sessions").Where("id = ?", o.ID).For("UPDATE").Exec(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if err := calls(s, o)["rotate"](ctx); !marquee.IsCode(err, marquee.CodeUnavailable) {
		t.Errorf("given up: %v", err)
	}
	waitFor(t, func() bool {
		var waiting bool
		err := s.db.NewRaw("SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')").Scan(t.Context(), &waiting)
		return err == nil && !waiting
	})
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if got, _, _, err := s.SessionByID(t.Context(), o.ID); err != nil || got.Counter != 0 {
		t.Errorf("counter %d, %v", got.Counter, err)
	}
	if err := calls(s, o)["rotate"](t.Context()); err != nil {
		t.Errorf("the twin with time: %v", err)
	}
	if got, _, _, err := s.SessionByID(t.Context(), o.ID); err != nil || got.Counter != 1 {
		t.Errorf("counter %d, %v", got.Counter, err)
	}
}

func openLite(t *testing.T) (*Store, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "marquee.db")
	s := openEmpty(t, "sqlite:"+path)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s, path
}

func TestSQLiteHeldByAnotherProcessIsUnavailable(t *testing.T) {
	s, path := openLite(t)
	o := someone(t, s)
	other, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	tx, err := other.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Ready", "reads"} {
		if err := calls(s, o)[name](t.Context()); err != nil {
			t.Errorf("%s beside a writer: %v", name, err)
		}
	}
	for _, name := range []string{"rotate", "decide"} {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		if err := calls(s, o)[name](ctx); !marquee.IsCode(err, marquee.CodeUnavailable) {
			t.Errorf("%s: %v", name, err)
		}
		cancel()
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if got, _, _, err := s.SessionByID(t.Context(), o.ID); err != nil || got.Counter != 0 || !got.EndedAt.IsZero() {
		t.Errorf("%+v %v", got, err)
	}
	if err := calls(s, o)["rotate"](t.Context()); err != nil {
		t.Errorf("once it is free: %v", err)
	}
}

func TestSQLiteWithoutRoomIsUnavailableAndWhole(t *testing.T) {
	s, _ := openLite(t)
	o := someone(t, s)
	var pages int
	if err := s.db.NewRaw("PRAGMA page_count").Scan(t.Context(), &pages); err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.ExecContext(t.Context(), "PRAGMA max_page_count = ?", pages); err != nil {
		t.Fatal(err)
	}
	var err error
	for range 1000 {
		if _, err = s.CreateAccount(t.Context(), auth.Account{User: marquee.User{Username: uuid.NewString(), Email: uuid.NewString()}}); err != nil {
			break
		}
	}
	if !marquee.IsCode(err, marquee.CodeUnavailable) {
		t.Fatalf("no room: %v", err)
	}
	if _, err := s.AccountByID(t.Context(), o.UserID); err != nil {
		t.Errorf("reads go on: %v", err)
	}
	if _, err := s.db.ExecContext(t.Context(), "PRAGMA max_page_count = 1000000"); err != nil {
		t.Fatal(err)
	}
	someone(t, s)
	var verdict string
	if err := s.db.NewRaw("PRAGMA integrity_check").Scan(t.Context(), &verdict); err != nil || verdict != "ok" {
		t.Errorf("%s %v", verdict, err)
	}
}
