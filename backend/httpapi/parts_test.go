package httpapi_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"example.com/marquee/backend/httpapi"
	"example.com/marquee/common/marquee"
)

// parts is what the API stands on.
type parts struct {
	auth    httpapi.Auth
	movies  marquee.MovieService
	limiter marquee.Limiter
	film    string // id of a film
}

type buckets struct {
	mu sync.Mutex
	m  map[string]*rate.Limiter
}

func (b *buckets) Allow(_ context.Context, key string, l marquee.Limit) (time.Duration, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.m[key] == nil {
		b.m[key] = rate.NewLimiter(rate.Limit(float64(l.Rate)/l.Period.Seconds()), l.Burst)
	}
	if b.m[key].Allow() {
		return 0, nil
	}
	return time.Second, nil
}

// embeddedParts are the zero-setup ones.
func embeddedParts(tb testing.TB) parts {
	tb.Helper()
	return parts{auth: &fakeAuth{}, movies: fakeMovies{}, limiter: &buckets{m: map[string]*rate.Limiter{}}, film: "m1"}
}
