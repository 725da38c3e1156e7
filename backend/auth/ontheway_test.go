package auth

import (
	"sync"
	"testing"
)

// Some wait, others begin and end records, all at once: sync.WaitGroup panics
// at this ("reused before previous Wait has returned").
func TestWaitingWhileRecordsComeAndGo(t *testing.T) {
	var w onTheWay
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 2000 {
				arrived := w.add("haneul")
				go arrived()
			}
		})
		all.Go(func() {
			for range 2000 {
				if err := w.wait(t.Context(), ""); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if err := w.wait(t.Context(), ""); err != nil || len(w.records) > 0 {
		t.Error(err, len(w.records))
	}
}
