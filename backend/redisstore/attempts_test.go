package redisstore_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"example.com/marquee/backend/auth"
	"example.com/marquee/backend/redisstore"
	"example.com/marquee/common/testrig"
)

// tries is where failures are counted: in Redis, or in the process when that
// is away. The rules are the same.
type tries struct {
	*testing.T
	store  *redisstore.Store
	other  *redisstore.Store // another process; nil if counts are not shared
	client *redis.Client     // nil when away
	now    time.Time
}

func onEachCounter(t *testing.T, test func(r *tries)) {
	open := func(t *testing.T, url, word string, away bool) *tries {
		r := &tries{T: t, now: time.Unix(1_800_000_000, 0)}
		o := redisstore.Options{Word: word, Clock: func() time.Time { return r.now }}
		r.client = dial(t, url)
		r.store = redisstore.New(r.client, o)
		if !away {
			r.other = redisstore.New(dial(t, url), o)
		}
		return r
	}
	t.Run("in-process", func(t *testing.T) { test(open(t, "redis://"+miniredis.RunT(t).Addr(), "word", false)) })
	t.Run("real", func(t *testing.T) { test(open(t, testrig.Redis(t), "", false)) })
	t.Run("away", func(t *testing.T) {
		m := miniredis.RunT(t)
		m.SetError("LOADING Redis is loading the dataset in memory")
		test(open(t, "redis://"+m.Addr(), "word", true))
	})
}

var (
	lane   = auth.Lane{After: 6, Every: 30 * time.Second, Places: 4, Hold: 10 * time.Minute}
	pauses = auth.Pauses{Free: 3, First: time.Second, Longest: time.Minute}
)

// stranger is a try at the account of somebody who has never been there.
func stranger(account, caller, subnet string) auth.Try {
	return auth.Try{Account: account, Caller: caller, Stranger: subnet, Pauses: pauses, Lane: lane}
}

func familiar(account, caller string) auth.Try { return stranger(account, caller, "") }

func (r *tries) begin(x auth.Try) time.Duration {
	r.Helper()
	wait, err := r.store.Begin(r.Context(), x)
	if err != nil {
		r.Fatal(err)
	}
	return wait
}

// want begins a try and compares how long it has to wait.
func (r *tries) want(what string, x auth.Try, wait time.Duration) {
	r.Helper()
	if got := r.begin(x); got != wait {
		r.Errorf("%s: wait %v, want %v", what, got, wait)
	}
}

func (r *tries) pass(d time.Duration) { r.now = r.now.Add(d) }

func TestPausesGrowAndSuccessEndsThem(t *testing.T) {
	onEachCounter(t, func(r *tries) {
		me := familiar("a", "me")
		for range 4 {
			r.want("the first", me, 0)
		}
		for _, pause := range []int{1, 2, 4, 8, 16, 32, 60, 60} {
			wait := time.Duration(pause) * time.Second
			r.want("too early", me, wait)
			r.pass(wait - time.Millisecond)
			r.want("still too early", me, time.Millisecond)
			r.pass(time.Millisecond)
			r.want("in time", me, 0)
		}
		r.want("somebody else", familiar("a", "you"), 0)
		r.want("another account", familiar("b", "me"), 0)
		if err := r.store.Succeed(r.Context(), me); err != nil {
			r.Error(err)
		}
		for range 4 {
			r.want("after a success", me, 0)
		}
		r.want("and again", me, time.Second)
	})
}

func TestFailuresAreForgotten(t *testing.T) {
	onEachCounter(t, func(r *tries) {
		me := familiar("a", "me")
		for range 4 {
			r.want("free", me, 0)
		}
		r.pass(4*auth.Memory - time.Millisecond)
		r.want("remembered", me, 0)
		r.want("remembered", me, 2*time.Second)
		r.pass(5 * auth.Memory)
		for range 4 {
			r.want("forgotten", me, 0)
		}
		r.want("and again", me, time.Second)
	})
}

func TestTryThatCameToNothingIsNotCounted(t *testing.T) {
	onEachCounter(t, func(r *tries) {
		for range 20 {
			me := stranger("a", "me", "n")
			r.want("withdrawn before", me, 0)
			if err := r.store.Withdraw(r.Context(), me); err != nil {
				r.Error(err)
			}
		}
		for range 4 {
			r.want("nothing counted", stranger("a", "me", "n"), 0)
		}
		r.want("counted", stranger("a", "me", "n"), time.Second)
	})
}

// fill brings an account to as many failures in a row as open the lane.
func (r *tries) fill(account string) {
	for i := range lane.After {
		r.want("before the lane", stranger(account, fmt.Sprint("guesser", i), "g"), 0)
	}
}

func TestStrangersShareASlowLane(t *testing.T) {
	onEachCounter(t, func(r *tries) {
		r.fill("a")
		r.want("the first in the lane", stranger("a", "x1", "x"), 0)
		r.want("the second", stranger("a", "y1", "y"), 30*time.Second)
		r.want("one who knows the account", familiar("a", "owner"), 0)
		r.want("another account", stranger("b", "x1", "x"), 0)
		r.pass(30 * time.Second)
		r.want("his turn", stranger("a", "y1", "y"), 0)
		if err := r.store.Succeed(r.Context(), familiar("a", "owner")); err != nil {
			r.Error(err)
		}
		for i := range lane.After {
			r.want("after a success", stranger("a", fmt.Sprint("z", i), "z"), 0)
		}
	})
}

