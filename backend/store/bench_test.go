package store_test

import (
	"path/filepath"
	"testing"

	"example.com/marquee/backend/store"
	"example.com/marquee/common/testrig"
)

// BenchmarkRotate measures what a refresh costs in SQL, and BenchmarkSession
// what the fill of a copy costs.
func BenchmarkRotate(b *testing.B) {
	onBothEngines(b, func(b *testing.B, s *store.Store) {
		o := benchSession(b, s)
		for i := 0; b.Loop(); i++ {
			if _, ok, err := s.AdvanceSession(b.Context(), o, int64(i), []byte("secret"), newSession("").Origin, lives); err != nil || !ok {
				b.Fatal(ok, err)
			}
		}
	})
}

func BenchmarkSession(b *testing.B) {
	onBothEngines(b, func(b *testing.B, s *store.Store) {
		o := benchSession(b, s)
		for b.Loop() {
			if _, _, _, err := s.SessionByID(b.Context(), o); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func onBothEngines(b *testing.B, fn func(b *testing.B, s *store.Store)) {
	b.Run("sqlite", func(b *testing.B) { fn(b, open(b, "sqlite:"+filepath.Join(b.TempDir(), "marquee.db"), nil)) })
	b.Run("postgres", func(b *testing.B) { fn(b, open(b, testrig.PostgresFrom(b, "store", migrate), nil)) })
}

func benchSession(b *testing.B, s *store.Store) string {
	b.Helper()
	a, err := s.CreateAccount(b.Context(), newAccount("minji"))
	if err != nil {
		b.Fatal(err)
	}
	o, _, err := s.OpenSession(b.Context(), newSession(a.ID), "hash", lives, 10)
	if err != nil {
		b.Fatal(err)
	}
	return o.ID
}
