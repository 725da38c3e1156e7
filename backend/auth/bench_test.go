package auth_test

import (
	"testing"

	"example.com/marquee/common/marquee"
)

// BenchmarkRotate is one client that rotates again and again.
func BenchmarkRotate(b *testing.B) {
	benchOnBoth(b, func(b *testing.B, r *rig, pair marquee.Tokens) {
		for b.Loop() {
			pair = r.refresh(b, pair.RefreshToken)
		}
	})
}

// BenchmarkAuthenticate is a request's question whom it acts for: a signature
// and one answer of Redis.
func BenchmarkAuthenticate(b *testing.B) {
	benchOnBoth(b, func(b *testing.B, r *rig, pair marquee.Tokens) {
		for b.Loop() {
			if _, err := r.auth.Authenticate(b.Context(), pair.AccessToken); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func benchOnBoth(b *testing.B, bench func(b *testing.B, r *rig, pair marquee.Tokens)) {
	for name, make := range map[string]func(testing.TB) *rig{"embedded": embeddedRig, "real": realRig} {
		b.Run(name, func(b *testing.B) {
			r := make(b)
			r.register(b, "haneul")
			pair := r.login(b, "haneul")
			b.ResetTimer()
			bench(b, r, pair)
		})
	}
}
