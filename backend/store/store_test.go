package store_test

import (
	"context"
	"errors"
	"os"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/store"
	"example.com/marquee/common/marquee"
	"example.com/marquee/common/testrig"
)

func TestMain(m *testing.M) { os.Exit(testrig.Main(m)) }

// onBoth runs a test on SQLite and, where it is there, on Postgres.
func onBoth(t *testing.T, fn func(t *testing.T, s *store.Store)) {
	t.Helper()
	onBothWithClock(t, nil, fn)
}

func onBothWithClock(t *testing.T, clock func() time.Time, fn func(t *testing.T, s *store.Store)) {
	t.Helper()
	onBothURLs(t, func(t *testing.T, url string) { fn(t, open(t, url, clock)) })
}

// onBothURLs runs a test on an empty database of each kind, its schema made.
func onBothURLs(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	if !testrig.ServersAlone() {
		t.Run("sqlite", func(t *testing.T) { test(t, testrig.SQLiteFrom(t, "store", migrate)) })
	}
	t.Run("postgres", func(t *testing.T) { test(t, testrig.PostgresFrom(t, "store", migrate)) })
}

func open(tb testing.TB, url string, clock func() time.Time) *store.Store {
	tb.Helper()
	s, err := store.Open(tb.Context(), store.Options{URL: url, Clock: clock})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	if err := s.Migrate(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return s
}

func migrate(url string) error {
	s, err := store.Open(context.Background(), store.Options{URL: url})
	if err != nil {
		return err
	}
	defer s.Close()
	return s.Migrate(context.Background())
}

var lives = auth.DefaultLives()

func newAccount(name string) auth.Account {
	return auth.Account{
		User: marquee.User{Username: name, Email: name + "@example.com", IsActive: true}, PasswordHash: "hash",
	}
}

func mustCreate(t *testing.T, s *store.Store, name string) auth.Account {
	t.Helper()
	a, err := s.CreateAccount(t.Context(), newAccount(name))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func newSession(user string) auth.Session {
	return auth.Session{
		ID: uuid.Must(uuid.NewV7()).String(), UserID: user, SecretHash: []byte("secret"), AMR: []string{"pwd"},
		AuthTime: time.Now(), Origin: marquee.Origin{Client: "tui", Address: "127.0.0.1", Agent: "test"},
	}
}

func mustOpen(t *testing.T, s *store.Store, user string, limit int) (auth.Session, []string) {
	t.Helper()
	o, ended, err := s.OpenSession(t.Context(), newSession(user), "hash", lives, limit)
	if err != nil {
		t.Fatal(err)
	}
	return o, ended
}

func TestAccountsAreFoundByNameAndAddress(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		a := mustCreate(t, s, "Minji")
		for _, login := range []string{"minji", " MINJI ", "Minji@Example.com"} {
			if got, err := s.AccountByLogin(t.Context(), login); err != nil || got.ID != a.ID {
				t.Errorf("%q: %v %v", login, got.ID, err)
			}
		}
		for _, login := range []string{"", "nobody", "nul\x00", "bad\xff"} {
			if _, err := s.AccountByLogin(t.Context(), login); !marquee.IsCode(err, marquee.CodeNotFound) {
				t.Errorf("%q: %v", login, err)
			}
		}
		if a.CreatedAt.IsZero() || time.Since(a.CreatedAt).Abs() > time.Minute {
			t.Errorf("created %v", a.CreatedAt)
		}
	})
}

func takenOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		mustCreate(t, s, "minji")
		other := mustCreate(t, s, "junho")
		name, email := newAccount("MINJI"), newAccount("suji")
		name.Email, email.Email = "else@example.com", "MINJI@example.com"
		if _, err := s.CreateAccount(t.Context(), name); !marquee.IsCode(err, marquee.CodeUsernameTaken) {
			t.Error(err)
		}
		if _, err := s.CreateAccount(t.Context(), email); !marquee.IsCode(err, marquee.CodeEmailTaken) {
			t.Error(err)
		}
		if _, _, err := s.UpdateAccount(t.Context(), other.ID, auth.AccountPatch{Username: &name.Username}); !marquee.IsCode(err, marquee.CodeUsernameTaken) {
			t.Error(err)
		}
		if _, _, err := s.UpdateAccount(t.Context(), other.ID, auth.AccountPatch{Email: &email.Email}); !marquee.IsCode(err, marquee.CodeEmailTaken) {
			t.Error(err)
		}
	})
}

