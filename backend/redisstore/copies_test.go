package redisstore_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"example.com/marquee/backend/auth"
)

func TestFillIsRead(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		if !fill(t, r.store, "s", ticketOf(t, r.store, "s")) {
			t.Fatal("not filled")
		}
		got, ticket, err := r.other.Lookup(t.Context(), "s")
		if err != nil || ticket != "" {
			t.Fatal(ticket, err)
		}
		if !reflect.DeepEqual(got, alice) {
			t.Errorf("got  %+v\nwant %+v", got, alice)
		}
	})
}

func TestFillOfASessionWithoutPassword(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		a := auth.Alive{UserID: "bob", IdleEnd: alice.IdleEnd, EndsAt: alice.EndsAt, AMR: []string{}}
		if ok, err := r.store.Fill(t.Context(), "s", ticketOf(t, r.store, "s"), a, time.Hour, time.Hour); !ok || err != nil {
			t.Fatal(ok, err)
		}
		got, _, err := r.store.Lookup(t.Context(), "s")
		if err != nil || !got.AuthTime.IsZero() || len(got.AMR) != 0 {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestOneTicketForAll(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		a, b := ticketOf(t, r.store, "s"), ticketOf(t, r.other, "s")
		if a != b || len(a) != 32 {
			t.Errorf("tickets %q and %q", a, b)
		}
		if !fill(t, r.store, "s", a) || fill(t, r.other, "s", b) {
			t.Error("a ticket is good once")
		}
		if c := ticketOf(t, r.store, "t"); c == a {
			t.Error("two sessions share a ticket")
		}
	})
}

// A process reads "alive" from SQL; before it writes that back the session
// ends elsewhere. The copy must not come to life again.
func TestAttack_WriteBackAfterLogout(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ticket := ticketOf(t, r.store, "s") // then SQL says: alive
		if err := r.other.Delete(t.Context(), "s"); err != nil {
			t.Fatal(err)
		}
		if fill(t, r.store, "s", ticket) || hit(t, r.store, "s") {
			t.Error("the ended session is alive in Redis")
		}
		// Nor with somebody else's newer ticket there.
		if fill(t, r.store, "s", ticket) {
			t.Error("an older ticket was taken for a newer one")
		}
		// The twin: nobody signs out.
		if !fill(t, r.store, "s", ticketOf(t, r.store, "s")) || !hit(t, r.other, "s") {
			t.Error("an undisturbed write-back failed")
		}
	})
}

func TestDeleteOfACopyIsSeenAtOnceByAll(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		ids := make([]string, 450) // more than one batch
		for i := range ids {
			ids[i] = strings.Repeat("s", i+1)
			if i%100 == 0 {
				fill(t, r.store, ids[i], ticketOf(t, r.store, ids[i]))
			}
		}
		if err := r.other.Delete(t.Context(), ids...); err != nil {
			t.Fatal(err)
		}
		for i := 0; i < len(ids); i += 100 {
			if hit(t, r.store, ids[i]) {
				t.Errorf("copy %d is still there", i)
			}
		}
		if err := r.other.Delete(t.Context()); err != nil {
			t.Error("deleting nothing:", err)
		}
	})
}

func TestLeaseEndsAndNothingRenewsIt(t *testing.T) {
	onBothToTheEnd(t, func(t *testing.T, r *rig) {
		r.copied(t, "s")
		// Every look and every Seen is a chance to renew it wrongly.
		r.wait(t, "the end of the lease", func() bool {
			if err := r.store.Seen(t.Context(), "s", 9); err != nil {
				t.Fatal(err)
			}
			return !hit(t, r.store, "s")
		})
		r.copied(t, "s")
	})
}

func TestSessionEndsBeforeItsLease(t *testing.T) {
	short := 100 * time.Millisecond
	for name, lives := range map[string][2]time.Duration{"idle": {short, time.Hour}, "absolute": {time.Hour, short}} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, r *rig) {
				ok, err := r.store.Fill(t.Context(), "s", ticketOf(t, r.store, "s"), alice, lives[0], lives[1])
				if !ok || err != nil {
					t.Fatal(ok, err)
				}
				began := r.now(t)
				r.wait(t, "the end of the session", func() bool { return !hit(t, r.store, "s") })
				if took := r.now(t).Sub(began); took >= r.lease {
					t.Errorf("lived %v, its lease", took)
				}
			})
		})
	}
}

