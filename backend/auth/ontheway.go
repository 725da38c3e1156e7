package auth

import (
	"context"
	"sync"
)

// onTheWay are the records of refusals that SQL has not got yet. It is no
// sync.WaitGroup: people wait here while others fail, and one that is added to
// while somebody waits for it to be empty panics, or is never empty.
type onTheWay struct {
	mu      sync.Mutex
	records map[chan struct{}]string // closed when it is there: whose account it is about
}

// add begins a record about an account; arrived ends it.
func (w *onTheWay) add(userID string) (arrived func()) {
	done := make(chan struct{})
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.records == nil {
		w.records = map[chan struct{}]string{}
	}
	w.records[done] = userID
	return func() {
		w.mu.Lock()
		delete(w.records, done)
		w.mu.Unlock()
		close(done)
	}
}

// wait waits for the records that are on their way now, those about one
// account or, with "", all; not for what comes later, and not longer than ctx.
func (w *onTheWay) wait(ctx context.Context, userID string) error {
	w.mu.Lock()
	var these []chan struct{}
	for done, about := range w.records {
		if userID == "" || about == userID {
			these = append(these, done)
		}
	}
	w.mu.Unlock()
	for _, done := range these {
		select {
		case <-done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}