func manyRegisterOneName(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		won := atOnce(64, func(i int) bool {
			a := newAccount("minji")
			_, err := s.CreateAccount(t.Context(), a)
			if err != nil && !marquee.IsCode(err, marquee.CodeUsernameTaken) && !marquee.IsCode(err, marquee.CodeEmailTaken) {
				t.Error(err)
			}
			return err == nil
		})
		if won != 1 {
			t.Errorf("%d accounts with one name", won)
		}
	})
}

// atOnce runs fn n times at once and counts what came true.
func atOnce(n int, fn func(i int) bool) (won int) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			if fn(i) {
				mu.Lock()
				defer mu.Unlock()
				won++
			}
		})
	}
	close(start)
	wg.Wait()
	return won
}

func TestSessionComesBackAsItWasOpened(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		a := mustCreate(t, s, "minji")
		o, _ := mustOpen(t, s, a.ID, 10)
		got, active, now, err := s.SessionByID(t.Context(), o.ID)
		if err != nil || !active || time.Since(now).Abs() > time.Minute {
			t.Fatal(got, active, now, err)
		}
		if got.UserID != a.ID || string(got.SecretHash) != "secret" || got.Origin != o.Origin || len(got.AMR) != 1 ||
			got.EndsAt.Sub(got.CreatedAt) != lives.Absolute || got.IdleEnd.Sub(got.CreatedAt) != lives.Idle || got.AuthTime.IsZero() {
			t.Errorf("%+v", got)
		}
		if _, _, _, err := s.SessionByID(t.Context(), "nobody's"); !marquee.IsCode(err, marquee.CodeNotFound) {
			t.Error(err)
		}
	})
}

func TestSignInIsCheckedAgainUnderTheLock(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		a := mustCreate(t, s, "minji")
		if _, _, err := s.OpenSession(t.Context(), newSession(a.ID), "an older hash", lives, 10); !marquee.IsCode(err, marquee.CodeWrongCredentials) {
			t.Error(err)
		}
		no := false
		if _, _, err := s.UpdateAccount(t.Context(), a.ID, auth.AccountPatch{IsActive: &no}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.OpenSession(t.Context(), newSession(a.ID), "hash", lives, 10); !marquee.IsCode(err, marquee.CodeWrongCredentials) {
			t.Error(err)
		}
	})
}

func TestTheOldestEndAboveTheCap(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		a := mustCreate(t, s, "minji")
		first, _ := mustOpen(t, s, a.ID, 2)
		brief := newSession(a.ID)
		brief.Brief = true
		if _, ended, err := s.OpenSession(t.Context(), brief, "hash", lives, 2); err != nil || len(ended) != 0 {
			t.Fatal(ended, err)
		}
		mustOpen(t, s, a.ID, 2)
		if _, ended := mustOpen(t, s, a.ID, 2); len(ended) != 1 || ended[0] != first.ID {
			t.Errorf("ended %v, want %v", ended, first.ID)
		}
		live, err := s.LiveSessions(t.Context(), a.ID)
		if err != nil || len(live) != 3 {
			t.Errorf("%d live, want 2 and the brief one: %v", len(live), err)
		}
		if _, ended := mustOpen(t, s, a.ID, 1); len(ended) != 2 {
			t.Errorf("the single-session rule ended %d, want 2", len(ended))
		}
	})
}

func TestAttack_ManyRotateOneToken(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		o, _ := mustOpen(t, s, mustCreate(t, s, "minji").ID, 10)
		won := atOnce(64, func(int) bool {
			_, ok, err := s.AdvanceSession(t.Context(), o.ID, 0, o.SecretHash, o.Origin, lives)
			if err != nil {
				t.Error(err)
			}
			return ok
		})
		if won != 1 {
			t.Errorf("%d rotations of one token", won)
		}
		got, _, _, err := s.SessionByID(t.Context(), o.ID)
		if err != nil || got.Counter != 1 || got.FromCounter != 0 {
			t.Errorf("counter %d from %d: %v", got.Counter, got.FromCounter, err)
		}
	})
}

