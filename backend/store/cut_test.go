package store

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"example.com/marquee/backend/auth"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

// onPostgres opens a migrated Postgres and a second connection to it.
func onPostgres(t *testing.T) (*Store, *pgx.Conn) {
	t.Helper()
	url := testrig.Postgres(t)
	s := openEmpty(t, url)
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return s, c
}

// A transaction that the server cuts off half-way changes nothing, is said to
// be so, and the next one works.
func TestATransactionCutOffChangesNothing(t *testing.T) {
	s, other := onPostgres(t)
	o := someone(t, s)
	end := auth.Decision{Outcome: auth.OutcomeEnd, EndReason: auth.EndReuse}
	_, _, err := s.DecideSession(t.Context(), o.ID, auth.DefaultLives(), func(auth.Session, bool, time.Time) auth.Decision {
		_, err := other.Exec(t.Context(), "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
		if err != nil {
			t.Error(err)
		}
		return end
	})
	if !marquee.IsCode(err, marquee.CodeUnavailable) {
		t.Errorf("cut off: %v", err)
	}
	if got, _, _, err := s.SessionByID(t.Context(), o.ID); err != nil || !got.EndedAt.IsZero() {
		t.Errorf("after a cut: %+v %v", got, err)
	}
	_, _, err = s.DecideSession(t.Context(), o.ID, auth.DefaultLives(), func(auth.Session, bool, time.Time) auth.Decision { return end })
	if err != nil {
		t.Error(err)
	}
	if got, _, _, err := s.SessionByID(t.Context(), o.ID); err != nil || got.EndReason != auth.EndReuse {
		t.Errorf("the twin: %+v %v", got, err)
	}
}

// The server's own limits on statements and idle transactions are "away".
func TestLimitsOfThePoolAreUnavailable(t *testing.T) {
	s, _ := onPostgres(t)
	var limits [2]string
	for i, name := range []string{"statement_timeout", "idle_in_transaction_session_timeout"} {
		if err := s.db.NewRaw("SELECT current_setting(?)", name).Scan(t.Context(), &limits[i]); err != nil {
			t.Fatal(err)
		}
	}
	if limits != [2]string{"5s", "10s"} {
		t.Errorf("limits %v", limits)
	}
	_, err := s.db.ExecContext(t.Context(), "SET statement_timeout = 20; SELECT pg_sleep(10)")
	if err := s.fail("sleep", err); !marquee.IsCode(err, marquee.CodeUnavailable) {
		t.Errorf("statement: %v", err)
	}
}

// Two processes at the critical step: one has put in its first key and not
// committed yet. The other must wait and take that one.
func TestTheFirstKeyIsWaitedFor(t *testing.T) {
	s, other := onPostgres(t)
	tx, err := other.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, err = tx.Exec(t.Context(), "UPDATE signing_key_set SET version = 'changed'; INSERT INTO signing_keys (id, algorithm, public, sealed, created_at) VALUES ('first', 'EdDSA', '', '', 1)")
	if err != nil {
		t.Fatal(err)
	}
	type result struct {
		keys []auth.WrappedKey
		err  error
	}
	done := make(chan result, 1)
	go func() {
		var seen []auth.WrappedKey
		err := s.ChangeSigningKeys(t.Context(), func(keys []auth.WrappedKey, _ time.Time) ([]auth.WrappedKey, error) {
			seen = keys
			return nil, nil
		})
		done <- result{seen, err}
	}()
	waitFor(t, func() bool {
		var waiting bool
		err := s.db.NewRaw("SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')").Scan(t.Context(), &waiting)
		return waiting || err != nil || len(done) > 0
	})
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := <-done; r.err != nil || len(r.keys) != 1 || r.keys[0].ID != "first" {
		t.Errorf("%+v", r)
	}
}

// Whoever ends a session must not meet a moment later, among those that are
// open, a device that it let in: one of the two waits for the other.
func TestAttack_DeviceLetInDuringTheEnd(t *testing.T) {
	s, other := onPostgres(t)
	approver := someone(t, s)
	open := func(o auth.Session) error {
		o.ID, o.UserID, o.AMR = uuid.Must(uuid.NewV7()).String(), approver.UserID, []string{"device"}
		_, _, err := s.OpenSession(t.Context(), o, "hash", auth.DefaultLives(), 10)
		return err
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.CreateDeviceRequest(t.Context(), auth.DeviceRequest{DeviceHash: []byte("device"), UserHash: []byte("user")}, time.Hour, time.Second))
	approval := auth.DeviceRequest{DeviceHash: []byte("device"), Answer: marquee.DeviceApproved, UserID: approver.UserID, Session: approver.ID}
	_, err := s.AnswerDeviceRequest(t.Context(), approval, auth.Event{Kind: auth.EventDeviceApproved, UserID: approver.UserID})
	must(err)

	// Another transaction holds the cookie of the device's session, so that it
	// stands between the look at the approver and its own row.
	must(open(auth.Session{CookieHash: []byte("another")}))
	tx, err := other.Begin(t.Context())
	must(err)
	_, err = tx.Exec(t.Context(), "UPDATE sessions SET cookie_hash = 'cookie' WHERE cookie_hash = 'another'")
	must(err)
	let, ended := make(chan error, 1), make(chan error, 1)
	go func() { let <- open(auth.Session{CookieHash: []byte("cookie"), Device: []byte("device")}) }()
	waiting := func() (n int) {
		must(s.db.NewRaw("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(t.Context(), &n))
		return n
	}
	waitFor(t, func() bool { return waiting() == 1 })
	go func() { ended <- s.EndSession(t.Context(), approver.UserID, approver.ID, auth.EndLogout) }()
	waitFor(t, func() bool { return waiting() == 2 || len(ended) > 0 })
	if len(ended) > 0 {
		t.Error("the end is answered, and its device still to come")
	}
	must(tx.Rollback(t.Context()))
	must(<-let)
	must(<-ended)
}

// On Postgres it is the database's clock that counts, not a process's.
func TestTheClockIsTheDatabases(t *testing.T) {
	s, other := onPostgres(t)
	o := someone(t, s)
	_, _, now, err := s.SessionByID(t.Context(), o.ID)
	if err != nil {
		t.Fatal(err)
	}
	var theirs time.Time
	if err := other.QueryRow(t.Context(), "SELECT clock_timestamp()").Scan(&theirs); err != nil {
		t.Fatal(err)
	}
	if theirs.Before(now) || o.CreatedAt.After(now) || theirs.Sub(o.CreatedAt) > time.Minute {
		t.Errorf("created %v, read at %v, database %v", o.CreatedAt, now, theirs)
	}
}
