package app_test

import (
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"

	"example.com/marquee/common/testrig"
)

// What happens when Redis is not what it should be. Its part is to say whether
// a session lives; while it cannot, nobody is told yes and nobody is told no.

// redisIsAway checks that what needs to know who somebody is answers 503, and
// that what does not goes on.
func (w *world) redisIsAway(lives, ends *session) {
	w.Helper()
	base := w.bases[0]
	for range 20 {
		if status := w.me(lives, base); status != http.StatusServiceUnavailable {
			w.Errorf("without Redis somebody was told %d", status)
		}
	}
	wantUp(w, base, "/livez", "/.well-known/jwks.json", "/login")
	if status := get(w, base+"/readyz"); status != http.StatusServiceUnavailable {
		w.Errorf("/readyz %d", status)
	}
	w.untilOK("a refresh, which needs no Redis", func() int { return w.refresh(lives, base) })
	w.login() // neither does a sign-in
	if status := w.logout(ends, base); status != http.StatusServiceUnavailable {
		w.Errorf("an end that Redis did not hear of: %d", status)
	}
	if r := w.row(ends.id); !r.endedAt.Valid {
		w.Error("SQL did not hear of an end because Redis was away")
	}
	if status := w.refresh(ends, base); status != http.StatusUnauthorized {
		w.Errorf("a refresh after the end in SQL: %d", status)
	}
}

func TestFault_F1_RedisDown(t *testing.T) {
	w := newWorld(t)
	w.serve()
	held := w.logins(3)
	w.redis.Stop()
	w.redisIsAway(held[0], held[1])
	w.redis.Start()
	wantBack(t, w.bases[0])
	w.mustHold()
}

// Neither slowness nor silence piles requests up behind it.
func TestFault_F2_RedisSlowOrSilent(t *testing.T) {
	w := newWorld(t)
	w.serve()
	for _, happens := range []func(way *wire){
		func(way *wire) { way.spoil("downstream", "latency", `{"latency":5000}`) },
		(*wire).silence,
		func(way *wire) { way.spoil("downstream", "reset_peer", `{"timeout":0}`) },
	} {
		held := w.logins(2)
		calm := runtime.NumGoroutine()
		happens(w.toRedis)
		w.redisIsAway(held[0], held[1])
		var crowd sync.WaitGroup
		for range 100 {
			crowd.Go(func() {
				if status := w.me(held[0], w.bases[0]); status != http.StatusServiceUnavailable {
					t.Errorf("one of a crowd was told %d", status)
				}
			})
		}
		crowd.Wait()
		w.toRedis.heal()
		await(t, "the end of what the crowd left behind", func() bool { return runtime.NumGoroutine() < calm+50 })
		wantBack(t, w.bases[0])
		w.mustHold()
	}
}

// follow has a replica follow a primary over a wire and waits until it has
// everything.
func follow(t *testing.T, replica *testrig.Server, primary *wire) {
	t.Helper()
	host, port, _ := strings.Cut(primary.proxy.Listen, ":")
	replica.Do("REPLICAOF", host, port)
	await(t, "a replica", func() bool {
		return strings.Contains(replica.Do("INFO", "replication").(string), "master_link_status:up")
	})
}

