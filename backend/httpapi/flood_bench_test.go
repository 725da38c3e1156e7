package httpapi_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/marquee/backend/httpapi"
	"example.com/marquee/common/marquee"
)

// BenchmarkSignInFlood is 64 clients that sign in without a pause, on Postgres
// and Redis, while others refresh and ask /livez:
//
//	go test ./backend/httpapi -run '^$' -bench SignInFlood -benchtime 256x
//
// Memory must stay under what was there before, 19 MiB for each hash that may
// run at once, and a fifth: 100 % of the bound. /livez must answer within
// 50 ms, and 99 of 100 refreshes within 100 ms.
func BenchmarkSignInFlood(b *testing.B) {
	const clients = 64
	p := serverParts(b, nil)
	api := httptest.NewServer(httpapi.New(httpapi.Deps{Auth: p.auth, Movies: p.movies}, httpapi.Config{}))
	b.Cleanup(api.Close)
	tokenFor(b, p) // mina
	transport := &http.Transport{MaxIdleConnsPerHost: clients}
	b.Cleanup(transport.CloseIdleConnections)
	r := &rig{TB: b, url: api.URL, http: &http.Client{Transport: transport}}

	runtime.GC()
	base := liveHeap()
	var peak atomic.Uint64
	over := make(chan struct{})
	var beside sync.WaitGroup
	watch := func(every time.Duration, look func()) {
		beside.Go(func() {
			tick := time.NewTicker(every)
			defer tick.Stop()
			for {
				select {
				case <-tick.C:
					look()
				case <-over:
					return
				}
			}
		})
	}
	watch(5*time.Millisecond, func() {
		if now := liveHeap(); now > peak.Load() {
			peak.Store(now)
		}
	})
	var livez, refreshes []time.Duration
	watch(10*time.Millisecond, func() {
		livez = append(livez, took(func() { r.want(r.send(request{method: "GET", path: "/livez"}), 200, "") }))
	})
	session, err := p.auth.Login(b.Context(), marquee.Credentials{Login: "mina", Password: goodPassword, Origin: marquee.Origin{Client: "api"}})
	must(b, err)
	refresh := session.RefreshToken
	watch(10*time.Millisecond, func() {
		refreshes = append(refreshes, took(func() {
			got := r.want(r.send(request{method: "POST", path: "/api/v1/auth/refresh", json: object{"refresh_token": refresh}}), 200, "")
			refresh = got.str("refresh_token")
		}))
	})

	var left, shed atomic.Int64
	left.Store(int64(b.N))
	b.ResetTimer()
	var flood sync.WaitGroup
	for i := range clients {
		flood.Go(func() {
			header := map[string]string{"X-Marquee-Client": "api"}
			for left.Add(-1) >= 0 {
				q := request{method: "POST", path: "/api/v1/auth/login", json: object{"username": fmt.Sprint("nobody", i), "password": "a guess"}, header: header}
				if r.send(q).status == http.StatusServiceUnavailable {
					shed.Add(1)
				}
			}
		})
	}
	flood.Wait()
	b.StopTimer()
	close(over)
	beside.Wait()

	const hash = 19 << 20
	bound := float64(base+uint64(runtime.NumCPU())*hash) * 1.2
	b.ReportMetric(float64(peak.Load()-min(base, peak.Load()))/(1<<20), "MiB-above-base")
	b.ReportMetric(100*float64(peak.Load())/bound, "%-of-memory-bound")
	b.ReportMetric(float64(shed.Load()), "shed")
	if len(livez) > 0 && len(refreshes) > 0 {
		slices.Sort(livez)
		slices.Sort(refreshes)
		b.ReportMetric(float64(livez[len(livez)-1].Microseconds())/1000, "livez-max-ms")
		b.ReportMetric(float64(refreshes[len(refreshes)*99/100].Microseconds())/1000, "refresh-p99-ms")
	}
}

// liveHeap is the memory of the process that holds something, garbage that
// was not found yet included.
func liveHeap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse
}

func took(do func()) time.Duration {
	begin := time.Now()
	do()
	return time.Since(begin)
}