// One network that asks all the time gets its turn and no more.
func TestAttack_OneNetworkStarvesTheLane(t *testing.T) {
	onEachCounter(t, func(r *tries) {
		r.fill("a")
		served, turn := 0, 0
		for second := range 300 {
			for i := range 3 {
				if r.begin(stranger("a", fmt.Sprintf("flood %d %d", second, i), "flood")) == 0 {
					served++
				}
			}
			if second == 100 {
				wait := r.begin(stranger("a", "owner", "home"))
				if wait <= 0 || wait > 60*time.Second {
					r.Errorf("the owner waits %v", wait)
				}
				turn = second + int(wait/time.Second)
			}
			if second == turn && turn > 0 {
				r.want("the owner's turn, as he was told", stranger("a", "owner", "home"), 0)
			}
			r.pass(time.Second)
		}
		if turn == 0 || served != 9 { // ten in 300 s, one of them the owner's
			r.Errorf("the flood was served %d times", served)
		}
	})
}

func TestPlacesInTheLaneAreBounded(t *testing.T) {
	onEachCounter(t, func(r *tries) {
		r.fill("a")
		r.want("served", stranger("a", "c", "n0"), 0)
		for i := 1; i <= lane.Places; i++ {
			r.want("place", stranger("a", "c", fmt.Sprint("n", i)), time.Duration(i)*lane.Every)
		}
		r.want("no place left", stranger("a", "c", "late"), lane.Every)
		r.want("his own", stranger("a", "c", "n4"), 4*lane.Every)
		r.pass(lane.Every)
		r.want("a place again", stranger("a", "c", "late"), 4*lane.Every)
		// A place is kept for a while, and lapses.
		r.pass(lane.Hold - time.Second)
		r.want("late for his turn", stranger("a", "c", "n1"), 0)
		r.pass(2*lane.Every + time.Second)
		r.want("too late, and nobody waits", stranger("a", "d", "n2"), 0)
	})
}

// Two processes count together, and a Redis that is emptied begins anew.
func TestFailuresAreSharedByProcesses(t *testing.T) {
	onEachCounter(t, func(r *tries) {
		if r.other == nil {
			r.Skip("each process counts for itself")
		}
		here, there := r.store, r.other
		for i := range 4 {
			r.store = []*redisstore.Store{here, there}[i%2]
			r.want("free", familiar("a", "me"), 0)
		}
		r.want("paused everywhere", familiar("a", "me"), time.Second)
		if err := r.client.FlushDB(r.Context()).Err(); err != nil {
			r.Fatal(err)
		}
		r.want("after a flush", familiar("a", "me"), 0)
	})
}

// C20: whatever a name holds, keys are of one alphabet and bounded.
func namesInKeys(t *testing.T) {
	onEachCounter(t, func(r *tries) {
		if r.other == nil {
			r.Skip("no keys")
		}
		for _, name := range []string{"*", "a:b", "line\nline", "{tag}", strings.Repeat("x", 1<<16), "\x00", "비밀"} {
			for i := range lane.After + 2 {
				r.begin(stranger(name, name+fmt.Sprint(i), name+fmt.Sprint(i)))
			}
		}
		keys, err := r.client.Keys(r.Context(), "*").Result()
		if err != nil || len(keys) < 7*3 {
			r.Fatal(keys, err)
		}
		for _, key := range keys {
			if len(key) > 90 || strings.Trim(key, "marque{}:fowln0123456789bcd") != "" {
				r.Errorf("key %.100q", key)
			}
			if life := r.client.PTTL(r.Context(), key).Val(); life <= 0 || life > auth.MostMemory {
				r.Errorf("key %q lives %v", key, life)
			}
		}
	})
}

// Redis that goes away opens nothing: what it knew is not known, but the same
// rules begin here.
func TestAttack_GuessingWhileRedisComesAndGoes(t *testing.T) {
	m := miniredis.RunT(t)
	r := &tries{T: t, now: time.Unix(1_800_000_000, 0)}
	r.store = redisstore.New(dial(t, "redis://"+m.Addr()),
		redisstore.Options{Word: "word", Clock: func() time.Time { return r.now }})
	passed := 0
	guess := func(n int) {
		for i := range n {
			if r.begin(stranger("a", fmt.Sprint(i), fmt.Sprint(i))) == 0 {
				passed++
			}
		}
	}
	guess(50)
	if passed != lane.After+1 { // the twin
		t.Errorf("%d passed with Redis", passed)
	}
	for range 10 {
		m.SetError("LOADING Redis is loading the dataset in memory")
		guess(50)
		m.SetError("")
		r.pass(2 * time.Second)
		guess(50)
	}
	if most := 2 * (lane.After + 1); passed > most {
		t.Errorf("%d passed, want at most %d", passed, most)
	}
}
