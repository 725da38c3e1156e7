package auth

import (
	"fmt"
	"slices"
	"testing"
)

// crowd joins and serves by hand: what is tested is the order, not time.
type crowd struct {
	*testing.T
	turns *turns
	names []string
	all   []*turn
}

// join has one more of a network wait; it reports whether there was a place.
func (c *crowd) join(network string) bool {
	t, err := c.turns.join(network)
	if err != nil {
		return false
	}
	c.names, c.all = append(c.names, network), append(c.all, t)
	return true
}

// called returns who was called since, and that of those pushed out.
func (c *crowd) called() (served, out []string) {
	for i, t := range c.all {
		select {
		case err := <-t.called:
			if err == nil {
				served = append(served, c.names[i])
			} else {
				out = append(out, c.names[i])
			}
		default:
		}
	}
	return served, out
}

// serve gives back one slot n times and returns who got it, in order.
func (c *crowd) serve(n int) []string {
	var order []string
	for range n {
		c.turns.leave()
		served, _ := c.called()
		order = append(order, served...)
	}
	return order
}

func TestNetworksTakeTurnsToHash(t *testing.T) {
	c := &crowd{T: t, turns: newTurns(1, 100, 100)}
	c.join("in") // has the slot
	for _, network := range []string{"a", "a", "a", "b", "c", "b"} {
		c.join(network)
	}
	c.called()
	if got := c.serve(6); !slices.Equal(got, []string{"a", "b", "c", "a", "b", "a"}) {
		t.Errorf("%v", got)
	}
	if got := c.serve(1); len(got) != 0 || c.turns.free != 1 || c.turns.waiting != 0 || len(c.turns.ring) != 0 {
		t.Errorf("afterwards %v, %d free, %d wait", got, c.turns.free, c.turns.waiting)
	}
}

// A thousand requests of one address delay another's by one turn.
func TestAttack_OneAddressFillsTheHashQueue(t *testing.T) {
	c := &crowd{T: t, turns: newTurns(2, 2000, 2000)}
	for range 1002 {
		c.join("flood")
	}
	c.called()
	c.join("owner")
	c.join("owner")
	if got := c.serve(4); !slices.Equal(got, []string{"flood", "owner", "flood", "owner"}) {
		t.Errorf("%v", got)
	}
	// The twin: alone, the flood is served as it came.
	if got := c.serve(3); !slices.Equal(got, []string{"flood", "flood", "flood"}) {
		t.Errorf("%v", got)
	}
}

// However full the queue is, an address with fewer in it gets in.
func TestAttack_FullHashQueueShutsOthersOut(t *testing.T) {
	c := &crowd{T: t, turns: newTurns(1, 12, 6)}
	c.join("in")
	for range 20 {
		c.join("flood")
	}
	if n := c.turns.waiting; n != 6 {
		t.Errorf("%d of one network wait", n)
	}
	for range 20 {
		c.join("second")
	}
	c.called()
	if !c.join("owner") {
		t.Fatal("shut out")
	}
	if served, out := c.called(); len(served) != 0 || len(out) != 1 || out[0] != "flood" {
		t.Errorf("served %v, pushed out %v", served, out)
	}
	if c.join("flood") {
		t.Error("the flood pushes others out")
	}
	if got := c.serve(3); !slices.Equal(got, []string{"flood", "second", "owner"}) {
		t.Errorf("%v", got)
	}
	// Where everybody has as many, nobody is pushed out.
	full := &crowd{T: t, turns: newTurns(1, 3, 3)}
	for i := range 4 {
		full.join(fmt.Sprint(i))
	}
	full.called()
	if full.join("late") {
		t.Error("one of equals was pushed out")
	}
}

func TestTurnThatIsGivenUp(t *testing.T) {
	q := newTurns(1, 10, 10)
	first, _ := q.join("a")
	waits, _ := q.join("b")
	called, _ := q.join("c")
	q.abandon(waits)
	q.leave()         // calls c,
	q.abandon(called) // who has gone in the same moment
	if q.free != 1 || q.waiting != 0 {
		t.Errorf("%d free, %d wait", q.free, q.waiting)
	}
	_ = first
}
