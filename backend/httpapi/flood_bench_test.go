package httpapi_test

import (
	"encoding/json"
	"math"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/httpapi"
	"example.com/marquee/common/marquee"
)

// BenchmarkSignInFlood is 64 clients that sign in without a pause, each from a
// network of its own, on Postgres and Redis, while others refresh and ask
// /livez:
//
//	go test ./backend/httpapi -run '^$' -bench SignInFlood -benchtime 256x
//
// Memory must stay under what was there before, 19 MiB for each hash that may
// run at once, and a fifth: 100 % of the bound. /livez must answer within
// 50 ms, and 99 of 100 refreshes within 100 ms.
//
// The clients are a process of their own (beTheClients): what they wait for is
// the server, and never their turn beside its hashes. They also ask before the
// flood; those figures, marked calm, tell what else the machine does.
// sched-p99-ms is how long what is ready waits in the server to run, gc-cpu-%
// the part of its processor time that goes into collecting garbage.
func BenchmarkSignInFlood(b *testing.B) {
	p := serverParts(b, nil)
	api := httptest.NewServer(httpapi.New(httpapi.Deps{Auth: p.auth, Movies: p.movies},
		httpapi.Config{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}))
	b.Cleanup(api.Close)
	arrive(b, api.URL, tokenFor(b, p))
	session, err := p.auth.Login(b.Context(), marquee.Credentials{Login: "mina", Password: goodPassword, Origin: marquee.Origin{Client: "api"}})
	must(b, err)
	task, err := json.Marshal(floodTask{URL: api.URL, RefreshToken: session.RefreshToken, SignIns: b.N})
	must(b, err)

	clients := exec.CommandContext(b.Context(), os.Args[0])
	clients.Env, clients.Stderr = append(os.Environ(), floodFlag+"="+string(task)), os.Stderr
	begin, err := clients.StdinPipe()
	must(b, err)
	out, err := clients.StdoutPipe()
	must(b, err)
	must(b, clients.Start())
	var calm floodTimes
	var saw floodSaw
	told := json.NewDecoder(out)
	must(b, told.Decode(&calm))

	before := readRuntime()
	base := liveHeap()
	var peak atomic.Uint64
	over, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				peak.Store(max(peak.Load(), liveHeap()))
			case <-over:
				return
			}
		}
	}()
	b.ResetTimer()
	must(b, begin.Close())
	must(b, told.Decode(&saw))
	b.StopTimer()
	close(over)
	<-watched
	after := readRuntime()
	must(b, clients.Wait())

	const hash = 19 << 20
	bound := float64(base+uint64(auth.DefaultHashSlots())*hash) * 1.2
	b.ReportMetric(float64(peak.Load()-min(base, peak.Load()))/(1<<20), "MiB-above-base")
	b.ReportMetric(100*float64(peak.Load())/bound, "%-of-memory-bound")
	b.ReportMetric(float64(saw.Shed), "shed")
	b.ReportMetric(saw.Times.Livez, "livez-max-ms")
	b.ReportMetric(saw.Times.Refresh, "refresh-p99-ms")
	b.ReportMetric(calm.Livez, "calm-livez-max-ms")
	b.ReportMetric(calm.Refresh, "calm-refresh-p99-ms")
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sign-ins/s")
	b.ReportMetric(1000*quantile(before.waits, after.waits, 0.99), "sched-p99-ms")
	b.ReportMetric(100*(after.gc-before.gc)/(after.cpu-before.cpu), "gc-cpu-%")
}

// arrive has as many clients as flood ask something at once: what connections
// to Postgres and Redis take is there before the flood.
func arrive(b *testing.B, url, token string) {
	r := &rig{TB: b, url: url, http: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
	var all sync.WaitGroup
	for range floodClients {
		all.Go(func() {
			for range 4 {
				r.want(r.me(token), http.StatusOK, "")
			}
		})
	}
	all.Wait()
}

// liveHeap is the memory of the process that holds something, garbage that
// was not found yet included.
func liveHeap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64() + sample[1].Value.Uint64()
}

// runtimeFigures are what the runtime counts from the start of the process.
type runtimeFigures struct {
	waits   *metrics.Float64Histogram // of goroutines that are ready, in seconds
	gc, cpu float64                   // seconds
}

func readRuntime() runtimeFigures {
	sample := []metrics.Sample{{Name: "/sched/latencies:seconds"}, {Name: "/cpu/classes/gc/total:cpu-seconds"}, {Name: "/cpu/classes/total:cpu-seconds"}, {Name: "/cpu/classes/idle:cpu-seconds"}}
	runtime.GC() // which brings the seconds up to date
	metrics.Read(sample)
	return runtimeFigures{sample[0].Value.Float64Histogram(), sample[1].Value.Float64(), sample[2].Value.Float64() - sample[3].Value.Float64()}
}

// quantile is the upper bound of the bucket in which a part of what was counted
// between two readings ends.
func quantile(before, after *metrics.Float64Histogram, part float64) float64 {
	var total, seen uint64
	for i, n := range after.Counts {
		total += n - before.Counts[i]
	}
	for i, n := range after.Counts {
		if seen += n - before.Counts[i]; float64(seen) >= part*float64(total) {
			return after.Buckets[i+1]
		}
	}
	return math.Inf(1)
}

func took(do func()) float64 {
	begin := time.Now()
	do()
	return float64(time.Since(begin).Microseconds()) / 1000
}