func (r *rig) now(t *testing.T) time.Time {
	t.Helper()
	now, err := r.client.Time(t.Context()).Result()
	if err != nil {
		t.Fatal(err)
	}
	return now
}

func TestTicketRunsOut(t *testing.T) {
	onBothToTheEnd(t, func(t *testing.T, r *rig) {
		old := ticketOf(t, r.store, "s")
		r.wait(t, "another ticket", func() bool { return ticketOf(t, r.other, "s") != old })
		if fill(t, r.store, "s", old) {
			t.Error("a ticket was good after its life")
		}
	})
}

// The script compares the field, not the life of the key: with persistent keys
// everything must behave the same.
func TestAttack_DeadlinesDoNotHangOnExpiry(t *testing.T) {
	onBothToTheEnd(t, func(t *testing.T, r *rig) {
		old := ticketOf(t, r.store, "s")
		r.persist(t)
		began := r.now(t)
		r.wait(t, "the end of the ticket", func() bool { return r.now(t).Sub(began) > r.ticket })
		if fill(t, r.store, "s", old) {
			t.Error("a ticket was good after its life")
		}

		r.copied(t, "t") // the twin, with time left
		r.wait(t, "the end of the lease", func() bool { r.persist(t); return !hit(t, r.store, "t") })
	})
}

func (r *rig) persist(t *testing.T) {
	t.Helper()
	for _, key := range r.client.Keys(t.Context(), "marquee:*").Val() {
		r.client.Persist(t.Context(), key)
	}
}

func TestSeenRises(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		see := func(n int64) int64 {
			t.Helper()
			if err := r.other.Seen(t.Context(), "s", n); err != nil {
				t.Fatal(err)
			}
			a, _, err := r.store.Lookup(t.Context(), "s")
			if err != nil {
				t.Fatal(err)
			}
			return a.Seen
		}
		ticket := ticketOf(t, r.store, "s")
		if see(7); !fill(t, r.store, "s", ticket) {
			t.Error("Seen disturbed a ticket")
		}
		for _, c := range []struct{ n, want int64 }{{2, 3}, {5, 5}, {4, 5}, {1 << 52, 1 << 52}} {
			if got := see(c.n); got != c.want {
				t.Errorf("seen %d after %d, want %d", got, c.n, c.want)
			}
		}
	})
}

func keysFromOutside(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		for _, id := range []string{"", "*", "a:b", "a}b{c", "line\nfeed", "\x00", strings.Repeat("x", 1<<20)} {
			if !fill(t, r.store, id, ticketOf(t, r.store, id)) || !hit(t, r.other, id) {
				t.Errorf("%.20q is not like any other", id)
			}
		}
		length := 0
		for _, key := range r.client.Keys(t.Context(), "*").Val() {
			if length == 0 {
				length = len(key)
			}
			name, _, _ := strings.Cut(strings.TrimPrefix(key, "marquee:{"), "}")
			if len(key) != length || len(name) != 32 || strings.Trim(name, "0123456789abcdef") != "" {
				t.Errorf("key %q", key)
			}
		}
	})
}

// Everything has an end, so that forgotten sessions do not fill the memory.
func TestEveryKeyHasALife(t *testing.T) {
	onBothToTheEnd(t, func(t *testing.T, r *rig) {
		ticketOf(t, r.store, "ticket")
		fill(t, r.store, "copy", ticketOf(t, r.store, "copy"))
		if n := r.client.DBSize(t.Context()).Val(); n != 2 {
			t.Fatalf("%d keys", n)
		}
		r.wait(t, "an empty Redis", func() bool { return r.client.DBSize(t.Context()).Val() == 0 })
	})
}

func TestFlushCostsAQueryAndNoMore(t *testing.T) {
	onBoth(t, func(t *testing.T, r *rig) {
		fill(t, r.store, "s", ticketOf(t, r.store, "s"))
		ticket := ticketOf(t, r.store, "t")
		if err := r.client.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		if err := r.client.ScriptFlush(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		if hit(t, r.store, "s") || fill(t, r.store, "t", ticket) {
			t.Error("something outlived the flush")
		}
		if !fill(t, r.store, "s", ticketOf(t, r.store, "s")) || !hit(t, r.other, "s") {
			t.Error("no copy after the flush")
		}
	})
}