// A primary dies in the middle of sign-outs and rotations, and a replica that
// did not hear of the last of them takes its place.
func TestFault_F3_RedisFailoverLosesWrites(t *testing.T) {
	w := newWorld(t)
	w.serve()
	held := w.logins(6)
	replica := testrig.RedisServer(t)
	between := newWire(t, w.redis.Addr())
	follow(t, replica, between)
	copies := func() (n int) {
		for _, s := range held {
			if keys, _ := replica.Do("KEYS", copyOf(s.id)+"*").([]any); len(keys) > 0 {
				n++
			}
		}
		return n
	}
	await(t, "every copy at the replica", func() bool { return copies() == len(held) })

	between.silence() // the last writes are on their way, for ever
	for _, s := range held[:3] {
		w.untilOK("a sign-out", func() int { return w.logout(s, w.bases[0]) })
	}
	var storm sync.WaitGroup
	for i, s := range held[3:] {
		storm.Go(func() {
			for range 10 {
				w.refresh(s, w.bases[0])
				w.me(s, w.bases[0])
			}
			if i%2 == 0 {
				w.logout(s, w.bases[0])
			}
		})
	}
	w.redis.Kill()
	storm.Wait()

	// Before the promotion the replica must not be believed.
	w.toRedis.lead(replica.Addr())
	if n := copies(); n != len(held) {
		t.Fatalf("the replica has %d of %d copies: nothing of the past is there to be believed", n, len(held))
	}
	for _, s := range held {
		if status := w.me(s, w.bases[0]); status != http.StatusServiceUnavailable {
			t.Errorf("a replica was believed: %d", status)
		}
	}
	replica.ReplicaOf(nil)
	w.redis = replica
	wantBack(t, w.bases[0])
	w.mustHold()
}

// A Redis that forgets, in whatever way, signs nobody out and brings nothing back.
func TestFault_F4_RedisForgets(t *testing.T) {
	w := newWorld(t)
	w.serve()
	for name, happens := range map[string]func(r *testrig.Server){
		"flushed":     func(r *testrig.Server) { r.Do("FLUSHALL") },
		"restarted":   func(r *testrig.Server) { r.Stop(); r.Start() },
		"rolled back": func(r *testrig.Server) { r.Kill(); r.Start() },
	} {
		held := w.logins(3)
		if name == "rolled back" {
			w.redis.Save() // with the copy of one that is about to end
		}
		w.untilOK("a sign-out", func() int { return w.logout(held[0], w.bases[0]) })
		w.untilOK("a rotation", func() int { return w.refresh(held[1], w.bases[0]) })
		var storm sync.WaitGroup
		for _, s := range held[1:] {
			storm.Go(func() {
				for range 20 {
					w.me(s, w.bases[0])
				}
			})
		}
		happens(w.redis)
		storm.Wait()
		w.mustHold()
	}
}

// A Redis without memory takes no copies. An end frees memory, and one that
// was answered is one.
func TestFault_F5_RedisOutOfMemory(t *testing.T) {
	w := newWorld(t)
	w.serve()
	held := w.logins(3)
	unused := w.login()
	w.redis.Do("CONFIG", "SET", "maxmemory", "1")
	w.untilOK("whoever has a copy", func() int { return w.me(held[0], w.bases[0]) })
	if status := w.me(unused, w.bases[0]); status != http.StatusServiceUnavailable {
		t.Errorf("whoever has none: %d", status)
	}
	w.untilOK("a refresh", func() int { return w.refresh(held[1], w.bases[0]) })
	if status := w.me(held[1], w.bases[0]); status != http.StatusServiceUnavailable {
		t.Errorf("a pair whose arrival cannot be noted: %d", status)
	}
	w.logout(held[2], w.bases[0]) // whatever it says must be so
	w.redis.Do("CONFIG", "SET", "maxmemory", "0")
	w.mustHold()
}

// While Redis is away each process counts by itself: no limit is lifted.
func TestFault_F24_LimiterAway(t *testing.T) {
	w := newWorld(t)
	w.serve("RATE_LIMITS=on")
	w.logins(1)
	w.redis.Stop()
	guess := func(password string) answer {
		return w.send(http.MethodPost, w.bases[0]+"/api/v1/auth/login", "", `{"username":"`+w.person+`","password":"`+password+`"}`)
	}
	// Pauses double, so that even somebody slow meets one before long.
	tries, last := 0, answer{status: http.StatusUnauthorized}
	for ; tries < 15 && last.status == http.StatusUnauthorized; tries++ {
		last = guess("guess-orbit-17-violin")
	}
	if last.status != http.StatusTooManyRequests || last.header.Get("Retry-After") == "" {
		t.Errorf("after %d guesses: %d", tries, last.status)
	}
	w.redis.Start()
	wantBack(t, w.bases[0])
	await(t, "a sign-in after the pause", func() bool { return guess(password).status == http.StatusOK })
	w.mustHold()
}
