package embedded

import (
	"io"
	"net"
	"sync"
	"time"
)

// queued is the client's end of a pipe. A pipe of the standard library holds
// nothing: a client that sends several commands at once and a server that
// answers the first would wait for each other. Here a write only queues;
// what can be queued is what a client sends before it reads, so it is bounded.
type queued struct {
	net.Conn

	mu      sync.Mutex
	more    sync.Cond
	waiting []byte
	err     error // why nothing can be written any more
}

func newQueued(c net.Conn) *queued {
	q := &queued{Conn: c}
	q.more.L = &q.mu
	go q.pump()
	return q
}

// Write implements net.Conn. It never waits.
func (q *queued) Write(p []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err != nil {
		return 0, q.err
	}
	q.waiting = append(q.waiting, p...)
	q.more.Signal()
	return len(p), nil
}

// Close implements net.Conn and ends the pump.
func (q *queued) Close() error {
	q.stop(io.ErrClosedPipe)
	return q.Conn.Close()
}

// SetDeadline implements net.Conn: only reads can wait.
func (q *queued) SetDeadline(t time.Time) error { return q.SetReadDeadline(t) }

// SetWriteDeadline implements net.Conn: no write can be late.
func (q *queued) SetWriteDeadline(time.Time) error { return nil }

func (q *queued) stop(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err == nil {
		q.err = err
	}
	q.more.Signal()
}

func (q *queued) pump() {
	for {
		p, ok := q.take()
		if !ok {
			return
		}
		if _, err := q.Conn.Write(p); err != nil {
			q.stop(err)
			return
		}
	}
}

func (q *queued) take() ([]byte, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) == 0 && q.err == nil {
		q.more.Wait()
	}
	if q.err != nil {
		return nil, false
	}
	p := q.waiting
	q.waiting = nil
	return p, true
}
