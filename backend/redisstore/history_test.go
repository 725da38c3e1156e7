package redisstore_test

import (
	"testing"

	"example.com/marquee/backend/redisstore"
	"example.com/marquee/common/testrig"
)

// process is a store as a process has it: with defaults and a client of its own.
func process(t *testing.T, s *testrig.Server) *redisstore.Store {
	t.Helper()
	return redisstore.New(dial(t, s.URL()), redisstore.Options{})
}

// again waits until a store answers: its pool holds connections of the old server.
func again(t *testing.T, s *redisstore.Store) {
	t.Helper()
	r := &rig{real: true, step: func() {}}
	r.wait(t, "Redis to be ready", func() bool { return s.Ready(t.Context()) == nil })
}

// A copy is saved to disk, its session ends, the server dies and comes back
// with the old state. The copy must not come back with it.
func TestAttack_RollbackOfRedis(t *testing.T) {
	server := testrig.RedisServer(t)
	s, other := process(t, server), process(t, server)
	fill(t, s, "s", ticketOf(t, s, "s"))
	ticket := ticketOf(t, s, "t")
	server.Save()
	if !hit(t, s, "s") {
		t.Fatal("the twin: saving alone lost the copy")
	}
	if err := other.Delete(t.Context(), "s", "t"); err != nil {
		t.Fatal(err)
	}
	server.Kill()
	_, _, err := s.Lookup(t.Context(), "s")
	wantUnavailable(t, "a lookup with the server dead", err)
	wantUnavailable(t, "an end with the server dead", s.Delete(t.Context(), "s"))

	server.Start()
	again(t, s)
	again(t, other)
	if n := dial(t, server.URL()).DBSize(t.Context()).Val(); n == 0 {
		t.Fatal("the server came back empty: this shows nothing")
	}
	if hit(t, s, "s") || hit(t, other, "s") {
		t.Error("the copy of an ended session came back")
	}
	if fill(t, s, "t", ticket) {
		t.Error("a ticket came back")
	}
	if !fill(t, other, "s", ticketOf(t, s, "s")) || !hit(t, s, "s") {
		t.Error("no copy after the restart")
	}
}

// A copy is on the replica, its deletion is not: the primary dies first. The
// promoted replica must not serve it.
func TestAttack_FailoverLosesTheDeletion(t *testing.T) {
	primary, replica := testrig.RedisServer(t), testrig.RedisServer(t)
	onPrimary, onReplica := process(t, primary), process(t, replica)
	fill(t, onPrimary, "s", ticketOf(t, onPrimary, "s"))
	ticket := ticketOf(t, onPrimary, "t")
	replica.ReplicaOf(primary)

	// A replica may be behind: it is not asked, even for what it holds.
	_, _, err := onReplica.Lookup(t.Context(), "s")
	wantUnavailable(t, "a lookup on a replica", err)
	wantUnavailable(t, "a replica's readiness", onReplica.Ready(t.Context()))

	replica.ReplicaOf(nil) // cut off and promoted; the deletion never reaches it
	if err := onPrimary.Delete(t.Context(), "s", "t"); err != nil {
		t.Fatal(err)
	}
	primary.Kill()
	again(t, onReplica)
	if n := dial(t, replica.URL()).DBSize(t.Context()).Val(); n == 0 {
		t.Fatal("the replica is empty: this shows nothing")
	}
	if hit(t, onReplica, "s") || fill(t, onReplica, "t", ticket) {
		t.Error("what the old primary held is alive on the new one")
	}
	if !fill(t, onReplica, "s", ticketOf(t, onReplica, "s")) || !hit(t, onReplica, "s") {
		t.Error("the twin: a copy made on the new primary is not there")
	}

	// And back again: the first server returns as a replica and takes over.
	// A run_id would be the old one; the history is not.
	primary.Start()
	primary.ReplicaOf(replica)
	primary.ReplicaOf(nil)
	again(t, onPrimary)
	if hit(t, onPrimary, "s") {
		t.Error("a copy of the history in between is alive")
	}
}