func TestAdvanceNeedsEverythingToBeRight(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		a := mustCreate(t, s, "minji")
		o, _ := mustOpen(t, s, a.ID, 10)
		no := false
		advance := func(id string, n int64, secret string) bool {
			_, ok, err := s.AdvanceSession(t.Context(), id, n, []byte(secret), o.Origin, lives)
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		if advance(o.ID, 1, "secret") || advance(o.ID, 0, "guess") || advance("nobody's", 0, "secret") {
			t.Error("advanced what it must not")
		}
		if !advance(o.ID, 0, "secret") {
			t.Error("the twin did not advance")
		}
		if _, _, err := s.UpdateAccount(t.Context(), a.ID, auth.AccountPatch{IsActive: &no}); err != nil {
			t.Fatal(err)
		}
		if advance(o.ID, 1, "secret") {
			t.Error("a disabled user rotates")
		}
	})
}

func TestAnEndIsCommittedAlthoughTheCallerIsRefused(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		o, _ := mustOpen(t, s, mustCreate(t, s, "minji").ID, 10)
		_, _, err := s.DecideSession(t.Context(), o.ID, lives, func(auth.Session, bool, time.Time) auth.Decision {
			return auth.Decision{Outcome: auth.OutcomeEnd, EndReason: auth.EndReuse}
		})
		if err != nil {
			t.Fatal(err)
		}
		got, _, _, err := s.SessionByID(t.Context(), o.ID)
		if err != nil || got.EndedAt.IsZero() || got.EndReason != auth.EndReuse {
			t.Errorf("%+v %v", got, err)
		}
		if live, err := s.MarkSeen(t.Context(), o.ID, 1); err != nil || live {
			t.Error("seen on an ended session", err)
		}
	})
}

func TestSeenOnlyRises(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		o, _ := mustOpen(t, s, mustCreate(t, s, "minji").ID, 10)
		for _, n := range []int64{3, 1} {
			if live, err := s.MarkSeen(t.Context(), o.ID, n); err != nil || !live {
				t.Fatal(live, err)
			}
		}
		if got, _, _, err := s.SessionByID(t.Context(), o.ID); err != nil || got.Seen != 3 {
			t.Error(got.Seen, err)
		}
	})
}

func TestEndsTellAboutTheEndedBeforeToo(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		a := mustCreate(t, s, "minji")
		one, _ := mustOpen(t, s, a.ID, 10)
		two, _ := mustOpen(t, s, a.ID, 10)
		for range 2 { // again is no error
			if err := s.EndSession(t.Context(), a.ID, one.ID, auth.EndLogout); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.EndSession(t.Context(), mustCreate(t, s, "junho").ID, two.ID, auth.EndLogout); !marquee.IsCode(err, marquee.CodeNotFound) {
			t.Errorf("somebody else's session: %v", err)
		}
		ended, err := s.EndSessions(t.Context(), a.ID, two.ID, auth.EndRevoked)
		if err != nil || len(ended) != 1 || ended[0] != one.ID {
			t.Errorf("others: %v %v", ended, err)
		}
		if ended, err = s.EndSessions(t.Context(), a.ID, "", auth.EndRevoked); err != nil || len(ended) != 2 {
			t.Errorf("all: %v %v", ended, err)
		}
	})
}

// Whichever comes first, no session opened with the old password survives.
func TestAttack_SignInDuringAPasswordChange(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		for range 20 {
			a := mustCreate(t, s, "user"+uuid.NewString()[:8])
			hash := "new"
			atOnce(5, func(i int) bool {
				var err error
				if i == 0 {
					_, _, err = s.UpdateAccount(t.Context(), a.ID, auth.AccountPatch{PasswordHash: &hash, EndReason: auth.EndPassword})
				} else {
					_, _, err = s.OpenSession(t.Context(), newSession(a.ID), "hash", lives, 10)
				}
				if err != nil && !marquee.IsCode(err, marquee.CodeWrongCredentials) {
					t.Error(err)
				}
				return err == nil
			})
			if live, err := s.LiveSessions(t.Context(), a.ID); err != nil || len(live) != 0 {
				t.Fatalf("%d sessions of the old password live on: %v", len(live), err)
			}
		}
	})
}

func TestAPasswordLinkWorksOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		a := mustCreate(t, s, "minji")
		o, _ := mustOpen(t, s, a.ID, 10)
		hash := []byte("0123456789abcdef0123456789abcdef")
		if _, err := s.CreatePasswordLink(t.Context(), a.ID, hash, time.Hour); err != nil {
			t.Fatal(err)
		}
		if got, err := s.PasswordLinkOwner(t.Context(), hash); err != nil || got.ID != a.ID {
			t.Fatal(got, err)
		}
		won := atOnce(8, func(int) bool {
			_, ended, err := s.UsePasswordLink(t.Context(), hash, "new")
			if err == nil && (len(ended) != 1 || ended[0] != o.ID) {
				t.Errorf("ended %v", ended)
			}
			return err == nil
		})
		if won != 1 {
			t.Errorf("used %d times", won)
		}
		if _, err := s.CreatePasswordLink(t.Context(), a.ID, hash, -time.Second); err != nil {
			t.Fatal(err)
		}
		if _, err := s.PasswordLinkOwner(t.Context(), hash); !marquee.IsCode(err, marquee.CodeNotFound) {
			t.Error("an expired link:", err)
		}
		if _, _, err := s.UsePasswordLink(t.Context(), hash, "newer"); !marquee.IsCode(err, marquee.CodeNotFound) {
			t.Error("an expired link:", err)
		}
	})
}

func TestProcessesThatStartTogetherAgreeOnOneKey(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		var mu sync.Mutex
		first := map[string]int{}
		atOnce(8, func(i int) bool {
			err := s.ChangeSigningKeys(t.Context(), func(keys []auth.WrappedKey, now time.Time) ([]auth.WrappedKey, error) {
				if len(keys) > 0 {
					return nil, nil
				}
				return []auth.WrappedKey{{ID: uuid.NewString(), Algorithm: "EdDSA", Public: []byte("p"), Sealed: []byte("s"), CreatedAt: now, ActiveAt: now}}, nil
			})
			if err != nil {
				t.Error(err)
				return false
			}
			keys, _, err := s.SigningKeys(t.Context())
			if err != nil || len(keys) != 1 {
				t.Error(len(keys), err)
				return false
			}
			mu.Lock()
			defer mu.Unlock()
			first[keys[0].ID]++
			return true
		})
		if len(first) != 1 {
			t.Errorf("keys: %v", first)
		}
	})
}

// What a key was made of never changes, its states do, and each change of the
// set has a version of its own; one that is refused changes nothing.
func TestSigningKeysChange(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		change := func(fn func(keys []auth.WrappedKey, now time.Time) ([]auth.WrappedKey, error)) error {
			return s.ChangeSigningKeys(t.Context(), fn)
		}
		now := time.Now().UTC().Truncate(time.Microsecond)
		made := auth.WrappedKey{ID: "k", Algorithm: "EdDSA", Public: []byte("p"), Sealed: []byte("s"), CreatedAt: now, ActiveAt: now.Add(time.Minute)}
		versions := map[string]bool{}
		see := func(want auth.WrappedKey) {
			t.Helper()
			keys, version, err := s.SigningKeys(t.Context())
			if err != nil || len(keys) != 1 || !reflect.DeepEqual(keys[0], want) {
				t.Errorf("%v\n got %+v\nwant %+v", err, keys, want)
			}
			if again, err := s.SigningKeysVersion(t.Context()); err != nil || again != version {
				t.Error(again, version, err)
			}
			versions[version] = true
		}
		add := func([]auth.WrappedKey, time.Time) ([]auth.WrappedKey, error) { return []auth.WrappedKey{made}, nil }
		if err := change(add); err != nil {
			t.Fatal(err)
		}
		see(made)
		if err := change(func([]auth.WrappedKey, time.Time) ([]auth.WrappedKey, error) {
			return []auth.WrappedKey{made}, auth.ErrLastKey
		}); !errors.Is(err, auth.ErrLastKey) {
			t.Error(err)
		}
		if err := change(func([]auth.WrappedKey, time.Time) ([]auth.WrappedKey, error) { return nil, nil }); err != nil {
			t.Error(err)
		}
		see(made)
		if len(versions) != 1 {
			t.Error("a version for no change")
		}
		made.ActiveAt, made.RetiredAt, made.WithdrawnAt = now, now.Add(time.Hour), now.Add(time.Second)
		if err := change(func(keys []auth.WrappedKey, _ time.Time) ([]auth.WrappedKey, error) {
			k := made
			k.Sealed = []byte("other")
			return []auth.WrappedKey{k}, nil
		}); err != nil {
			t.Fatal(err)
		}
		see(made)
		if len(versions) != 2 {
			t.Errorf("versions %v", versions)
		}
	})
}
