package auth

import (
	"errors"
	"slices"
	"sync"
)

// turns shares a few slots between many who wait. Networks take turns, each
// its own people in order: whoever sends a thousand requests at once waits for
// them himself, and delays everybody else by one.
type turns struct {
	most     int // who may wait, in all
	mostEach int // and of one network

	mu      sync.Mutex
	free    int
	waiting int
	ring    []*line // the networks that wait, the next to be served first
}

// line is those of one network who wait, in order.
type line struct {
	network string
	turns   []*turn
}

// turn is a place in a line.
type turn struct {
	network string
	// called is sent one word: nil when the slot is there, errPushedOut when
	// the place went to a network that had fewer.
	called chan error
}

var (
	errQueueFull = errors.New("the queue is full")
	errPushedOut = errors.New("the queue is full, and others of this network wait already")
)

func newTurns(slots, most, mostEach int) *turns {
	return &turns{free: slots, most: most, mostEach: mostEach}
}

// join takes a slot or a place. Among as many as may wait, whoever comes from
// a network with fewer than another pushes out that one's last: a flood must
// not fill the queue before others reach it. The error says why there is no
// place.
func (q *turns) join(network string) (*turn, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	t := &turn{network: network, called: make(chan error, 1)}
	if q.free > 0 {
		q.free--
		t.called <- nil
		return t, nil
	}
	own := q.line(network)
	if own != nil && len(own.turns) >= q.mostEach {
		return nil, errQueueFull
	}
	if q.waiting >= q.most && !q.pushOut(own) {
		return nil, errQueueFull
	}
	if own == nil {
		own = &line{network: network}
		q.ring = append(q.ring, own)
	}
	own.turns = append(own.turns, t)
	q.waiting++
	return t, nil
}

// leave gives back the slot of a turn that was called: to the next network.
func (q *turns) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.next()
}

// crowded tells whether anybody waits.
func (q *turns) crowded() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.waiting > 0
}

// abandon gives up a turn that is not waited for any more, called or not.
func (q *turns) abandon(t *turn) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if l := q.line(t.network); l != nil {
		if i := slices.Index(l.turns, t); i >= 0 {
			q.drop(l, i)
			return
		}
	}
	if err := <-t.called; err == nil { // called in the same moment
		q.next()
	}
}

// next calls the first of the next network, which then stands last. The
// caller holds mu.
func (q *turns) next() {
	if len(q.ring) == 0 {
		q.free++
		return
	}
	l := q.ring[0]
	t := l.turns[0]
	q.ring = append(q.ring[1:], l)
	q.drop(l, 0)
	t.called <- nil
}

// pushOut takes the last place of the longest line, if that is longer than own
// would become. The caller holds mu.
func (q *turns) pushOut(own *line) bool {
	var longest *line
	for _, l := range q.ring {
		if longest == nil || len(l.turns) > len(longest.turns) {
			longest = l
		}
	}
	with := 1
	if own != nil {
		with += len(own.turns)
	}
	if longest == nil || len(longest.turns) <= with {
		return false
	}
	last := len(longest.turns) - 1
	longest.turns[last].called <- errPushedOut
	q.drop(longest, last)
	return true
}

// drop takes a place out of its line, and an empty line out of the ring. The
// caller holds mu.
func (q *turns) drop(l *line, i int) {
	l.turns = slices.Delete(l.turns, i, i+1)
	q.waiting--
	if len(l.turns) == 0 {
		q.ring = slices.DeleteFunc(q.ring, func(other *line) bool { return other == l })
	}
}

// line returns the line of a network, nil if nobody of it waits. The caller
// holds mu.
func (q *turns) line(network string) *line {
	for _, l := range q.ring {
		if l.network == network {
			return l
		}
	}
	return nil
}
