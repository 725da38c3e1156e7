package store_test

import (
	"strings"
	"testing"
	"time"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/store"
	"example.com/marquee/common/marquee"
)

// Text that no database can keep is refused or cleaned, never a failure of the
// server, and text that looks like SQL is only text.
func textThatIsNotText(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		a := mustCreate(t, s, "minji")
		for _, bad := range []string{"nul\x00", "broken\xff\xfe"} {
			other := newAccount("someone" + bad)
			if _, err := s.CreateAccount(t.Context(), other); !marquee.IsCode(err, marquee.CodeInvalid) {
				t.Errorf("create %q: %v", bad, err)
			}
			if _, _, err := s.UpdateAccount(t.Context(), a.ID, auth.AccountPatch{Email: &bad}); !marquee.IsCode(err, marquee.CodeInvalid) {
				t.Errorf("update %q: %v", bad, err)
			}
			if _, _, _, err := s.SessionByID(t.Context(), bad); !marquee.IsCode(err, marquee.CodeNotFound) {
				t.Errorf("session %q: %v", bad, err)
			}
			o := newSession(a.ID)
			o.Origin.Agent = bad
			if _, _, err := s.OpenSession(t.Context(), o, "hash", lives, 10); err != nil {
				t.Errorf("agent %q: %v", bad, err)
			}
			if _, ok, err := s.AdvanceSession(t.Context(), o.ID, 0, o.SecretHash, o.Origin, lives); err != nil || !ok {
				t.Errorf("rotate from agent %q: %v %v", bad, ok, err)
			}
		}
	})
}

func textThatLooksLikeSQL(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		for _, text := range []string{
			`' OR '1'='1`, `\' OR 1=1 --`, `"; DROP TABLE users; --`, `?`, `?0 ?id`, `$1`, `E'\x27'`, `--1`, `%_`, `/*`,
			strings.Repeat("'", 33),
		} {
			a := mustCreate(t, s, text)
			if got, err := s.AccountByLogin(t.Context(), text); err != nil || got.Username != text || got.ID != a.ID {
				t.Errorf("%q comes back as %q, %v", text, got.Username, err)
			}
			o, _ := mustOpen(t, s, a.ID, 10)
			if _, _, _, err := s.SessionByID(t.Context(), text); !marquee.IsCode(err, marquee.CodeNotFound) {
				t.Errorf("session %q: %v", text, err)
			}
			if _, ok, err := s.AdvanceSession(t.Context(), o.ID, 0, []byte(text), o.Origin, lives); ok || err != nil {
				t.Errorf("secret %q: %v %v", text, ok, err)
			}
			if err := s.EndSession(t.Context(), text, o.ID, auth.EndLogout); !marquee.IsCode(err, marquee.CodeNotFound) {
				t.Errorf("user %q: %v", text, err)
			}
		}
	})
}

// Times are kept to the microsecond and run out by the store's clock.
func TestSessionsRunOut(t *testing.T) {
	now := time.Date(2026, 5, 1, 12, 0, 0, 123456789, time.FixedZone("KST", 9*3600))
	onBothWithClock(t, func() time.Time { return now }, func(t *testing.T, s *store.Store) {
		start := now
		defer func() { now = start }()
		a := mustCreate(t, s, "minji")
		o, _ := mustOpen(t, s, a.ID, 10)
		if !o.CreatedAt.Equal(now.Truncate(time.Microsecond)) || o.CreatedAt.Location() != time.UTC {
			t.Errorf("created %v", o.CreatedAt)
		}
		advance := func(n int64) bool {
			_, ok, err := s.AdvanceSession(t.Context(), o.ID, n, o.SecretHash, o.Origin, lives)
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		// Rotations renew the idle end, again and again, but not the absolute.
		n := int64(0)
		for now.Sub(start)+lives.Idle-time.Second < lives.Absolute {
			now = now.Add(lives.Idle - time.Second)
			if !advance(n) {
				t.Fatalf("after %v", now.Sub(start))
			}
			n++
		}
		now = start.Add(lives.Absolute)
		if advance(n) {
			t.Error("rotates beyond the absolute end")
		}
		if live, err := s.MarkSeen(t.Context(), o.ID, 1); err != nil || live {
			t.Error("seen beyond the absolute end", err)
		}
		now = start
		idle, _ := mustOpen(t, s, a.ID, 10)
		now = start.Add(lives.Idle)
		if _, ok, err := s.AdvanceSession(t.Context(), idle.ID, 0, idle.SecretHash, idle.Origin, lives); ok || err != nil {
			t.Error("rotates beyond the idle end", err)
		}
	})
}

// A link that an operator made for a forgotten password dies with the next
// password, however that was set.
func TestAttack_OldPasswordLinkAfterANewPassword(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		a := mustCreate(t, s, "minji")
		link, name, hash := []byte("0123456789abcdef0123456789abcdef"), "minji2", "new"
		if _, err := s.CreatePasswordLink(t.Context(), a.ID, link, time.Hour); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.UpdateAccount(t.Context(), a.ID, auth.AccountPatch{Username: &name}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.PasswordLinkOwner(t.Context(), link); err != nil {
			t.Errorf("the twin, another name: %v", err)
		}
		if _, _, err := s.UpdateAccount(t.Context(), a.ID, auth.AccountPatch{PasswordHash: &hash, EndReason: auth.EndPassword}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.UsePasswordLink(t.Context(), link, "stolen"); !marquee.IsCode(err, marquee.CodeNotFound) {
			t.Errorf("an old link works: %v", err)
		}
		if got, err := s.AccountByID(t.Context(), a.ID); err != nil || got.PasswordHash != hash {
			t.Errorf("%q %v", got.PasswordHash, err)
		}
	})
}
