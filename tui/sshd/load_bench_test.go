//go:build linux

package sshd_test

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	gossh "golang.org/x/crypto/ssh"
)

// load is what BenchmarkLoad does, by MARQUEE_BENCH_ and the name of the member.
type load struct {
	sessions int           // SESSIONS: windows, each of somebody with an account and a connection; 20
	rate     int           // RATE: windows that are opened a second; 5
	rest     time.Duration // REST: that nobody does anything in, three times; 3 s
}

func newLoad() load {
	l := load{sessions: 20, rate: 5, rest: 3 * time.Second}
	for name, n := range map[string]*int{"SESSIONS": &l.sessions, "RATE": &l.rate} {
		if v, err := strconv.Atoi(os.Getenv("MARQUEE_BENCH_" + name)); err == nil && v > 0 {
			*n = v
		}
	}
	if d, err := time.ParseDuration(os.Getenv("MARQUEE_BENCH_REST")); err == nil {
		l.rest = d
	}
	return l
}

// BenchmarkLoad runs `marquee serve` with nothing configured, as a process of
// its own whose memory and processor time are read alone, opens windows by
// linked keys at a steady rate, and lets each press a key now and then. Nothing
// leaves the machine, and whatever does not answer within a minute ends it. It
// says on stderr how far it is.
//
// MARQUEE_BENCH_FILMS is how many films there are; without it the starter
// catalogue. Figures of idle windows and of what is left need a quiet machine
// and a rest of more than two minutes, in which Go collects garbage once:
//
//	MARQUEE_BENCH_SESSIONS=300 MARQUEE_BENCH_FILMS=100000 MARQUEE_BENCH_REST=150s \
//	  go test ./tui/sshd -run '^$' -bench Load -benchtime 1x -timeout 30m
//
// first: from the request for a window to the film page; come: from dialling
// to it; key: from a key pressed to what it changes; RSS: of the server,
// backend and all; heap: what of it Go uses, stacks included.
func BenchmarkLoad(b *testing.B) {
	l := newLoad()
	s := startServing(b)
	keys := l.members(b, s)
	one, err := s.open(keys[0], 0) // what the first one costs alone
	if err != nil {
		b.Fatal(err)
	}
	one.leave()
	alone, before := s.quiet(b, l.rest), s.held(b)
	s.say("nobody is here: %.2f %% of a core, %s", alone, before)

	for range b.N {
		people := l.open(b, s, keys)
		first, come := make([]time.Duration, len(people)), make([]time.Duration, len(people))
		for i, p := range people {
			first[i], come[i] = p.first, p.come
		}
		report(b, "first", first)
		report(b, "come", come)
		s.say("%d windows are open", len(people))
		report(b, "key", pressAll(b, people))

		idle, full := s.quiet(b, l.rest), s.held(b)
		s.say("nobody presses a key: %.2f %% of a core, %s", idle, full)
		for _, p := range people {
			p.leave()
		}
		s.quiet(b, l.rest)
		after := s.held(b)
		s.say("they have left: %s", after)
		each := func(n int) float64 { return float64(n) / float64(l.sessions) }
		b.ReportMetric((idle-alone)/float64(l.sessions), "%core/session")
		b.ReportMetric(each(full.resident-before.resident), "RSS-KiB/session")
		b.ReportMetric(each(full.used-before.used), "heap-KiB/session")
		b.ReportMetric(each(full.goroutines-before.goroutines), "goroutines/session")
		b.ReportMetric(each(after.resident-before.resident), "RSS-KiB-left/session")
		b.ReportMetric(each(after.used-before.used), "heap-KiB-left/session")
		b.ReportMetric(float64(after.goroutines-before.goroutines), "goroutines-left")
	}
	b.ReportMetric(0, "ns/op")
}

// members makes accounts, each with a linked key.
func (l load) members(b *testing.B, s *serving) []gossh.Signer {
	b.Helper()
	keys := make([]gossh.Signer, l.sessions)
	for i := range keys {
		keys[i] = s.member(b, fmt.Sprintf("person%d", i))
	}
	s.say("%d people have accounts", len(keys))
	return keys
}

// open opens the windows, l.rate of them a second whether or not those before
// are there yet.
func (l load) open(b *testing.B, s *serving, keys []gossh.Signer) []*person {
	b.Helper()
	people := make([]*person, l.sessions)
	var coming sync.WaitGroup
	tick := time.NewTicker(time.Second / time.Duration(l.rate))
	defer tick.Stop()
	for i := range people {
		coming.Go(func() {
			p, err := s.open(keys[i], i)
			if err != nil {
				b.Error(err)
			}
			people[i] = p
		})
		<-tick.C
	}
	coming.Wait()
	if b.Failed() {
		b.FailNow()
	}
	return people
}

func report(b *testing.B, what string, took []time.Duration) {
	b.Helper()
	slices.Sort(took)
	at := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000 }
	b.ReportMetric(at(0.5), what+"-p50-ms")
	b.ReportMetric(at(0.99), what+"-p99-ms")
}
